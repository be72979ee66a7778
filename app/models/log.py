"""Logs and their entries; only `app/log.py` names these."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table

from app.models.schema import Bytes, Id, Millis, Number, PostId, Small, Words, metadata

logs = Table(
    "logs",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", Small, nullable=False),
    Column("head_seq", Number, nullable=False),
    Column("last_ms", Millis, nullable=False),
    Column("chain", Id, nullable=False),
    CheckConstraint("head_seq >= 0", name="head"),
)

entries = Table(
    "entries",
    metadata,
    Column("log", Id, ForeignKey("logs.id"), primary_key=True),
    Column("seq", Number, primary_key=True),
    Column("kind", Small, nullable=False),
    Column("device", Words, nullable=False),
    Column("epoch", Number, nullable=False),
    Column("post_id", PostId, nullable=False),
    Column("urgency", Small, nullable=False),
    Column("at_ms", Millis, nullable=False),
    Column("data", Bytes, nullable=False),
    Column("digest", Id, nullable=False),
    Column("chain", Id, nullable=False),
    CheckConstraint("seq >= 1", name="seq"),
)
