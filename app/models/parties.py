"""The party lists: numbered statements of the root."""

from sqlalchemy import BigInteger, Column, LargeBinary, Table

from app.models.metadata import metadata

party_lists = Table(
    "party_lists",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("statement", LargeBinary, nullable=False),
)
