"""Keep what devices that are away are still to be told, and how far each log was looked at for that.

    log ─▶ gather: what is new since the cursor, for whom ─▶ rows, in the same save as the cursor ─▶ claim ─▶ settle

Envelopes only: who, when, how urgent, in which channel; and the server's own notices of reminders. What a row is about
is forgotten with it. A row is claimed for a while: who claims it and dies leaves it to be claimed again, so each alert
is told once or a few times and never not at all. Sole owner of `push_cursors`, `alerts` and `mails`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, case, delete, func, select, update

from app import log
from app.access import Seated
from app.db import Transaction
from app.delivery import channels
from app.delivery.subscriptions import Subscription
from app.models.push import alerts, mails, push_cursors
from pratique.wire import strict_json
from pratique.wire.entries import Kind, Urgency

Way = Literal["push", "mail"]
OLDEST_MS = 86_400_000  # what is older is found at the next visit, without being told
LEASE_MS = 120_000
AT_ONCE = 100
MAIL_EVERY_MS = 30 * 60_000  # to one device about one operation
_KEY = (alerts.c.device, alerts.c.way, alerts.c.operation, alerts.c.log)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits in a log: who made it, how urgent it is and of which operation."""

    seq: int
    at_ms: int
    device: str
    urgency: int
    operation: bytes


@dataclass(frozen=True, slots=True)
class Alert:
    """What one device is told about one operation by one way, made of the rows that are claimed for it."""

    device: str
    way: Way
    operation: bytes
    urgency: Urgency
    count: int
    tries: int
    rows: tuple[tuple[bytes, int, int], ...]  # log, seq, count


class Told(NamedTuple):
    """A device that wants to be told, and the seat by which it reads a channel; None for its own inbox."""

    subscription: Subscription
    seat: Seated | None


class Last(NamedTuple):
    """How far a page goes, and whether it was full."""

    seq: int
    full: bool


@dataclass(frozen=True, slots=True)
class Waits:
    """How long something waits before it is told: `present_ms` where the device listens just now."""

    ripe_ms: int
    present_ms: int
    mail_ms: int | None


async def behind(tx: Transaction, logs: Collection[bytes]) -> list[bytes]:
    """Give those of some logs that have grown since they were looked at."""
    ids = list(logs)
    heads = await log.heads(tx, ids)
    rows = await tx.execute(select(push_cursors).where(push_cursors.c.log.in_(ids)))
    seen: dict[bytes, int] = dict(rows.all())
    return sorted(log_id for log_id, head in heads.items() if head > seen.get(log_id, 0))


async def gather(
    tx: Transaction, log_id: bytes, told: Sequence[Told], present: Collection[str], waits: Waits, now_ms: int
) -> int | None:
    """Note what is new in a log for devices that do not know it yet, and move its cursor on.

    Gives   the instant to look again where something came too lately: devices that listen will say that they have it
    Locks   the log's cursor until the save
    """
    await tx.execute(tx.insert(push_cursors).values(log=log_id, seq=0).on_conflict_do_nothing())
    own = push_cursors.c.log == log_id
    cursor: int = (await tx.execute(select(push_cursors.c.seq).where(own).with_for_update())).scalar_one()
    end = await log.head(tx, log_id) or 0  # asked before the page, which may go further and never less far
    seat = told[0].seat
    if seat is None:
        items, last = await _notices(tx, log_id, cursor)
    else:
        oldest_ms = max(min(one.subscription.since_ms for one in told), now_ms - OLDEST_MS)
        items, last = await _entries(tx, seat, cursor, oldest_ms)
    ripe = [item for item in items if item.at_ms <= now_ms - waits.ripe_ms]
    seen, again_ms = (last.seq, now_ms) if last.full else (max(end, last.seq), None)
    if len(ripe) < len(items):
        raw = items[len(ripe)]
        seen, again_ms = raw.seq - 1, raw.at_ms + waits.ripe_ms
    acked = await channels.acked(tx, [one.subscription.device for one in told], [log_id])
    for one in told:
        device = one.subscription.device
        known = max(acked.get((device, log_id), 0), one.seat.since if one.seat else 0)
        since_ms = max(one.subscription.since_ms, now_ms - OLDEST_MS)
        new = [item for item in ripe if item.seq > known and item.device != device and item.at_ms >= since_ms]
        await _note(tx, one.subscription, log_id, new, device in present, waits, now_ms)
    await tx.execute(update(push_cursors).where(own).values(seq=max(cursor, seen)))
    return again_ms


async def claim(tx: Transaction, subscriptions: Mapping[str, Subscription], now_ms: int) -> tuple[list[Alert], bool]:
    """Take what is due to be told, for a while; what its device has seen meanwhile is dropped.

    Gives   the alerts, and whether more may be due
    Locks   their rows until the save; those that another process takes just now are passed over
    """
    due = select(alerts).where(alerts.c.due_ms <= now_ms).order_by(alerts.c.due_ms, *_KEY).limit(AT_ONCE)
    rows = (await tx.execute(due.with_for_update(skip_locked=True))).all()
    acked = await channels.acked(tx, {row.device for row in rows}, {row.log for row in rows}) if rows else {}
    groups: dict[tuple[str, Way, bytes], list[Any]] = defaultdict(list)
    for row in rows:
        one = subscriptions.get(row.device)
        way = one and (one.push if row.way == "push" else one.mail)
        if not way or acked.get((row.device, row.log), 0) >= row.seq:
            await tx.execute(delete(alerts).where(*_named(row.device, row.way, row.operation, [row.log])))
        else:
            groups[row.device, row.way, row.operation].append(row)
    claimed = []
    for (device, kind, operation), of in groups.items():
        later = update(alerts).where(*_named(device, kind, operation, [row.log for row in of]))
        if kind == "mail" and (free_ms := await _mail_free(tx, device, operation, now_ms)):
            await tx.execute(later.values(due_ms=free_ms))
            continue
        await tx.execute(later.values(due_ms=now_ms + LEASE_MS, tries=alerts.c.tries + 1))
        parts = tuple((row.log, row.seq, row.count) for row in of)
        urgency, count = Urgency(max(row.urgency for row in of)), sum(row.count for row in of)
        claimed.append(Alert(device, kind, operation, urgency, count, max(row.tries for row in of) + 1, parts))
    return claimed, len(rows) == AT_ONCE


