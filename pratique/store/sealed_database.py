"""One SQLite file of the member side whose secrets stand in it sealed; stores and the gateway's book are such files."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pratique import keystore
from pratique.errors import StoreRefused


class SealedDatabase:
    """An open file; every change is one BEGIN IMMEDIATE transaction, which never spans an await."""

    # Comes before each place, so that what one kind of file sealed never opens in another.
    KIND: tuple[object, ...] = ()

    def __init__(self, file: Path, key: bytes, busy_s: float, pragmas: Sequence[str]) -> None:
        self.file = file
        self._key = key
        self._connection = sqlite3.connect(file, timeout=busy_s, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        try:
            for pragma in (*pragmas, "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
                self._connection.execute(f"PRAGMA {pragma}")
        except sqlite3.OperationalError:
            self.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run statements that are saved together, or not at all; joins a transaction that is already open."""
        if self._connection.in_transaction:
            yield
            return
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as busy:
            raise StoreRefused("store_busy", f"{self.file} is in use: {busy}", "try again") from None
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        """Run one statement."""
        return self._connection.execute(statement, values)

    def all(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        """Give every row of a query."""
        return self._connection.execute(statement, values).fetchall()

    def one(self, statement: str, *values: Any) -> Any:
        """Give the first row of a query, or None."""
        return self._connection.execute(statement, values).fetchone()

    def seal(self, plain: bytes, *place: object) -> bytes:
        """Seal a secret for the table, column and row that `place` names."""
        return keystore.seal(self._key, plain, repr((*self.KIND, *place)).encode())

    def unseal(self, sealed: bytes, *place: object) -> bytes:
        """Open what `seal` made for the same place; raises `StoreRefused`."""
        return keystore.unseal(self._key, sealed, repr((*self.KIND, *place)).encode())
