"""Reminders from end to end: planned with a content, rung while the sender is away, silenced by the answer."""

import json
from pathlib import Path

import pytest

from pratique.device import Device, Posting
from pratique.errors import Problem
from pratique.opened import Notice, OpenedEntry
from pratique.wire.bodies import Ring
from pratique.wire.entries import Kind, Urgency
from tests.client.test_live import Watching
from tests.clocks import HOUR_MS, HandClock
from tests.world import World, now_ms, read, world


def reminders(seen: list[OpenedEntry | Notice]) -> list[tuple[object, object]]:
    """Give (entry, ring) of the reminders among what was seen."""
    notices = [one.facts for one in seen if isinstance(one, Notice)]
    return [(facts["seq"], facts["ring"]) for facts in notices if facts["notice"] == "reminder"]


async def lane(w: World) -> tuple[Device, Device, bytes]:
    """Give BE, KE and their lane, in which both are."""
    operation = await w.operation()
    be, ke = await w.device("be"), await w.device("ke")
    channel = await be.lane(operation, ["be", "ke"])
    await ke.sync()
    return be, ke, channel


def asking(channel: bytes, *after_ms: int, offices: tuple[str, ...] = ("ke/ncp",)) -> Posting:
    """Write a message that waits for KE's answer."""
    rings = tuple(Ring(at_ms=now_ms() + later, offices=offices) for later in after_ms)
    return Posting(channel, [("message", b"please answer")], Urgency.PRIORITY, reminders=(("ke", rings),))


async def test_a_reminder_reaches_those_who_watch_until_it_is_answered(tmp_path: Path, database_url: str) -> None:
    clock = HandClock()
    async with world(tmp_path, database_url, clock=clock) as w:
        be, ke, channel = await lane(w)
        desk = w.devices[0]  # of the OCU, which is not in the lane
        offices = ("ke/ncp", str(desk.uri.office_id))
        (sent,) = await be.post_all([asking(channel, HOUR_MS, 2 * HOUR_MS, 3 * HOUR_MS, offices=offices)])
        assert sent.reminders[0] == sent.posted[0].seq + 1
        await be.aclose()
        w.devices.remove(be)
        watching, beside = Watching(ke), Watching(desk)
        await watching.until(b"please answer")
        clock.move(HOUR_MS + 60_000)
        for one in (watching, beside):
            await one.until_seen(lambda seen: reminders(seen) == [(sent.reminders[0], 0)])
        shown = next(one for one in ke.opened(channel) if one.kind is Kind.REMINDER)
        assert (shown.seq, shown.type, shown.post_id) == (sent.reminders[0], "reminder", sent.posted[0].post_id)
        answer = Posting(channel, [("message", b"here it is")], ends=(sent.reminders[0],))
        assert (await ke.post_all([answer]))[0].reminders == ()
        clock.move(9 * HOUR_MS)
        await w.server.stop()
        await w.server.start()
        await ke.post(channel, "message", b"and one word more")
        await watching.until(b"please answer", b"here it is", b"and one word more")
        assert reminders(watching.seen) == reminders(beside.seen) == [(sent.reminders[0], 0)]
        await watching.stop()
        await beside.stop()


async def test_a_reminder_that_rang_while_a_device_was_away_is_told_when_it_comes(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    clock = HandClock()
    async with world(tmp_path, sqlite_database_url, clock=clock) as w:
        be, ke, channel = await lane(w)
        colleague = await w.device("ke", person="colleague")
        await ke.sync()
        there = Watching(colleague)
        await there.until_seen(lambda seen: True)
        expected = []
        for number in range(2):
            (sent,) = await be.post_all([asking(channel, HOUR_MS)])
            clock.move(HOUR_MS + 60_000)
            expected.append((sent.reminders[0], 0))
            await there.until_seen(lambda seen: reminders(seen) == expected)
            if number == 0:
                report = await ke.sync()
                assert reminders([*report.notices]) == expected
                assert reminders([*(await ke.sync()).notices]) == []
        await there.stop()
        late = Watching(ke)
        await late.until_seen(lambda seen: bool(reminders(seen)))
        assert reminders(late.seen) == expected[1:]
        await late.stop()


async def test_of_two_answers_at_once_both_are_said(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        be, ke, channel = await lane(w)
        colleague = await w.device("ke", person="colleague")
        await be.sync()
        await colleague.sync()
        first, second = await be.post_all([asking(channel, HOUR_MS), asking(channel, HOUR_MS)])
        for device in (ke, colleague):
            await device.sync()
        assert first.reminders and second.reminders
        await ke.post_all([Posting(channel, [("message", b"from ke")], ends=(first.reminders[0],))])
        both = (first.reminders[0], second.reminders[0])
        (sent,) = await colleague.post_all([Posting(channel, [("message", b"me too")], ends=both)])
        assert [place.seq for place in sent.posted] == [(await be.sync()).entries and both[1] + 3]
        assert read(be, channel)[2:] == [b"from ke", b"me too"]
        ends = [json.loads(one.body)["seq"] for one in be.opened(channel) if one.type == "reminder_end"]
        assert ends == list(both)
        (nothing,) = await ke.post_all([Posting(channel, [], ends=both)])
        assert nothing.posted == []


async def test_another_party_cannot_silence_a_reminder(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        operation = await w.operation()
        be, ae, ke = [await w.device(party) for party in ("be", "ae", "ke")]
        channel = await be.lane(operation, ["be", "ae", "ke"])
        for device in (ae, ke):
            await device.sync()
        (sent,) = await be.post_all([asking(channel, HOUR_MS)])
        assert sent.reminders
        await ae.sync()
        with pytest.raises(Problem) as refused:
            await ae.post_all([Posting(channel, [("message", b"hush")], ends=(sent.reminders[0],))])
        assert refused.value.facts["reason"] == "not_reminded"
        await ke.sync()
        assert read(ke, channel) == [b"please answer"]
