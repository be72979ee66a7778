"""Wake sockets when a log grows; each then reads the log from its own cursor."""
