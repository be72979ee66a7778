"""Keep where this device is in each log: cursor and chain, the fold, the engine's state, and every entry.

A step forward is compare-and-swap on the cursor, and with it on the epoch: of two processes one wins.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from pratique.store.file import Lost, Store
from pratique.wire.entries import Entry, Kind, Urgency
from pratique.wire.membership import Membership

NO_POST = UUID(int=0)


@dataclass(frozen=True)
class LogPosition:
    """Where this device is in one log.

    Takes   state: the engine's state at state_epoch, or None; trouble: why this channel cannot be posted to;
            mistrusted: parties whose `seen` did not agree with this device's chain
    """

    id: bytes
    seq: int
    chain: bytes
    at_ms: int = 0
    membership: Membership | None = None
    state_epoch: int | None = None
    state: bytes | None = None
    trouble: str | None = None
    mistrusted: frozenset[str] = frozenset()
    tended_ms: int = 0


@dataclass(frozen=True)
class Row:
    """One entry as it is kept.

    Takes   signer: the leaf's key where a sealed entry counts; state: counted, waiting (not yet opened), opened,
            refused, before (this device joined) or withheld; body: the content's bytes, or the JSON of what the
            entry changed
    """

    entry: Entry
    chain: bytes
    state: str
    signer: bytes = b""
    type: str = ""
    body: bytes | None = None
    problem: str | None = None


class Logs:
    """The logs of one store; remembers the folds it has parsed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[bytes, LogPosition] = {}

    def ids(self) -> list[bytes]:
        """List the channels known here."""
        return [row[0] for row in self._store.all("SELECT id FROM logs WHERE membership IS NOT NULL ORDER BY id")]

    def ends(self) -> dict[bytes, tuple[int, bytes]]:
        """Give per log, of whatever kind, the newest number that was processed and the chain at it."""
        return {row["id"]: (row["seq"], row["chain"]) for row in self._store.all("SELECT id, seq, chain FROM logs")}

    def load(self, log: bytes) -> LogPosition:
        """Give the position in a log; a new log begins at 0 with its id as the chain."""
        row = self._store.one("SELECT * FROM logs WHERE id = ?", log)
        if row is None:
            return LogPosition(log, 0, log)
        known = self._known.get(log)
        member: Membership | None = None
        if row["membership"] is not None:
            same = known is not None and (known.seq, known.chain) == (row["seq"], row["chain"])
            member = (
                known.membership if known is not None and same else Membership.from_json(json.loads(row["membership"]))
            )
        state = row["state_sealed"]
        position = LogPosition(
            id=log,
            seq=row["seq"],
            chain=row["chain"],
            at_ms=row["at_ms"],
            membership=member,
            state_epoch=row["state_epoch"],
            state=None if state is None else self._store.unseal(state, "logs", "state", log, row["state_epoch"]),
            trouble=row["trouble"],
            mistrusted=frozenset(json.loads(row["mistrusted"])),
            tended_ms=row["tended_ms"],
        )
        self._known[log] = position
        return position

    def advance(self, before: LogPosition, after: LogPosition, rows: Sequence[Row]) -> None:
        """Save a step forward; raises `Lost` unless the store still stands where `before` does."""
        with self._store.transaction():
            self.check(before)
            self._write(before, after)
            for row in rows:
                self.put(row)
        self._known[after.id] = after

    def check(self, before: LogPosition) -> None:
        """Raise `Lost` unless the store still stands where `before` does."""
        now = self._store.one("SELECT seq, chain, state_epoch FROM logs WHERE id = ?", before.id)
        if tuple(now or (0, before.id, None)) != (before.seq, before.chain, before.state_epoch):
            raise Lost

    def put(self, row: Row) -> None:
        """Save one entry, or replace what was known of it."""
        entry, seq = row.entry, row.entry.seq
        body = None if row.body is None else self._store.seal(row.body, "entries", "body", entry.log, seq)
        head = (entry.log, seq, int(entry.kind), entry.device, entry.epoch, entry.post_id.bytes, int(entry.urgency))
        tail = (entry.at_ms, entry.data, row.chain, row.signer, row.state, row.type, body, row.problem)
        self._store.execute(f"INSERT OR REPLACE INTO entries VALUES ({','.join('?' * 15)})", *head, *tail)  # noqa: S608

    def chain_at(self, log: bytes, seq: int) -> bytes | None:
        """Give this device's own chain at a number it has processed."""
        if seq == 0:
            return log
        row = self._store.one("SELECT chain FROM entries WHERE log = ? AND seq = ?", log, seq)
        return None if row is None else row[0]

    def rows(
        self, log: bytes, after: int = 0, *, kinds: Sequence[Kind] = tuple(Kind), page: int = 200
    ) -> Iterator[Row]:
        """Yield kept entries in order; each page is read anew, so a reader may stop and others may write meanwhile."""
        marks = ",".join(str(int(kind)) for kind in kinds)
        query = f"SELECT * FROM entries WHERE log = ? AND seq > ? AND kind IN ({marks}) ORDER BY seq LIMIT ?"  # noqa: S608
        while found := self._store.all(query, log, after, page):
            yield from (self._row(row) for row in found)
            after = found[-1]["seq"]

    def of_post(self, log: bytes, device: str, post_id: UUID) -> list[Row]:
        """List the kept entries of one post."""
        query = "SELECT * FROM entries WHERE log = ? AND device = ? AND post_id = ? ORDER BY seq"
        return [self._row(row) for row in self._store.all(query, log, device, post_id.bytes)]

    def waiting(self, log: bytes) -> list[Row]:
        """List sealed entries that are not opened although a key of their epoch is held."""
        query = (
            "SELECT * FROM entries WHERE log = ? AND state = 'waiting'"
            " AND epoch IN (SELECT epoch FROM epoch_keys WHERE log = ?) ORDER BY seq"
        )
        return [self._row(row) for row in self._store.all(query, log, log)]

    def note(self, position: LogPosition) -> None:
        """Keep what is known of a log beside where it stands: its trouble, and whom not to believe."""
        mistrusted = json.dumps(sorted(position.mistrusted))
        self._store.execute(
            "UPDATE logs SET trouble = ?, mistrusted = ? WHERE id = ?", position.trouble, mistrusted, position.id
        )

    def wait_again(self, log: bytes, epoch: int) -> None:
        """Have sealed entries opened anew that no key of their epoch opened, since another key came."""
        self._store.execute(
            "UPDATE entries SET state = 'waiting' WHERE log = ? AND epoch = ? AND problem LIKE 'cannot_open%'",
            *(log, epoch),
        )

    def count(self, row: Row) -> bool:
        """Count a sealed entry, once for ever by device and post id; the entries of one post stand side by side."""
        entry, digest = row.entry, hashlib.sha256(row.entry.data).digest()
        key = (entry.log, entry.device, entry.post_id.bytes)
        before = self._store.all(
            "SELECT digest, seq FROM counted WHERE log = ? AND device = ? AND post_id = ? AND seq != ?", *key, entry.seq
        )
        if any(one["digest"] == digest for one in before):
            return False
        if before and not any(abs(one["seq"] - entry.seq) == 1 for one in before):
            return False
        self._store.execute("INSERT OR IGNORE INTO counted VALUES (?, ?, ?, ?, ?)", *key, digest, entry.seq)
        return True

    def forget_before(self, log: bytes, at_ms: int) -> int:
        """Drop opened bodies from before an instant; give the epoch of the newest entry there, or 0."""
        self._store.execute(
            "UPDATE entries SET body_sealed = NULL, state = 'refused', problem = 'forgotten: past its retention'"
            " WHERE log = ? AND at_ms < ? AND state = 'opened'",
            *(log, at_ms),
        )
        row = self._store.one("SELECT max(epoch) FROM entries WHERE log = ? AND at_ms < ?", log, at_ms)
        return row[0] or 0

    def forget_state(self, before: LogPosition) -> None:
        """Drop the engine's state of a channel, as before a rejoin; raises `Lost`."""
        self.advance(before, replace(before, state=None, state_epoch=None), [])

    def _write(self, before: LogPosition, after: LogPosition) -> None:
        state = after.state
        sealed = None if state is None else self._store.seal(state, "logs", "state", after.id, after.state_epoch)
        member = None if after.membership is None else json.dumps(after.membership.to_json())
        self._store.execute(
            f"INSERT OR REPLACE INTO logs VALUES ({','.join('?' * 10)})",  # noqa: S608
            *(after.id, after.seq, after.chain, after.at_ms, member, after.state_epoch, sealed, after.trouble),
            *(json.dumps(sorted(after.mistrusted)), after.tended_ms),
        )

    def _row(self, got: sqlite3.Row) -> Row:
        entry = Entry(
            log=got["log"],
            seq=got["seq"],
            kind=Kind(got["kind"]),
            device=got["device"],
            epoch=got["epoch"],
            post_id=UUID(bytes=got["post_id"]),
            urgency=Urgency(got["urgency"]),
            at_ms=got["at_ms"],
            data=got["data"],
        )
        body = got["body_sealed"]
        plain = None if body is None else self._store.unseal(body, "entries", "body", entry.log, entry.seq)
        return Row(entry, got["chain"], got["state"], got["signer"], got["type"], plain, got["problem"])
