"""The webhooks of one gateway: where what was heard is told, and the secrets under which it is signed.

Signatures follow Standard Webhooks (symmetric, `v1`). After a rotation the old secret signs as well for the grace time.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from standardwebhooks.webhooks import Webhook as Signer

from pratique.gateway.book import Book
from pratique.gateway.problems import Place, Problem
from pratique.gateway.settings import Settings

PREFIX = "whsec_"
MOST = 20


@dataclass(frozen=True)
class Webhook:
    """One registered receiver.

    Takes   types: the kinds of content it wants, empty for all; own: whether what this Member itself said is told too;
            after: the number of the last thing heard that was considered for it
    """

    id: str
    url: str
    types: tuple[str, ...]
    own: bool
    after: int
    created_ms: int

    def endpoint(self, operation: bytes) -> str:
        """Give the name under which gateways of one Member agree who tells this receiver: the same for the same URL."""
        return hashlib.sha256(operation + self.url.encode()).hexdigest()[:32]


class Webhooks:
    """The registered receivers."""

    def __init__(self, book: Book, settings: Settings) -> None:
        self._book = book
        self._settings = settings

    def all(self) -> list[Webhook]:
        """List every webhook, oldest first."""
        return [self._read(row) for row in self._book.all("SELECT * FROM webhooks ORDER BY created_ms, rowid")]

    def get(self, id: str) -> Webhook:
        """Give one webhook; raises `Problem` not_found."""
        return self._read(self._row(id))

    def add(self, url: str, types: Collection[str], own: bool, secret: str | None) -> tuple[Webhook, str]:
        """Register a receiver from now on; give it and its secret, which is shown this once.

        Takes   secret: the one to use, where two gateways shall sign alike; None makes one
        """
        key = secrets.token_bytes(32) if secret is None else read_secret(secret)
        with self._book.transaction():
            known = self.all()
            if any(one.url == url for one in known):
                raise Problem("webhook_exists")
            if len(known) >= MOST:
                raise Problem("refused", f"there are {MOST} webhooks, the most there may be")
            after = self._book.one("SELECT coalesce(max(number), 0) FROM heard")[0]
            made = Webhook(uuid4().hex, url, tuple(sorted(set(types))), own, after, self._settings.now_ms())
            self._book.execute(
                "INSERT INTO webhooks VALUES (?, ?, ?, ?, ?, ?, ?, NULL, 0)",
                *(made.id, self._book.seal(url.encode(), "url", made.id), " ".join(made.types), int(own)),
                *(after, made.created_ms, self._book.seal(key, "secret", made.id)),
            )
        return made, write_secret(key)

    def remove(self, id: str) -> None:
        """Forget a receiver and its deliveries; raises `Problem` not_found."""
        self._row(id)
        self._book.execute("DELETE FROM webhooks WHERE id = ?", id)

    def rotate(self, id: str, secret: str | None = None) -> tuple[str, int]:
        """Give a new secret and until when the old one signs as well (milliseconds)."""
        row = self._row(id)
        key = secrets.token_bytes(32) if secret is None else read_secret(secret)
        until = self._settings.now_ms() + round(self._settings.grace_s * 1000)
        old = self._book.unseal(row["secret_sealed"], "secret", id)
        self._book.execute(
            "UPDATE webhooks SET secret_sealed = ?, old_sealed = ?, old_until_ms = ? WHERE id = ?",
            *(self._book.seal(key, "secret", id), self._book.seal(old, "old", id), until, id),
        )
        return write_secret(key), until

    def signed(self, id: str, message_id: str, body: bytes) -> dict[str, str]:
        """Give the headers of Standard Webhooks for a body; two signatures while an old secret still holds."""
        row = self._row(id)
        now_ms = self._settings.now_ms()
        keys = [self._book.unseal(row["secret_sealed"], "secret", id)]
        if row["old_sealed"] is not None and now_ms < row["old_until_ms"]:
            keys.append(self._book.unseal(row["old_sealed"], "old", id))
        at = datetime.fromtimestamp(now_ms // 1000, UTC)
        signatures = [Signer(key).sign(message_id, at, body.decode()) for key in keys]
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(now_ms // 1000),
            "webhook-signature": " ".join(signatures),
        }

    def _row(self, id: str) -> sqlite3.Row:
        row: sqlite3.Row | None = self._book.one("SELECT * FROM webhooks WHERE id = ?", id)
        if row is None:
            raise Problem("not_found")
        return row

    def _read(self, row: sqlite3.Row) -> Webhook:
        url = self._book.unseal(row["url_sealed"], "url", row["id"]).decode()
        types = tuple(row["types"].split())
        return Webhook(row["id"], url, types, bool(row["own"]), row["after"], row["created_ms"])


def write_secret(key: bytes) -> str:
    """Write a secret as Standard Webhooks does."""
    return PREFIX + base64.b64encode(key).decode()


def read_secret(text: str) -> bytes:
    """Read a secret of 24 to 64 bytes; raises `Problem`."""
    try:
        key = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not text.startswith(PREFIX) or not 24 <= len(key) <= 64:
        detail = f"must be {PREFIX} and the base64 of 24 to 64 bytes"
        raise Problem("malformed_request", errors=[Place("/secret", "wrong_form", detail)])
    return key
