"""What the gateway itself must remember, in `gateway.sqlite3` beside the device's store.

Webhooks, requests that were answered, what was heard and in which order, and every delivery. Secrets and answers stand
in it sealed under the store's key; contents never: a delivery's body is built anew from the device's store.
One process at a time holds the file.
"""

from __future__ import annotations

import hmac
import secrets
import sqlite3
from pathlib import Path

from pratique import keystore
from pratique.errors import PratiqueError, StoreRefused
from pratique.keystore import Unlock
from pratique.store.file import KEY_FILE
from pratique.store.sealed_database import SealedDatabase

FILE = "gateway.sqlite3"
VERSION = 1
BUSY_S = 1.0
SCHEMA = """
CREATE TABLE secrets (name TEXT PRIMARY KEY, value_sealed BLOB NOT NULL);
CREATE TABLE webhooks (id TEXT PRIMARY KEY, url_sealed BLOB NOT NULL, types TEXT NOT NULL, own INTEGER NOT NULL,
 after INTEGER NOT NULL, created_ms INTEGER NOT NULL, secret_sealed BLOB NOT NULL, old_sealed BLOB,
 old_until_ms INTEGER NOT NULL DEFAULT 0);
CREATE TABLE heard (number INTEGER PRIMARY KEY AUTOINCREMENT, log BLOB NOT NULL, seq INTEGER NOT NULL,
 UNIQUE (log, seq));
CREATE TABLE deliveries (id INTEGER PRIMARY KEY AUTOINCREMENT, webhook TEXT NOT NULL REFERENCES webhooks
 ON DELETE CASCADE, log BLOB NOT NULL, seq INTEGER NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
 next_ms INTEGER NOT NULL, forced INTEGER NOT NULL DEFAULT 0, confirmed INTEGER NOT NULL DEFAULT 0,
 UNIQUE (webhook, log, seq));
CREATE INDEX deliveries_due ON deliveries (state, next_ms);
CREATE TABLE attempts (delivery INTEGER NOT NULL REFERENCES deliveries ON DELETE CASCADE, at_ms INTEGER NOT NULL,
 outcome TEXT NOT NULL, status INTEGER, took_ms INTEGER NOT NULL);
CREATE INDEX attempts_of ON attempts (delivery, at_ms);
CREATE TABLE requests (key BLOB PRIMARY KEY, request BLOB NOT NULL, at_ms INTEGER NOT NULL, status INTEGER,
 answer_sealed BLOB);
CREATE INDEX requests_age ON requests (at_ms)
"""


class Book(SealedDatabase):
    """One open book."""

    KIND = ("gateway",)

    def __init__(self, file: Path, key: bytes) -> None:
        # The exclusive lock is held until the file is closed: a second gateway on this store would deliver twice.
        try:
            super().__init__(file, key, BUSY_S, ("locking_mode=EXCLUSIVE",))
        except sqlite3.OperationalError as locked:
            raise _held(file, locked) from None
        try:
            self._prepare()
        except StoreRefused as locked:
            self.close()
            raise (_held(file, locked) if locked.code == "store_busy" else locked) from None

    @classmethod
    def open(cls, folder: Path, unlock: Unlock | None) -> Book:
        """Open the book of a store's folder, new where there is none; raises `PratiqueError`."""
        key = keystore.find_key(folder / KEY_FILE, unlock)
        file = folder / FILE
        if not file.exists():
            keystore.write_new(file, b"")
        return cls(file, key)

    def secret(self, name: str) -> bytes:
        """Give 32 secret bytes under a name, the same ever after."""
        with self.transaction():
            row = self.one("SELECT value_sealed FROM secrets WHERE name = ?", name)
            if row is not None:
                return self.unseal(row[0], "secrets", name)
            value = secrets.token_bytes(32)
            self.execute("INSERT INTO secrets VALUES (?, ?)", name, self.seal(value, "secrets", name))
            return value

    def digest(self, *parts: bytes) -> bytes:
        """Give a keyed digest: the same parts are recognised again, and the file tells nobody what they were."""
        said = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
        return hmac.digest(self.secret("digests"), said, "sha256")

    def _prepare(self) -> None:
        with self.transaction():
            version = self.one("PRAGMA user_version")[0]
            if version == 0:
                for statement in SCHEMA.strip().split(";\n"):
                    self.execute(statement)
                self.execute(f"PRAGMA user_version={VERSION}")
            elif version != VERSION:
                raise StoreRefused("store_version", f"{self.file} has format {version}, this program reads {VERSION}")


def _held(file: Path, locked: Exception) -> PratiqueError:
    detail = f"{file} is held by another gateway, or cannot be written: {locked}"
    return PratiqueError("gateway_runs", detail, "one gateway per store; end the other one")
