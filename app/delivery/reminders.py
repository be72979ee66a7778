"""Keep the rings that are still to come, and tell the offices when they are due.

    reminder entry ─▶ rows, one a ring ─▶ due: one transaction deletes the row and writes the notices ─▶ inboxes
    its end        ─▶ the rows are gone

Sole owner of `reminders` and `rings`. A ring's row and its notices change hands in one save, under the inbox logs'
locks: so each ring sounds once, whichever process comes first and wherever one of them dies. Locks are always taken in
this order: logs, devices, rings.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update

from app import access, log
from app.db import Transaction
from app.delivery import notices
from app.errors import EntryRefused
from app.log import LogKind
from app.models.reminder import reminders, rings
from pratique.wire.bodies import Reminder, ReminderEnd
from pratique.wire.entries import Entry, inbox_id
from pratique.wire.identity import DeviceUri, office_party
from pratique.wire.statements import Statement

MAX_AHEAD_MS = 180 * 86_400_000
MAX_OPEN = 10_000  # in one channel


@dataclass(frozen=True, slots=True)
class Due:
    """One ring that has not sounded yet."""

    channel: bytes
    seq: int
    ring: int
    due_ms: int
    offices: tuple[str, ...]


async def plan(tx: Transaction, entry: Entry, body: Reminder, parties: Collection[str]) -> None:
    """Keep the rings of a reminder that the fold counts (rules REM-3 and REM-4); call it under the channel's lock.

    Takes   parties: those that take part in the channel's operation
    Raises  EntryRefused
    """
    if any(office_party(office) not in parties for ring in body.rings for office in ring.offices):
        raise EntryRefused("not_participant", "only offices of the operation's parties are reminded")
    last_ms = max(ring.at_ms for ring in body.rings)
    if last_ms > entry.at_ms + MAX_AHEAD_MS:
        raise EntryRefused("ring_too_far", f"a reminder rings within {MAX_AHEAD_MS // 86_400_000} days")
    digest = Statement.parse(entry.data).digest
    if (await tx.execute(select(reminders.c.seq).where(reminders.c.digest == digest))).first() is not None:
        raise EntryRefused("reminder_repeated", "this very statement was posted before")
    waiting = select(func.count()).where(
        reminders.c.channel == entry.log, reminders.c.last_ms > tx.now_ms, reminders.c.ended.is_(False)
    )
    if ((await tx.execute(waiting)).scalar() or 0) >= MAX_OPEN:
        raise EntryRefused("too_many_reminders", f"a channel has at most {MAX_OPEN} reminders that wait")
    named = {"channel": entry.log, "seq": entry.seq}
    author = DeviceUri.parse(entry.device).party
    row = {"digest": digest, "author_party": author, "party": body.party, "last_ms": last_ms, "ended": False}
    await tx.execute(insert(reminders).values(named | row))
    rows = [
        named | {"ring": number, "due_ms": ring.at_ms, "offices": ",".join(ring.offices)}
        for number, ring in enumerate(body.rings)
    ]
    await tx.execute(insert(rings), rows)


async def end(tx: Transaction, entry: Entry, body: ReminderEnd) -> None:
    """Let a reminder ring no more (rule REM-5); call it under the channel's lock.

    Raises  EntryRefused
    """
    chosen = (reminders.c.channel == entry.log, reminders.c.seq == body.seq)
    row = (await tx.execute(select(reminders).where(*chosen))).first()
    if row is None:
        raise EntryRefused("no_such_reminder", "the entry named is no reminder")
    if DeviceUri.parse(entry.device).party not in (row.author_party, row.party):
        raise EntryRefused("not_reminded", "a reminder is ended by the party it waits for, or by its author's")
    if row.ended:
        raise EntryRefused("reminder_ended", "the reminder was ended before")
    await tx.execute(update(reminders).where(*chosen).values(ended=True))
    await tx.execute(delete(rings).where(rings.c.channel == entry.log, rings.c.seq == body.seq))


async def soonest(tx: Transaction, count: int) -> list[Due]:
    """Give the rings that come next, the soonest first."""
    rows = await tx.execute(
        select(rings).order_by(rings.c.due_ms, rings.c.channel, rings.c.seq, rings.c.ring).limit(count)
    )
    return [Due(row.channel, row.seq, row.ring, row.due_ms, tuple(row.offices.split(","))) for row in rows]


async def ring(tx: Transaction, due: Iterable[Due]) -> None:
    """Tell the active devices of each ring's offices, unless it sounded or was ended meanwhile.

    Locks   the inboxes of those devices, begun where they are not there yet, and the devices' rows, until the save
    """
    due = list(due)
    offices = {office for one in due for office in one.offices}
    before = await access.active_of_offices(tx, offices)
    await log.lock(tx, (), {inbox_id(device): LogKind.INBOX for device in before})
    active = sorted(await access.active(tx, before, hold=True))
    for one in due:
        gone = await tx.execute(
            delete(rings).where(rings.c.channel == one.channel, rings.c.seq == one.seq, rings.c.ring == one.ring)
        )
        if not gone.rowcount:
            continue
        for device in active:
            if DeviceUri.parse(device).office_id in one.offices:
                notices.reminder(tx, device, one.channel, one.seq, one.ring)
