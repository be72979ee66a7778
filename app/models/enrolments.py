"""Invitations and the device that each of them brought."""

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, String, Table

from app.models.metadata import metadata

invitations = Table(
    "invitations",
    metadata,
    Column("id", LargeBinary, primary_key=True),  # digest of the statement
    Column("statement", LargeBinary, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("device", String(400), ForeignKey("devices.uri"), unique=True),  # empty while open
)
