"""The MLS Delivery Service: order and transport of what it cannot read (RFC 9750 §5)."""
