"""Devices, the invitations that bring them, and what sign-in and streams need for a moment."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Table

from app.models.schema import Bytes, Id, Millis, Words, metadata

devices = Table(
    "devices",
    metadata,
    Column("uri", Words, primary_key=True),
    Column("office", Words, nullable=False),
    Column("party", Words, nullable=False),
    Column("key", Id, nullable=False, unique=True),  # a new key is a new device
    Column("state", Words, nullable=False),
    Column("since_ms", Millis, nullable=False),
    Column("revocation", Bytes),  # the statement, once revoked
    Index(None, "office"),
    CheckConstraint("state in ('active', 'revoked')", name="state"),
    CheckConstraint("(state = 'revoked') = (revocation is not null)", name="revocation"),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("statement", Bytes, nullable=False),
    Column("expires_ms", Millis, nullable=False),
    # Set by the one enrolment that used it; the device is new for ever.
    Column("device", Words, unique=True),
    Column("key", Id),
)

challenges = Table(
    "challenges",
    metadata,
    Column("challenge", Id, primary_key=True),
    Column("device", Words, nullable=False),
    Column("expires_ms", Millis, nullable=False),
    Index(None, "expires_ms"),
)

stream_tickets = Table(
    "stream_tickets",
    metadata,
    Column("digest", Id, primary_key=True),
    Column("device", Words, nullable=False),
    Column("expires_ms", Millis, nullable=False),
    Column("token_expires_ms", Millis, nullable=False),
    Index(None, "expires_ms"),
)
