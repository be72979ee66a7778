"""Device certificates, all of them for ever: old entries stay verifiable."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table

from app.models.schema import Bytes, Id, Millis, Words, metadata

certificates = Table(
    "certificates",
    metadata,
    Column("digest", Id, primary_key=True),
    Column("device", Words, nullable=False),
    Column("not_before_ms", Millis, nullable=False),
    Column("not_after_ms", Millis, nullable=False),
    Column("der", Bytes, nullable=False),
    Index(None, "device", "not_before_ms"),
)
