"""Keep what was verified of others: party lists and device certificates, each as the bytes that came."""

from __future__ import annotations

from pratique.store.file import Store


class Trust:
    """The party lists and certificates of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def party_lists(self) -> list[bytes]:
        """List the party list statements in order."""
        return [row[0] for row in self._store.all("SELECT statement FROM party_lists ORDER BY number")]

    def put_party_list(self, number: int, statement: bytes) -> None:
        """Keep one more party list; a number is taken once."""
        self._store.execute("INSERT OR IGNORE INTO party_lists VALUES (?, ?)", number, statement)

    def certificates(self, device: str) -> list[bytes]:
        """List the certificates known of a device."""
        return [row[0] for row in self._store.all("SELECT der FROM certificates WHERE device = ?", device)]

    def put_certificate(self, device: str, der: bytes) -> None:
        """Keep a certificate."""
        self._store.execute("INSERT OR IGNORE INTO certificates VALUES (?, ?)", device, der)

    def fetched_ms(self, device: str) -> int | None:
        """Give when the server was last asked about a device."""
        row = self._store.one("SELECT at_ms FROM fetched WHERE device = ?", device)
        return None if row is None else row[0]

    def revocation(self, device: str) -> bytes | None:
        """Give the device's verified revocation statement, or None."""
        row = self._store.one("SELECT revocation FROM fetched WHERE device = ?", device)
        return None if row is None else row[0]

    def set_fetched(self, device: str, at_ms: int, revocation: bytes | None) -> None:
        """Note that the server was asked; a revocation once seen stays."""
        self._store.execute(
            "INSERT INTO fetched VALUES (?1, ?2, ?3) ON CONFLICT (device)"
            " DO UPDATE SET at_ms = ?2, revocation = coalesce(revocation, ?3)",
            *(device, at_ms, revocation),
        )