async def settle(tx: Transaction, alert: Alert, again_ms: int | None, now_ms: int) -> None:
    """Forget what was told, or tell it again later; what came while it was being told is told next.

    Takes   again_ms: when to try again, or None where it was told or is given up
    """
    for log_id, seq, count in alert.rows:
        named = _named(alert.device, alert.way, alert.operation, [log_id])
        if again_ms is None:
            await tx.execute(delete(alerts).where(*named, alerts.c.seq == seq))
            more = {"count": alerts.c.count - count, "tries": 0, "due_ms": now_ms}
            await tx.execute(update(alerts).where(*named, alerts.c.seq > seq).values(**more))
        else:
            await tx.execute(update(alerts).where(*named).values(due_ms=again_ms))
    if again_ms is not None and alert.way == "mail":
        await tx.execute(delete(mails).where(mails.c.device == alert.device, mails.c.operation == alert.operation))


async def next_ms(tx: Transaction) -> int | None:
    """Give the instant at which something is due to be told, or None."""
    found: int | None = (await tx.execute(select(func.min(alerts.c.due_ms)))).scalar()
    return found


async def _entries(tx: Transaction, seat: Seated, after: int, since_ms: int) -> tuple[list[Item], Last]:
    page = await log.envelopes(tx, seat.channel, after, since_ms)
    items = [
        Item(one.seq, one.at_ms, one.device, one.urgency, seat.operation)
        for one in page
        if one.kind is Kind.APPLICATION
    ]
    return items, Last(page[-1].seq if page else after, len(page) == log.PAGE_ENTRIES)


async def _notices(tx: Transaction, log_id: bytes, after: int) -> tuple[list[Item], Last]:
    """Find the reminders that rang among the server's own notices in an inbox."""
    page = await log.notices(tx, log_id, after)
    said = [(seq, at_ms, strict_json.loads(data)) for seq, at_ms, data in page]
    rang = [(seq, at_ms, bytes.fromhex(it["channel"])) for seq, at_ms, it in said if it["notice"] == "reminder"]
    of = await channels.operations(tx, {channel for *_, channel in rang}) if rang else {}
    items = [Item(seq, at_ms, "", Urgency.URGENT, of[channel]) for seq, at_ms, channel in rang]
    return items, Last(page[-1][0] if page else after, len(page) == log.PAGE_ENTRIES)


async def _note(
    tx: Transaction, one: Subscription, log_id: bytes, items: Sequence[Item], present: bool, waits: Waits, now_ms: int
) -> None:
    """Write down what one device is to be told, beside what it was not told yet."""
    for operation in {item.operation for item in items}:
        wanted = [item for item in items if item.operation == operation and one.wants(operation, item.urgency)]
        if one.push is not None and wanted:
            await _add(tx, one.device, "push", log_id, wanted, now_ms + (waits.present_ms if present else 0))
        if one.mail is not None and waits.mail_ms is not None:
            mailed = [item for item in wanted if item.urgency >= one.mail.least]
            if mailed:
                await _add(tx, one.device, "mail", log_id, mailed, mailed[0].at_ms + waits.mail_ms)


async def _add(tx: Transaction, device: str, way: Way, log_id: bytes, items: Sequence[Item], due_ms: int) -> None:
    urgency = max(item.urgency for item in items)
    row = {"device": device, "way": way, "operation": items[0].operation, "log": log_id, "due_ms": due_ms, "tries": 0}
    note = tx.insert(alerts).values(**row, seq=items[-1].seq, urgency=urgency, count=len(items))
    # When it is due stays: a push service that asked for patience is given it.
    more = {
        "seq": note.excluded.seq,
        "count": alerts.c.count + note.excluded.count,
        "urgency": case((alerts.c.urgency < urgency, urgency), else_=alerts.c.urgency),
    }
    await tx.execute(note.on_conflict_do_update(index_elements=list(_KEY), set_=more))


async def _mail_free(tx: Transaction, device: str, operation: bytes, now_ms: int) -> int | None:
    """Take the turn to mail a device about an operation, or give the instant of the next one."""
    note = tx.insert(mails).values(device=device, operation=operation, at_ms=now_ms)
    taken = await tx.execute(
        note.on_conflict_do_update(
            index_elements=[mails.c.device, mails.c.operation],
            set_={"at_ms": now_ms},
            where=mails.c.at_ms <= now_ms - MAIL_EVERY_MS,
        ).returning(mails.c.at_ms)
    )
    if taken.first() is not None:
        return None
    own = (mails.c.device == device, mails.c.operation == operation)
    at_ms: int = (await tx.execute(select(mails.c.at_ms).where(*own))).scalar_one()
    return at_ms + MAIL_EVERY_MS


def _named(device: str, way: Way, operation: bytes, logs: Collection[bytes]) -> tuple[ColumnElement[bool], ...]:
    return (
        alerts.c.device == device,
        alerts.c.way == way,
        alerts.c.operation == operation,
        alerts.c.log.in_(list(logs)),
    )
