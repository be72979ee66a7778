"""Tell what needs a look as it comes: an entry is folded before it is told, a reminder says of what."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING

from pratique.contents.content import ContentRefused, Event
from pratique.contents.prenotification import GoodsPart, RoutePart
from pratique.contents.read_mark import ReadMark
from pratique.contents.registry import read_content
from pratique.desk.results import Alert
from pratique.opened import Notice, OpenedEntry
from pratique.wire.entries import Kind, Urgency

if TYPE_CHECKING:
    from pratique.desk.desk import Desk


async def watch(desk: Desk) -> AsyncGenerator[Alert]:
    """Yield alerts for ever; of other operations and of reminders' own entries nothing is told."""
    async with aclosing(desk.device.watch()) as seen:
        async for one in seen:
            if isinstance(one, Notice):
                desk.refresh()
                alert = _of_notice(desk, one)
            else:
                desk.reading.look(one)
                alert = _of_entry(desk, one)
            if alert is not None:
                yield alert


def _of_notice(desk: Desk, notice: Notice) -> Alert | None:
    facts = notice.facts
    if facts.get("notice") != "reminder":
        return Alert("alarm", notice, facts=facts) if facts.get("notice") == "clock_off" else None
    try:
        channel, seq = bytes.fromhex(str(facts["channel"])), int(facts["seq"])
    except (KeyError, ValueError):
        return None
    known = desk.reading.knows(channel)
    if not known and any(state.id == channel for state in desk.device.channels()):
        return None  # another operation's
    reminder = desk.reading.reminders.find(channel, seq)
    if reminder is None:
        # An office above the desk is called without reading the lane: it knows that something waits, not what.
        return Alert("reminder", notice, urgency=Urgency.URGENT, to_us=True, facts=facts)
    about, party = reminder
    entry = next(iter(desk.device.opened(channel, about - 1)), None)
    reference = None if entry is None else _reference(entry)
    return Alert("reminder", notice, reference, party, urgency=Urgency.URGENT, to_us=True, facts=facts)


def _of_entry(desk: Desk, entry: OpenedEntry) -> Alert | None:
    if not desk.reading.knows(entry.channel) or entry.kind is Kind.REMINDER or entry.type == ReadMark.TYPE:
        return None
    if entry.problem is not None:
        return Alert("alarm", entry, party=entry.party, facts={"problem": entry.problem})
    if entry.kind is not Kind.APPLICATION:
        return Alert("members", entry, party=entry.party, type=entry.type)
    reference = _reference(entry)
    one = None if reference is None else desk.board.consignments.get(reference)
    on_way = one is not None and desk.party in (one.origin, *(leg.party for leg in one.legs))
    to_us = on_way and entry.party != desk.party
    return Alert("entry", entry, reference, entry.party, entry.type, entry.urgency, to_us)


def _reference(entry: OpenedEntry) -> str | None:
    if entry.problem is not None:
        return None
    try:
        content = read_content(entry.type, entry.body)
    except ContentRefused:
        return None
    match content:
        case GoodsPart() | RoutePart():
            return content.reference
        case Event():
            return content.about
        case _:
            return None
