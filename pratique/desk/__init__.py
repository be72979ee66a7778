"""The desk of one Member in one operation: the only place that posts pre-notifications and what is said of them."""
