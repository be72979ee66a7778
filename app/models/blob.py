"""Sealed segments of documents and photos, by digest, in the channel whose members may fetch them."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table

from app.models.schema import Bytes, Id, Millis, Words, metadata

blobs = Table(
    "blobs",
    metadata,
    Column("channel", Id, ForeignKey("channels.id"), primary_key=True),
    Column("digest", Id, primary_key=True),  # SHA-256 of the bytes
    Column("party", Words, nullable=False),  # whose share they count for
    Column("at_ms", Millis, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("data", Bytes, nullable=False),
    Index(None, "party"),
)
