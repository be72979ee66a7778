"""The queue of deliveries: what waits for which webhook, what was tried, what is dead.

States: waiting, delivered, elsewhere (another gateway of this Member told it), ignored (the board does not count it),
gone (the store holds it no longer), dead (given up; can be redelivered).
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from pratique.gateway.book import Book
from pratique.gateway.problems import Problem
from pratique.gateway.sending import Outcome
from pratique.gateway.settings import Settings

if TYPE_CHECKING:
    from pratique.gateway.webhooks import Webhook

KEPT_MS = 30 * 86_400_000


class Queue:
    """The deliveries of one gateway."""

    def __init__(self, book: Book, settings: Settings) -> None:
        self._book = book
        self._settings = settings

    def put(self, webhook: Webhook, items: Collection[tuple[bytes, int]], after: int) -> None:
        """Queue what was heard for a webhook, and note up to where it was considered."""
        now_ms = self._settings.now_ms()
        with self._book.transaction():
            for log, seq in items:
                self._book.execute(
                    "INSERT OR IGNORE INTO deliveries (webhook, log, seq, state, next_ms)"
                    " VALUES (?, ?, ?, 'waiting', ?)",
                    *(webhook.id, log, seq, now_ms),
                )
            self._book.execute("UPDATE webhooks SET after = ? WHERE id = ?", after, webhook.id)

    def due(self, webhook: Webhook, most: int) -> list[sqlite3.Row]:
        """Give what is to be tried now, in order."""
        query = "SELECT * FROM deliveries WHERE webhook = ? AND state = 'waiting' AND next_ms <= ? ORDER BY id LIMIT ?"
        return self._book.all(query, webhook.id, self._settings.now_ms(), most)

    def next_ms(self, webhook: Webhook) -> int | None:
        """Give when the next one is to be tried; None where nothing waits."""
        query = "SELECT min(next_ms) FROM deliveries WHERE webhook = ? AND state = 'waiting'"
        at: int | None = self._book.one(query, webhook.id)[0]
        return at

    def note(self, delivery: int, outcome: Outcome) -> None:
        """Keep how an attempt ended: delivered, tried again later, or given up."""
        now_ms = self._settings.now_ms()
        with self._book.transaction():
            row = self.get(delivery)
            attempts = row["attempts"] + 1
            self._book.execute(
                "INSERT INTO attempts VALUES (?, ?, ?, ?, ?)",
                *(delivery, now_ms, outcome.outcome, outcome.status, outcome.took_ms),
            )
            if outcome.delivered:
                state, next_ms = "delivered", now_ms
            elif attempts > len(self._settings.backoff_s):
                state, next_ms = "dead", now_ms
            else:
                spread = 1 + self._settings.jitter * random.uniform(-1, 1)  # noqa: S311 - spreads load only
                state, next_ms = "waiting", now_ms + round(self._settings.backoff_s[attempts - 1] * spread * 1000)
            self._book.execute(
                "UPDATE deliveries SET state = ?, attempts = ?, next_ms = ?, forced = 0 WHERE id = ?",
                *(state, attempts, next_ms, delivery),
            )

    def settle(self, delivery: int, state: str) -> None:
        """End a delivery without an attempt."""
        self._book.execute("UPDATE deliveries SET state = ? WHERE id = ?", state, delivery)

    def postpone(self, delivery: int, until_ms: int) -> None:
        """Look at a delivery again later, without counting an attempt."""
        self._book.execute("UPDATE deliveries SET next_ms = ? WHERE id = ?", until_ms, delivery)

    def hurry(self, webhook: Webhook) -> None:
        """Make everything due that waits because the receiver did not answer."""
        self._book.execute(
            "UPDATE deliveries SET next_ms = ?1 WHERE webhook = ?2 AND state = 'waiting' AND next_ms > ?1"
            " AND attempts > 0 AND"
            " (SELECT status FROM attempts WHERE delivery = deliveries.id ORDER BY rowid DESC LIMIT 1) IS NULL",
            *(self._settings.now_ms(), webhook.id),
        )

    def again(self, delivery: int) -> None:
        """Deliver once more, now, whoever delivered it before; raises `Problem` not_found."""
        self.get(delivery)
        self._book.execute(
            "UPDATE deliveries SET state = 'waiting', attempts = 0, next_ms = ?, forced = 1 WHERE id = ?",
            *(self._settings.now_ms(), delivery),
        )

    def unconfirmed(self, webhook: Webhook, most: int) -> list[sqlite3.Row]:
        """Give what was delivered and not yet said so to the Member's other gateways."""
        query = "SELECT * FROM deliveries WHERE webhook = ? AND state = 'delivered' AND NOT confirmed LIMIT ?"
        return self._book.all(query, webhook.id, most)

    def confirm(self, deliveries: Collection[int]) -> None:
        """Note that the other gateways were told."""
        with self._book.transaction():
            for one in deliveries:
                self._book.execute("UPDATE deliveries SET confirmed = 1 WHERE id = ?", one)

    def get(self, delivery: int) -> sqlite3.Row:
        """Give one delivery; raises `Problem` not_found."""
        row: sqlite3.Row | None = self._book.one("SELECT * FROM deliveries WHERE id = ?", delivery)
        if row is None:
            raise Problem("not_found")
        return row

    def listed(self, *, before: int | None, limit: int, webhook: str = "", state: str = "") -> list[dict[str, Any]]:
        """List deliveries with their attempts, newest first."""
        rows = self._book.all(
            "SELECT * FROM deliveries WHERE (?1 = '' OR webhook = ?1) AND (?2 = '' OR state = ?2)"
            " AND (?3 IS NULL OR id < ?3) ORDER BY id DESC LIMIT ?4",
            *(webhook, state, before, limit),
        )
        return [self.shown(row) for row in rows]

    def shown(self, row: sqlite3.Row) -> dict[str, Any]:
        """Write a delivery for the API."""
        attempts = self._book.all("SELECT * FROM attempts WHERE delivery = ? ORDER BY at_ms, rowid", row["id"])
        return {
            "id": row["id"],
            "webhook": row["webhook"],
            "item": f"{row['log'].hex()}/{row['seq']}",
            "state": row["state"],
            "next_ms": row["next_ms"] if row["state"] == "waiting" else None,
            "attempts": [
                {name: attempt[name] for name in ("at_ms", "outcome", "status", "took_ms")} for attempt in attempts
            ],
        }

    def forget_old(self) -> None:
        """Drop what was delivered, told elsewhere or ignored a month ago; dead letters stay until they are sent."""
        self._book.execute(
            "DELETE FROM deliveries WHERE state IN ('delivered', 'elsewhere', 'ignored', 'gone') AND next_ms < ?",
            self._settings.now_ms() - KEPT_MS,
        )
