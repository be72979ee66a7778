"""Open a store's file: one SQLite database per device, shared by any number of its processes.

Every change is one BEGIN IMMEDIATE transaction that first checks what it started from; the loser of a race gets `Lost`,
loads anew and decides again. A transaction never spans an await.
"""

from __future__ import annotations

import os
from pathlib import Path

from pratique import keystore
from pratique.errors import StoreRefused
from pratique.keystore import Unlock
from pratique.store.schema import SCHEMA, VERSION
from pratique.store.sealed_database import SealedDatabase

FILE = "store.sqlite3"
KEY_FILE = "store.key"
BUSY_S = 30.0


class Lost(Exception):
    """Another process changed what this change started from; load it anew."""


class Store(SealedDatabase):
    """One open store."""

    def __init__(self, file: Path, key: bytes) -> None:
        super().__init__(file, key, BUSY_S, ())

    @classmethod
    def create(cls, folder: Path, unlock: Unlock | None) -> Store:
        """Make a new store in a folder; raises `StoreRefused` where there is one."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = folder / FILE
        if file.exists():
            raise StoreRefused("file_exists", f"{file} is there already", "choose another folder")
        key = keystore.make_key(folder / KEY_FILE, unlock)
        keystore.write_new(file, b"")
        store = cls(file, key)
        with store.transaction():
            for statement in SCHEMA.strip().split(";\n"):
                store.execute(statement)
            store.set_secret("check", b"pratique store")
            store.execute(f"PRAGMA user_version={VERSION}")
        return store

    @classmethod
    def open(cls, folder: Path, unlock: Unlock | None) -> Store:
        """Open the store in a folder; raises `StoreRefused`."""
        file = folder / FILE
        if not file.exists():
            raise StoreRefused("no_store", f"there is no store in {folder}", "enrol this device first")
        if os.stat(file).st_mode & 0o077:
            raise StoreRefused("store_exposed", f"others may read {file}", f"chmod 600 {file}")
        store = cls(file, keystore.find_key(folder / KEY_FILE, unlock))
        version = store.one("PRAGMA user_version")[0]
        if version != VERSION:
            store.close()
            raise StoreRefused("store_version", f"{file} has format {version}, this program reads {VERSION}")
        store.secret("check")
        return store

    def destroy(self) -> None:
        """Close the file and remove the store; for one whose device was never enrolled."""
        self.close()
        for file in self.file.parent.glob("store.*"):
            file.unlink()

    def fact(self, name: str) -> bytes | None:
        """Give a named public value, or None."""
        row = self.one("SELECT value FROM facts WHERE name = ?", name)
        return None if row is None else bytes(row[0])

    def set_fact(self, name: str, value: bytes) -> None:
        """Keep a named public value."""
        self.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", name, value)

    def secret(self, name: str) -> bytes:
        """Give a named secret; raises `StoreRefused` where it is missing."""
        row = self.one("SELECT value_sealed FROM secrets WHERE name = ?", name)
        if row is None:
            raise StoreRefused("store_damaged", f"{self.file} lacks its {name}")
        return self.unseal(row[0], "secrets", name)

    def set_secret(self, name: str, value: bytes) -> None:
        """Keep a named secret."""
        self.execute("INSERT OR REPLACE INTO secrets VALUES (?, ?)", name, self.seal(value, "secrets", name))
