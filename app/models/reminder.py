"""Reminders of channels, and the rings that are still to come."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, ForeignKeyConstraint, Index, Table

from app.models.schema import Id, Millis, Number, Small, Words, metadata

reminders = Table(
    "reminders",
    metadata,
    Column("channel", Id, ForeignKey("channels.id"), primary_key=True),
    Column("seq", Number, primary_key=True),
    Column("digest", Id, nullable=False, unique=True),  # of the statement, which counts once
    Column("author_party", Words, nullable=False),
    Column("party", Words, nullable=False),
    Column("last_ms", Millis, nullable=False),  # its last ring
    Column("ended", Boolean, nullable=False),
    Index(None, "channel", "last_ms"),
)

# A row goes when it has rung or its reminder has ended: what is here is still to ring, each once.
rings = Table(
    "rings",
    metadata,
    Column("channel", Id, primary_key=True),
    Column("seq", Number, primary_key=True),
    Column("ring", Small, primary_key=True),
    Column("due_ms", Millis, nullable=False),
    Column("offices", Words, nullable=False),  # joined by commas
    ForeignKeyConstraint(["channel", "seq"], ["reminders.channel", "reminders.seq"]),
    Index(None, "due_ms"),
)
