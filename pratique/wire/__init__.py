"""What crosses the wire and the server may see: pure, no I/O, no secrets."""
