"""Operations as their newest statement tells them, and who takes part."""

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, String, Table

from app.models.metadata import metadata

operations = Table(
    "operations",
    metadata,
    Column("id", LargeBinary, primary_key=True),  # digest of the founding statement, also the log's id
    Column("number", BigInteger, nullable=False),
    Column("statement", LargeBinary, nullable=False),  # the newest
)

operation_parties = Table(
    "operation_parties",
    metadata,
    Column("operation", LargeBinary, ForeignKey("operations.id"), primary_key=True),
    Column("party", String(31), primary_key=True, index=True),
)
