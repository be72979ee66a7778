"""Answer a repeated request with the bytes of the first answer, across restarts, for seven days.

What was begun and not answered when the process died is begun anew: an announcement is recognised by its national
reference and an event by its id, so that neither is sent twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pratique.gateway.book import Book
from pratique.gateway.problems import Problem
from pratique.wire import strict_json

KEPT_MS = 7 * 86_400_000
MOST_KEY = 200


@dataclass(frozen=True)
class Answered:
    """An answer as it goes out."""

    status: int
    body: bytes


class Requests:
    """The requests that one gateway was asked with a key."""

    def __init__(self, book: Book, now_ms: Callable[[], int]) -> None:
        self._book = book
        self._now_ms = now_ms
        # Nobody works any more on what an earlier process left open.
        book.execute("DELETE FROM requests WHERE status IS NULL")

    def event_id(self, key: str) -> str:
        """Give the id of the event that a key asks for: a repeat after a crash says the same event again."""
        return self._book.digest(b"event", key.encode())[:16].hex()

    async def once(self, key: str | None, request: bytes, work: Callable[[], Awaitable[Answered]]) -> Answered:
        """Do the work once for each key.

        Takes   request: everything that makes two requests the same one: method, path and body
        Raises  Problem: idempotency_key_missing, _reused, _in_flight, and what work raises
        """
        if not key or len(key) > MOST_KEY or not key.isprintable():
            raise Problem("idempotency_key_missing", f"send Idempotency-Key: 1 to {MOST_KEY} printable characters")
        name, digest = self._book.digest(b"key", key.encode()), self._book.digest(b"request", request)
        with self._book.transaction():
            self._book.execute("DELETE FROM requests WHERE at_ms < ?", self._now_ms() - KEPT_MS)
            row = self._book.one("SELECT * FROM requests WHERE key = ?", name)
            if row is None:
                self._book.execute("INSERT INTO requests VALUES (?, ?, ?, NULL, NULL)", name, digest, self._now_ms())
        if row is not None:
            if row["request"] != digest:
                raise Problem("idempotency_key_reused")
            if row["status"] is None:
                raise Problem("idempotency_key_in_flight")
            return Answered(row["status"], self._book.unseal(row["answer_sealed"], "requests", name))
        try:
            answered = await work()
        except BaseException:
            # A refusal changed nothing: the corrected, or simply repeated, request may come under the same key.
            self._book.execute("DELETE FROM requests WHERE key = ?", name)
            raise
        sealed = self._book.seal(answered.body, "requests", name)
        self._book.execute(
            "UPDATE requests SET status = ?, answer_sealed = ? WHERE key = ?", answered.status, sealed, name
        )
        return answered


def fingerprint(method: str, path: str, body: object) -> bytes:
    """Give the bytes by which a request is known again; the order of JSON keys does not matter."""
    return strict_json.dumps([method, path, _ordered(body)])


def _ordered(value: object) -> object:
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value)}
    return [_ordered(item) for item in value] if isinstance(value, list | tuple) else value
