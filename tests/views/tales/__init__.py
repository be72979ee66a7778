"""The stories behind the board's vectors: told in Python, with what must come of them written by hand."""
