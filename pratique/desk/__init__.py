"""The desk of one Member in one operation: announce, amend, report, reconcile. The only place that posts consignments."""
