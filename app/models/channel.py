"""Channels: the fold of each, who is seated, who holds a leaf, the public state of each epoch, who read how far."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint

from app.models.schema import Bytes, Id, Number, Words, metadata

channels = Table(
    "channels",
    metadata,
    Column("id", Id, ForeignKey("logs.id"), primary_key=True),
    Column("operation", Id, ForeignKey("operations.id"), nullable=False),
    Column("purpose", Words, nullable=False),
    Column("history", Words, nullable=False),
    # A lane's parties, joined by commas; null for other channels and for an own lane that another has replaced.
    # Null is never equal to null.
    Column("lane_parties", Words),
    Column("epoch", Number, nullable=False),
    # The fold after the entry numbered changed_seq, the last that changed seats, leaves or the epoch.
    Column("changed_seq", Number, nullable=False),
    Column("fold", Bytes, nullable=False),
    UniqueConstraint("operation", "lane_parties"),
    CheckConstraint("history in ('full', 'from_join')", name="history"),
)

seats = Table(
    "seats",
    metadata,
    Column("channel", Id, ForeignKey("channels.id"), primary_key=True),
    Column("office", Words, primary_key=True),
    Index(None, "office"),
)

leaves = Table(
    "leaves",
    metadata,
    Column("channel", Id, ForeignKey("channels.id"), primary_key=True),
    Column("device", Words, primary_key=True),
    # What the commit that added the device had seen: in a `from_join` channel the device reads from after it.
    Column("since_seq", Number, nullable=False),
    Index(None, "device"),
)

group_states = Table(
    "group_states",
    metadata,
    Column("channel", Id, ForeignKey("channels.id"), primary_key=True),
    Column("epoch", Number, primary_key=True),
    Column("group_info", Bytes, nullable=False),
    Column("ratchet_tree", Bytes, nullable=False),
)

cursors = Table(
    "cursors",
    metadata,
    Column("log", Id, ForeignKey("logs.id"), primary_key=True),
    Column("device", Words, primary_key=True),
    Column("seq", Number, nullable=False),
)
