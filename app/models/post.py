"""Which post of a device was answered with what, for ever: what makes a post safe to repeat."""

from __future__ import annotations

from sqlalchemy import Column, Table

from app.models.schema import Bytes, Id, PostId, Words, metadata

# The post id leads the key: one look-up finds all posts of a batch by their (random) ids.
posts = Table(
    "posts",
    metadata,
    Column("post_id", PostId, primary_key=True),
    Column("device", Words, primary_key=True),
    Column("body_sha256", Id, nullable=False),
    Column("answer", Bytes, nullable=False),
)
