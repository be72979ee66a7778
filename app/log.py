"""The heart: number entries at the end of one log, and read on from a cursor.

    lock ─▶ number ─▶ (the caller judges what it will be) ─▶ store ─▶ the save

Sole owner of `logs` and `entries`. Refuses to know what the entries carry, and who may read or write them: channels,
MLS and devices are the business of its callers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from uuid import UUID

from sqlalchemy import bindparam, func, select, update

from app.db import Head, Transaction
from app.models.log import entries, logs
from pratique.wire.entries import Draft, Entry, Kind, Urgency, next_chain

PAGE_ENTRIES = 500
PAGE_BYTES = 8 * 1024 * 1024

_HEADS = select(logs.c.id, logs.c.kind, logs.c.head_seq, logs.c.last_ms, logs.c.chain)
_LOCKED = _HEADS.where(logs.c.id.in_(bindparam("ids", expanding=True))).order_by(logs.c.id).with_for_update()
_SAVE_HEAD = (
    update(logs)
    .where(logs.c.id == bindparam("log"))
    .values(head_seq=bindparam("seq"), last_ms=bindparam("ms"), chain=bindparam("now"))
)
_PAGE = (
    select(entries, func.sum(func.length(entries.c.data)).over(order_by=entries.c.seq, rows=(None, 0)).label("bytes"))
    .where(entries.c.log == bindparam("log_id"), entries.c.seq > bindparam("after"))
    .order_by(entries.c.seq)
    .limit(bindparam("most"))
)


class LogKind(IntEnum):
    """What a log belongs to; the numbers stand in the database."""

    CHANNEL = 1
    INBOX = 2
    OPERATION = 3
    DIRECTORY = 4


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands outside of an entry: enough to say that something waits, and not what."""

    seq: int
    kind: Kind
    device: str
    urgency: Urgency
    at_ms: int


async def lock(tx: Transaction, ids: Iterable[bytes], new: Mapping[bytes, LogKind] | None = None) -> None:
    """Take logs for this transaction, in id order, so that two transactions never wait for each other in a ring.

    Takes   new: logs to begin where they are not there yet
    Locks   the rows of `logs` until the save; `tx.now_ms` is taken anew, for the wait may have been long
    Raises  KeyError, when a log is not there and not in `new`
    """
    begin = new or {}
    wanted = sorted({*ids, *begin} - tx.heads.keys())
    if not wanted:
        return
    found = await _take(tx, wanted)
    if len(found) < len(wanted):
        # Some are new: begin each at its place in the order, so that the rows before it are held by then.
        for log_id in wanted:
            if log_id not in found:
                row = {"id": log_id, "kind": begin[log_id], "head_seq": 0, "last_ms": 0, "chain": log_id}
                await tx.execute(tx.insert(logs).values(row).on_conflict_do_nothing())
                found |= await _take(tx, [log_id])
    tx.heads |= found
    tx.at_save(_save_heads)
    tx.look_again()


async def _take(tx: Transaction, ids: Sequence[bytes]) -> dict[bytes, Head]:
    rows = await tx.execute(_LOCKED, {"ids": ids})
    return {log_id: Head(kind, seq, last_ms, seq, chain) for log_id, kind, seq, last_ms, chain in rows}


def number(
    tx: Transaction, log_id: bytes, drafts: Sequence[Draft], *, device: str = "", post_id: UUID, after: int = 0
) -> list[Entry]:
    """Give drafts the numbers and the instant they will have at the end of a locked log; stores nothing.

    Takes   after: how many numbered entries of this transaction come before these without being stored yet
    Gives   entries in draft order; at_ms never falls within one log
    """
    head = tx.heads[log_id]
    at_ms = max(head.last_ms, tx.now_ms)
    return [
        Entry(log_id, seq, draft.kind, device, draft.epoch, post_id, draft.urgency, at_ms, draft.data)
        for seq, draft in enumerate(drafts, head.seq + after + 1)
    ]


def store(tx: Transaction, numbered: Iterable[Entry]) -> None:
    """Put numbered entries at the end of their locked logs; they are written at the save.

    Raises  ValueError, when an entry is not the next of its log
    """
    for entry in numbered:
        head = tx.heads[entry.log]
        if entry.seq != head.seq + 1 or entry.at_ms < head.last_ms:
            raise ValueError(f"entry {entry.seq} does not follow {head.seq}")
        digest = entry.digest()
        chain = next_chain(head.chain, entry.seq, digest)
        tx.heads[entry.log] = replace(head, seq=entry.seq, last_ms=entry.at_ms, chain=chain)
        tx.put(entries, _row(entry) | {"digest": digest, "chain": chain})
        tx.grew(entry.log)


