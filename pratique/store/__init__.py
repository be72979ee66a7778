"""Keep everything that one device knows in one SQLite file; what is secret stands in it sealed."""

from pratique.store.file import Lost, Store

__all__ = ["Lost", "Store"]
