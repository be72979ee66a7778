"""Operations and who takes part, as the newest signed terms say."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table

from app.models.schema import Bytes, Id, Number, Words, metadata

operations = Table(
    "operations",
    metadata,
    Column("id", Id, ForeignKey("logs.id"), primary_key=True),
    Column("code", Words, nullable=False),
    Column("number", Number, nullable=False),
    Column("head", Id, nullable=False),  # digest of the newest statement
    Column("statement", Bytes, nullable=False),
)

participants = Table(
    "participants",
    metadata,
    Column("operation", Id, ForeignKey("operations.id"), primary_key=True),
    Column("party", Words, primary_key=True),
    Index(None, "party"),
)