def append(tx: Transaction, log_id: bytes, drafts: Sequence[Draft], *, device: str = "", post_id: UUID) -> list[Entry]:
    """Number drafts and store them at the end of one locked log.

    Gives   entries in draft order; seq starts at 1 and has no gaps
    Source  docs/protocol.md §3; RFC 9750 §5.2.1 (strongly consistent delivery)
    """
    numbered = number(tx, log_id, drafts, device=device, post_id=post_id)
    store(tx, numbered)
    return numbered


async def read(tx: Transaction, log_id: bytes, after: int, limit: int = PAGE_ENTRIES) -> list[Entry]:
    """Give the entries that follow a cursor, in order; empty at the end.

    Takes   limit: at most this many; fewer come where they would exceed PAGE_BYTES, but always one if there is one
    """
    await tx.flush()
    rows = (await tx.execute(_PAGE, {"log_id": log_id, "after": after, "most": limit})).all()
    return [
        Entry(log, seq, Kind(kind), device, epoch, UUID(bytes=post_id), Urgency(urgency), at_ms, data)
        for place, (log, seq, kind, device, epoch, post_id, urgency, at_ms, data, _digest, _chain, size) in enumerate(
            rows
        )
        if place == 0 or size <= PAGE_BYTES
    ]


async def envelopes(tx: Transaction, log_id: bytes, after: int, since_ms: int) -> list[Envelope]:
    """Give what stands outside of the entries that follow a cursor and came since an instant; a page, in order."""
    columns = (entries.c.seq, entries.c.kind, entries.c.device, entries.c.urgency, entries.c.at_ms)
    rows = await tx.execute(
        select(*columns)
        .where(entries.c.log == log_id, entries.c.seq > after, entries.c.at_ms >= since_ms)
        .order_by(entries.c.seq)
        .limit(PAGE_ENTRIES)
    )
    return [Envelope(seq, Kind(kind), device, Urgency(urgency), at_ms) for seq, kind, device, urgency, at_ms in rows]


async def notices(tx: Transaction, log_id: bytes, after: int) -> list[tuple[int, int, bytes]]:
    """Give number, instant and words of the server's own notices that follow a cursor; a page, in order."""
    rows = await tx.execute(
        select(entries.c.seq, entries.c.at_ms, entries.c.data)
        .where(entries.c.log == log_id, entries.c.seq > after, entries.c.kind == int(Kind.NOTICE))
        .order_by(entries.c.seq)
        .limit(PAGE_ENTRIES)
    )
    return [(seq, at_ms, data) for seq, at_ms, data in rows]


async def head(tx: Transaction, log_id: bytes) -> int | None:
    """Give the number of a log's newest entry, 0 for an empty one, None where there is no such log."""
    rows = await tx.execute(select(logs.c.head_seq).where(logs.c.id == log_id))
    found: int | None = rows.scalar()
    return found


async def chain_at(tx: Transaction, log_id: bytes, seq: int) -> bytes | None:
    """Give the chain of a locked log at a number; None beyond its end."""
    if seq == 0:
        return log_id
    if seq == (held := tx.heads[log_id]).seq:
        return held.chain
    await tx.flush()
    rows = await tx.execute(select(entries.c.chain).where(entries.c.log == log_id, entries.c.seq == seq))
    found: bytes | None = rows.scalar()
    return found


async def ends(tx: Transaction, ids: Iterable[bytes]) -> dict[bytes, tuple[int, bytes]]:
    """Give the newest number of each of some logs, and the chain at it."""
    rows = await tx.execute(select(logs.c.id, logs.c.head_seq, logs.c.chain).where(logs.c.id.in_(list(ids))))
    return {log_id: (seq, chain) for log_id, seq, chain in rows}


async def heads(tx: Transaction, ids: Iterable[bytes]) -> dict[bytes, int]:
    """Give the newest number of each of some logs."""
    rows = await tx.execute(select(logs.c.id, logs.c.head_seq).where(logs.c.id.in_(list(ids))))
    return dict(rows.all())


async def kind(tx: Transaction, log_id: bytes) -> LogKind | None:
    """Say what a log belongs to, or None where there is no such log."""
    found = (await tx.execute(select(logs.c.kind).where(logs.c.id == log_id))).scalar()
    return None if found is None else LogKind(found)


async def _save_heads(tx: Transaction) -> None:
    moved = {log_id: held for log_id, held in tx.heads.items() if held.seq != held.stored}
    if moved:
        await tx.execute(
            _SAVE_HEAD,
            [{"log": log_id, "seq": held.seq, "ms": held.last_ms, "now": held.chain} for log_id, held in moved.items()],
        )
        tx.heads |= {log_id: replace(held, stored=held.seq) for log_id, held in moved.items()}


def _row(entry: Entry) -> dict[str, object]:
    return {
        "log": entry.log,
        "seq": entry.seq,
        "kind": int(entry.kind),
        "device": entry.device,
        "epoch": entry.epoch,
        "post_id": entry.post_id.bytes,
        "urgency": int(entry.urgency),
        "at_ms": entry.at_ms,
        "data": entry.data,
    }
