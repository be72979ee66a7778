"""The signed party lists, all of them, in order."""

from __future__ import annotations

from sqlalchemy import Column, Table

from app.models.schema import Bytes, Id, Number, metadata

party_lists = Table(
    "party_lists",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("digest", Id, nullable=False),
    Column("statement", Bytes, nullable=False),
)
