"""Keep what was made and is not yet known to be saved by the server: exact bytes, and what they lead to.

A row is written before the request leaves. After a crash the same bytes are sent again, and the answer (or the log)
tells what became of them; a commit's next state waits in `staged` until the log shows the commit.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pratique.store.file import Store
from pratique.wire import strict_json


@dataclass(frozen=True)
class Staged:
    """The engine's state after one entry of an own post.

    Takes   epoch: that the state is of; digest: SHA-256 of the entry's data (a commit, or the GroupInfo of epoch 0)
    """

    epoch: int
    digest: bytes
    state: bytes


@dataclass(frozen=True)
class Outgoing:
    """One post on its way.

    Takes   contents: (type, body) of what was sealed, to seal again under a newer epoch; empty for other posts
    """

    post_id: UUID
    log: bytes
    path: str
    body: bytes
    contents: tuple[tuple[str, bytes], ...] = ()
    staged: tuple[Staged, ...] = ()


class Outbox:
    """The outgoing posts of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, post: Outgoing) -> None:
        """Keep a post, or replace its bytes, before it leaves."""
        name, contents = post.post_id.bytes, None
        if post.contents:
            plain = strict_json.dumps([[kind, base64.b64encode(body).decode()] for kind, body in post.contents])
            contents = self._store.seal(plain, "outbox", "contents", name)
        with self._store.transaction():
            self._store.execute(
                "INSERT OR REPLACE INTO outbox VALUES (?, ?, ?, ?, ?)", name, post.log, post.path, post.body, contents
            )
            self._store.execute("DELETE FROM staged WHERE post_id = ?", name)
            for staged in post.staged:
                sealed = self._store.seal(staged.state, "staged", name, staged.epoch)
                values = (name, post.log, staged.epoch, staged.digest, sealed)
                self._store.execute("INSERT INTO staged VALUES (?, ?, ?, ?, ?)", *values)

    def waiting(self, log: bytes | None = None) -> Sequence[Outgoing]:
        """List posts that are not known to be saved, oldest first."""
        found = []
        for row in self._store.all("SELECT * FROM outbox WHERE ?1 IS NULL OR log = ?1 ORDER BY rowid", log):
            contents: tuple[tuple[str, bytes], ...] = ()
            if row["contents_sealed"] is not None:
                plain = self._store.unseal(row["contents_sealed"], "outbox", "contents", row["post_id"])
                contents = tuple((kind, base64.b64decode(body)) for kind, body in strict_json.loads(plain))
            found.append(Outgoing(UUID(bytes=row["post_id"]), row["log"], row["path"], row["body"], contents))
        return found

    def staged(self, post_id: UUID, epoch: int) -> Staged | None:
        """Give the state that an own post leads to at an epoch."""
        name = post_id.bytes
        row = self._store.one("SELECT * FROM staged WHERE post_id = ? AND epoch = ?", name, epoch)
        if row is None:
            return None
        return Staged(epoch, row["digest"], self._store.unseal(row["state_sealed"], "staged", name, epoch))

    def sent(self, post_id: UUID) -> None:
        """Forget a post that the server saved; its staged states stay until the log shows them."""
        self._store.execute("DELETE FROM outbox WHERE post_id = ?", post_id.bytes)

    def drop(self, post_id: UUID) -> None:
        """Forget a post that the server refused, and what it would have led to."""
        with self._store.transaction():
            self.sent(post_id)
            self._store.execute("DELETE FROM staged WHERE post_id = ?", post_id.bytes)

    def settle(self, log: bytes, epoch: int) -> None:
        """Forget the staged states of a channel up to an epoch: the log has shown who made it."""
        self._store.execute("DELETE FROM staged WHERE log = ? AND epoch <= ?", log, epoch)
