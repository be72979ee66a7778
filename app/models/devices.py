"""Devices and all their certificates; a name and a key stay taken for ever."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, LargeBinary, String, Table

from app.models.metadata import metadata

devices = Table(
    "devices",
    metadata,
    Column("uri", String(400), primary_key=True),
    Column("office", String(64), nullable=False, index=True),  # <party>/<office>
    Column("key", LargeBinary, nullable=False, unique=True),  # Ed25519, 32 bytes
    Column("state", String(8), nullable=False),
    Column("revocation", LargeBinary),  # the statement, once revoked
    CheckConstraint("state IN ('waiting', 'active', 'revoked')", name="state"),
)

certificates = Table(
    "certificates",
    metadata,
    Column("digest", LargeBinary, primary_key=True),  # SHA-256 of the DER
    Column("device", String(400), ForeignKey("devices.uri"), nullable=False, index=True),
    Column("not_before_ms", BigInteger, nullable=False),
    Column("not_after_ms", BigInteger, nullable=False),
    Column("der", LargeBinary, nullable=False),
)
