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
from pratique.wire.bodies import Ring
from pratique.wire.entries import Urgency


@dataclass(frozen=True)
class Staged:
    """The engine's state after one entry of an own post.

    Takes   epoch: that the state is of; digest: SHA-256 of the entry's data (a commit, or the GroupInfo of epoch 0)
    """

    epoch: int
    digest: bytes
    state: bytes


@dataclass(frozen=True)
class Posting:
    """What a device says in one post to one channel: contents, reminders, and the ends of earlier reminders.

    Takes   contents: (type, body), each one entry; with the reminders and the ends at most 64
            reminders: whose answer is awaited, and when which offices are told that it is missing
            ends: numbers of reminders of this channel that need not ring any more
            act: what the postings of one act have in common: where one is refused, those behind it are not sent
    """

    channel: bytes
    contents: Sequence[tuple[str, bytes]]
    urgency: Urgency = Urgency.ROUTINE
    reminders: tuple[tuple[str, tuple[Ring, ...]], ...] = ()
    ends: tuple[int, ...] = ()
    act: str = ""

    def write(self) -> bytes:
        """Give the bytes that `read` reads back."""
        told = {
            "contents": [[kind, base64.b64encode(body).decode()] for kind, body in self.contents],
            "urgency": self.urgency.word,
            "reminders": [[party, [ring.model_dump(mode="json") for ring in rings]] for party, rings in self.reminders],
            "ends": list(self.ends),
            "act": self.act,
        }
        return strict_json.dumps(told)

    @classmethod
    def read(cls, channel: bytes, data: bytes) -> Posting:
        """Read `write`'s bytes."""
        told = strict_json.loads(data)
        if isinstance(told, list):  # as an earlier version wrote it: contents alone
            told = {"contents": told, "urgency": "routine", "reminders": [], "ends": []}
        reminders = tuple(
            (party, tuple(Ring.model_validate(ring, strict=False) for ring in rings))
            for party, rings in told["reminders"]
        )
        return cls(
            channel,
            tuple((kind, base64.b64decode(body)) for kind, body in told["contents"]),
            Urgency.from_word(told["urgency"]),
            reminders,
            tuple(told["ends"]),
            told.get("act", ""),
        )


@dataclass(frozen=True)
class Outgoing:
    """One post on its way.

    Takes   again: what was sealed and stated, to do so again under a newer epoch; None for other posts
    """

    post_id: UUID
    log: bytes
    path: str
    body: bytes
    again: Posting | None = None
    staged: tuple[Staged, ...] = ()


class Outbox:
    """The outgoing posts of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, post: Outgoing) -> None:
        """Keep a post, or replace its bytes, before it leaves."""
        name, again = post.post_id.bytes, None
        if post.again is not None:
            again = self._store.seal(post.again.write(), "outbox", "contents", name)
        with self._store.transaction():
            self._store.execute(
                "INSERT INTO outbox VALUES (?, ?, ?, ?, ?) ON CONFLICT (post_id) DO UPDATE SET"  # it keeps its turn
                " log = excluded.log, path = excluded.path, body = excluded.body, contents_sealed ="
                " excluded.contents_sealed",
                *(name, post.log, post.path, post.body, again),
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
            again: Posting | None = None
            if row["contents_sealed"] is not None:
                plain = self._store.unseal(row["contents_sealed"], "outbox", "contents", row["post_id"])
                again = Posting.read(row["log"], plain)
            found.append(Outgoing(UUID(bytes=row["post_id"]), row["log"], row["path"], row["body"], again))
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
