"""Say reminders as devices do, rightly and wrongly, and run the job that rings them."""

from __future__ import annotations

import base64
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

from app.clock import Clock
from app.delivery.judge import Judge
from app.delivery.writer import Writer
from app.jobs.reminders import Reminders
from pratique.wire import strict_json
from pratique.wire.bodies import Reminder, ReminderEnd, Ring
from pratique.wire.entries import Seen
from pratique.wire.statements import Statement, sign
from tests.delivery.server_room import Room, server
from tests.faults.parties import Device, Parties


def rings(*instants: int, offices: Sequence[str] = ("ke/ncp",)) -> tuple[Ring, ...]:
    """Plan rings for the same offices."""
    return tuple(Ring(at_ms=at_ms, offices=tuple(offices)) for at_ms in instants)


def reminder(channel: bytes, by: Device, planned: tuple[Ring, ...], **wrong: Any) -> Statement:
    """Sign a reminder for Kenya; `wrong` may change party, key or seen."""
    party, key = wrong.get("party", "ke"), wrong.get("key", by.key)
    body = Reminder(channel=channel.hex(), party=party, rings=planned, nonce=secrets.token_hex(16))
    return sign(body, signer=str(by.uri), key=key, seen=wrong.get("seen", Seen(0, channel)))


def ended(channel: bytes, by: Device, seq: int) -> Statement:
    """Sign the end of a reminder."""
    return sign(ReminderEnd(channel=channel.hex(), seq=seq), signer=str(by.uri), key=by.key, seen=Seen(0, channel))


def said(*statements: Statement, sealed: int | None = None, epoch: int = 0, post_id: UUID | None = None) -> bytes:
    """Write the body of a post of reminders.

    Takes   sealed: the epoch of one sealed entry before them, or none; epoch: what the reminders say
    """
    one = {"kind": "reminder", "epoch": epoch, "urgency": "priority"}
    drafts = [one | {"data_base64": base64.b64encode(statement.raw).decode()} for statement in statements]
    if sealed is not None:
        data = base64.b64encode(secrets.token_bytes(300)).decode()
        drafts.insert(0, {"kind": "application", "epoch": sealed, "urgency": "priority", "data_base64": data})
    return strict_json.dumps({"post_id": str(post_id or uuid4()), "drafts": drafts})


@asynccontextmanager
async def ringing(url: str, clock: Clock, certified: Parties | None = None) -> AsyncIterator[tuple[Room, Reminders]]:
    """Run a server below its edge whose posts wake a job; the job is the caller's to start, and ends here."""
    async with server(url, certified) as room:
        job = Reminders(room.database, clock)
        room.writer = Writer(room.database, Judge(room.parties), job.planned)
        await room.writer.start()
        try:
            yield room, job
        finally:
            await job.stop()
            await room.writer.stop()
