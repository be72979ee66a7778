"""Declare the tables, one file per noun; nothing here reads or writes."""
