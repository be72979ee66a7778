"""Keep secrets of groups: epoch keys, the private parts of key packages, and welcomes that wait for their commit."""

from __future__ import annotations

from dataclasses import dataclass

from pratique.groups.engine_answers import KeyPackage
from pratique.sealing import EpochKey
from pratique.store.file import Store
from pratique.wire.tls import Reader, encode

# Where an epoch key came from: the engine, or the number of the link entry that carried it.
FROM_ENGINE = 0


@dataclass(frozen=True)
class Stock:
    """How many key packages of this device wait on the server, as far as this store knows."""

    uploaded: int
    last_resort_until_ms: int


class Keys:
    """The keys of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put_epoch(self, log: bytes, epoch: EpochKey, source: int = FROM_ENGINE) -> None:
        """Keep an epoch's key."""
        plain = encode(epoch.key, epoch.authenticator)
        sealed = self._store.seal(plain, "epoch_keys", log, epoch.epoch, source)
        self._store.execute("INSERT OR REPLACE INTO epoch_keys VALUES (?, ?, ?, ?)", log, epoch.epoch, source, sealed)

    def epochs(self, log: bytes, epoch: int) -> list[EpochKey]:
        """Give the keys held for one epoch, the engine's own first; links may have brought others."""
        query = "SELECT source, key_sealed FROM epoch_keys WHERE log = ? AND epoch = ? ORDER BY source"
        found = []
        for row in self._store.all(query, log, epoch):
            reader = Reader(self._store.unseal(row["key_sealed"], "epoch_keys", log, epoch, row["source"]))
            found.append(EpochKey(epoch, reader.opaque(), reader.opaque()))
        return found

    def has_own(self, log: bytes, epoch: int) -> bool:
        """Say whether the engine itself gave this epoch's key."""
        query = "SELECT 1 FROM epoch_keys WHERE log = ? AND epoch = ? AND source = ?"
        return self._store.one(query, log, epoch, FROM_ENGINE) is not None

    def drop_epochs(self, log: bytes, before: int) -> None:
        """Delete the keys of epochs below a number (history `from_join`, after the retention)."""
        self._store.execute("DELETE FROM epoch_keys WHERE log = ? AND epoch < ?", log, before)

    def put_package(self, package: KeyPackage, *, last_resort: bool, not_after_ms: int) -> None:
        """Keep a key package with its private part, before anybody else sees it."""
        sealed = self._store.seal(package.private, "key_packages", package.ref)
        self._store.execute(
            "INSERT INTO key_packages VALUES (?, ?, ?, ?, 0, ?)",
            *(package.ref, package.key_package, sealed, int(last_resort), not_after_ms),
        )

    def package(self, ref: bytes) -> KeyPackage | None:
        """Give one of this device's key packages by its reference."""
        row = self._store.one("SELECT * FROM key_packages WHERE ref = ?", ref)
        if row is None:
            return None
        return KeyPackage(row["key_package"], self._store.unseal(row["private_sealed"], "key_packages", ref), ref)

    def not_uploaded(self) -> list[tuple[bytes, bool]]:
        """List key packages that the server has not acknowledged, and whether each is a last resort."""
        rows = self._store.all("SELECT key_package, last_resort FROM key_packages WHERE NOT uploaded")
        return [(row[0], bool(row[1])) for row in rows]

    def mark_uploaded(self) -> None:
        """Mark every key package as acknowledged."""
        self._store.execute("UPDATE key_packages SET uploaded = 1")

    def stock(self) -> Stock:
        """Count what is kept."""
        count = self._store.one("SELECT count(*) FROM key_packages WHERE uploaded AND NOT last_resort")[0]
        until = self._store.one("SELECT max(not_after_ms) FROM key_packages WHERE last_resort")[0]
        return Stock(count, until or 0)

    def use_package(self, ref: bytes) -> None:
        """Delete the private part of a key package that served its one join; a last resort serves on."""
        self._store.execute("DELETE FROM key_packages WHERE ref = ? AND NOT last_resort", ref)

    def drop_lapsed(self, now_ms: int) -> None:
        """Delete key packages whose lifetime ended a day ago."""
        self._store.execute("DELETE FROM key_packages WHERE not_after_ms < ?", now_ms - 86_400_000)

    def put_welcome(self, log: bytes, ref: bytes, data: bytes) -> None:
        """Keep a welcome until the channel's log shows the commit that it belongs to."""
        self._store.execute("INSERT OR REPLACE INTO welcomes VALUES (?, ?, ?)", log, ref, data)

    def welcome(self, log: bytes, ref: bytes) -> bytes | None:
        """Give the welcome for a key package into a channel."""
        row = self._store.one("SELECT data FROM welcomes WHERE log = ? AND ref = ?", log, ref)
        return None if row is None else row[0]

    def drop_welcomes(self, log: bytes) -> None:
        """Delete the welcomes into a channel."""
        self._store.execute("DELETE FROM welcomes WHERE log = ?", log)
