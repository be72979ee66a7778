"""Key packages: stock, claimed and used; a used one is kept, so that it can never be brought again."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, Index, Table

from app.models.schema import Bytes, Id, Millis, Number, Words, metadata

key_packages = Table(
    "key_packages",
    metadata,
    Column("ref", Id, primary_key=True),
    Column("device", Words, nullable=False),
    Column("init_key", Id, nullable=False, unique=True),
    Column("last_resort", Boolean, nullable=False),
    Column("not_after", Number, nullable=False),  # seconds since 1970, as in its lifetime
    Column("state", Words, nullable=False),
    Column("claimed_by", Words),
    Column("claimed_ms", Millis),
    Column("message", Bytes, nullable=False),
    Index(None, "device", "state", "last_resort"),
    Index(None, "claimed_by", "claimed_ms"),
    CheckConstraint("state in ('stock', 'claimed', 'used')", name="state"),
)
