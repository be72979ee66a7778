"""What all tables share: one metadata, names for every constraint, and the few column types."""

from __future__ import annotations

from sqlalchemy import BigInteger, LargeBinary, MetaData, SmallInteger, Text

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

Bytes = LargeBinary
Id = LargeBinary(32)  # a SHA-256: logs, channels, operations, statements, certificates
PostId = LargeBinary(16)
Millis = BigInteger  # UTC, milliseconds since 1970
Number = BigInteger
Small = SmallInteger
Words = Text
