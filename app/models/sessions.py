"""What is single use on the way to a session or a stream; only digests are kept."""

from sqlalchemy import BigInteger, Column, LargeBinary, String, Table

from app.models.metadata import metadata

challenges = Table(
    "challenges",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("expires_ms", BigInteger, nullable=False, index=True),
)

stream_tickets = Table(
    "stream_tickets",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("device", String(400), nullable=False),
    Column("session_expires_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False, index=True),
)
