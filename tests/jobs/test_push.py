"""Devices that are away are told: each once or a few times and never not at all, whichever process or moment fails."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import event

from app.clock import Clock
from app.delivery import alerts, reminders, subscriptions
from app.delivery.subscriptions import NOTHING
from app.jobs import push
from app.jobs.push import Pushes
from pratique.groups.engine_host import Engine
from pratique.wire.entries import Urgency
from tests.clocks import HOUR_MS, MINUTE_MS
from tests.delivery.reminding import reminder, rings, said
from tests.jobs.telling import RIPE_MS, Away, away, ways


async def test_whoever_is_away_is_told_how_many_and_how_urgent_and_nobody_else(here: Away) -> None:
    second, desk, gone = [await here.room.enrol("ke", office) for office in ("ncp", "desk", "ncp")]
    reading = await here.room.enrol("ocu")
    for device in (here.be, here.ke, second, desk, gone, reading):
        await here.subscribe(device)
    await here.subscribe(here.ocu, {here.operation: NOTHING})
    await here.room.revoke(gone)
    await here.post(here.be, "routine", 3)
    last = await here.post(here.be, "urgent")
    await here.ack(reading, last)
    assert await here.job.look() <= here.clock.now_ms() + RIPE_MS
    assert here.service.came == []  # a device that listens has a moment to say so
    await here.later()
    assert here.told(here.ke) == here.told(second) == [("STOP-III", "urgent", 4)]
    for other in (here.be, desk, gone, reading, here.ocu):
        assert here.told(other) == []
    assert await here.waiting() is None
    await here.later()
    assert len(here.service.came) == 2
    await here.post(here.ke, "priority")
    await here.later()
    assert here.told(here.be) == [("STOP-III", "priority", 1)] and len(here.told(second)) == 2


async def test_only_what_is_urgent_enough_is_told(here: Away) -> None:
    await here.subscribe(here.ke, {here.operation: Urgency.PRIORITY})
    await here.subscribe(here.ocu, {bytes(32): NOTHING})
    await here.post(here.be, "routine", 2)
    await here.later()
    assert (here.told(here.ke), here.told(here.ocu)) == ([], [("STOP-III", "routine", 2)])
    await here.post(here.be, "priority")
    await here.later()
    assert here.told(here.ke) == [("STOP-III", "priority", 1)]


async def test_nobody_is_told_of_what_came_before_they_asked(here: Away) -> None:
    await here.post(here.be)
    here.clock.move(1)
    await here.subscribe(here.ke)
    await here.later()
    assert here.service.came == []
    await here.subscribe(here.ke, {here.operation: Urgency.URGENT})  # said anew: nothing is forgotten by that
    await here.post(here.be)
    await here.subscribe(here.ke)
    await here.later()
    assert here.told(here.ke) == [("STOP-III", "urgent", 1)]


async def test_a_device_that_listens_is_told_only_if_it_does_not_take_it(here: Away) -> None:
    for device in (here.ke, here.ocu):
        await here.subscribe(device)
        here.present.add(str(device.uri))
    last = await here.post(here.be)
    await here.later()
    assert here.service.came == []
    await here.ack(here.ke, last)
    await here.later(push.PRESENT_MS)
    assert (here.told(here.ke), here.told(here.ocu)) == ([], [("STOP-III", "urgent", 1)])


async def test_a_reminder_that_rings_is_told_as_urgent(here: Away) -> None:
    await here.subscribe(here.ke)
    await here.subscribe(here.ocu)
    at_ms = here.clock.now_ms() + HOUR_MS
    body = said(reminder(here.channel.id, here.be, rings(at_ms)))
    await here.room.post(here.be, here.channel.id, body)
    await here.later()
    assert here.service.came == []  # the plan itself is no news to a person
    here.clock.move(HOUR_MS)
    async with here.room.database.transaction() as tx:
        await reminders.ring(tx, await reminders.soonest(tx, 10))
    await here.later()
    assert here.told(here.ke) == [("STOP-III", "urgent", 1)] and here.told(here.ocu) == []


async def test_a_newcomer_is_not_told_of_what_it_may_not_read(here: Away, engine: Engine) -> None:
    hidden = await here.room.found(engine, here.be, here.operation, [here.ke], history="from_join", seat=["ocu/ncp"])
    await here.subscribe(here.ke)
    await here.subscribe(here.ocu)
    here.channel = hidden
    await here.post(here.be)
    await here.later()
    assert (here.told(here.ke), here.told(here.ocu)) == ([("STOP-III", "urgent", 1)], [])


async def test_a_push_service_in_trouble_is_tried_less_and_less_often_and_given_up(here: Away) -> None:
    await here.subscribe(here.ke)
    here.service.answers = [(503, {})] * 4 + [(429, {"retry-after": "1000"})] + [(500, {})] * 100
    await here.post(here.be)
    await here.later()
    pauses = []
    while (due_ms := await here.waiting()) is not None:
        pauses.append((due_ms - here.clock.now_ms()) // 1000)
        await here.later(due_ms - here.clock.now_ms() - 1)
        before = len(here.service.came)
        await here.later(1)
        assert len(here.service.came) == before + 1
    assert pauses == [15, 30, 60, 120, 1000, 480, 960, 1920, 3600, 3600, 3600]
    assert len(here.service.came) == push.MOST_TRIES


async def test_what_came_meanwhile_is_told_with_it(here: Away) -> None:
    await here.subscribe(here.ke)
    here.service.answers = [(503, {})]
    await here.post(here.be, "routine")
    await here.later()
    await here.post(here.be, "priority", 2)
    await here.later()
    assert len(here.service.came) == 1  # the push service asked for patience
    await here.later(MINUTE_MS)
    assert here.told(here.ke)[1:] == [("STOP-III", "priority", 3)] and await here.waiting() is None


async def test_what_was_read_meanwhile_is_told_no_more(here: Away) -> None:
    await here.subscribe(here.ke)
    here.service.answers = [(503, {})]
    last = await here.post(here.be)
    await here.later()
    await here.ack(here.ke, last)
    await here.later(HOUR_MS)
    assert len(here.service.came) == 1 and await here.waiting() is None


@pytest.mark.parametrize("status", [404, 410])
async def test_a_subscription_that_has_ended_is_forgotten(here: Away, status: int) -> None:
    await here.subscribe(here.ke)
    here.service.answers = [(status, {})]
    await here.post(here.be)
    await here.later()
    async with here.room.database.read() as tx:
        assert await subscriptions.active(tx) == {}
    await here.post(here.be)
    await here.later(HOUR_MS)
    assert len(here.service.came) == 1


async def test_a_job_that_dies_at_any_statement_tells_it_all_the_same(here: Away) -> None:
    await here.subscribe(here.ke)
    engines = [here.room.database._reads.sync_engine, here.room.database._writes.sync_engine]
    statements, deaths = 0, 0
    while statements < 60:
        before = len(here.told(here.ke))
        await here.post(here.be)
        here.clock.move(RIPE_MS)
        dying = asyncio.create_task(here.job.look())
        left = statements = statements + 1

        def asked(*_: object, dying: asyncio.Task[int] = dying) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                dying.cancel()

        for one in engines:
            event.listen(one, "before_cursor_execute", asked)
        with suppress(asyncio.CancelledError):
            await dying
        for one in engines:
            event.remove(one, "before_cursor_execute", asked)
        deaths += dying.cancelled()
        for _ in range(2):
            await here.later(alerts.LEASE_MS)
        assert 1 <= len(here.told(here.ke)) - before <= 2, statements
        assert await here.waiting() is None
        if not dying.cancelled():
            break
    assert deaths >= 15


async def test_a_job_that_dies_while_it_sends_leaves_it_to_the_next_one(here: Away, tmp_path: Path) -> None:
    await here.subscribe(here.ke)
    here.service.answering.clear()
    await here.post(here.be)
    here.clock.move(RIPE_MS)
    dying = asyncio.create_task(here.job.look())
    await here.service.until(1)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    here.service.answering.set()
    next_one = Pushes(
        here.room.database, here.clock, *ways(tmp_path, here.service, here.mails), here.present.__contains__
    )
    await next_one.look()
    assert len(here.told(here.ke)) == 1  # it may still be on its way
    here.clock.move(alerts.LEASE_MS)
    await next_one.look()
    assert len(here.told(here.ke)) == 2 and await here.waiting() is None


@pytest.mark.postgres
async def test_of_several_processes_one_tells(postgres_database_url: str, engine: Engine, tmp_path: Path) -> None:
    async with away(postgres_database_url, engine, tmp_path) as here:
        others = [await here.room.enrol("ke") for _ in range(20)]
        for device in others:
            await here.subscribe(device)
        pair = ways(tmp_path, here.service, here.mails)
        jobs = [Pushes(here.room.database, here.clock, *pair, here.present.__contains__) for _ in range(3)]
        for rounds in range(1, 4):
            await here.post(here.be)
            here.clock.move(RIPE_MS)
            await asyncio.gather(*(job.look() for job in jobs))
            assert [len(here.told(device)) for device in others] == [rounds] * 20
        assert {told for device in others for told in here.told(device)} == {("STOP-III", "urgent", 1)}


async def test_a_wake_up_is_followed_in_a_moment_and_many_are_one(here: Away) -> None:
    await here.subscribe(here.ke)
    here.room.database.wake = here.job.wake
    await here.job.start()
    for _ in range(3):
        await here.post(here.be, "priority")
    here.clock.move(push.RIPE_MS)
    here.clock.move(RIPE_MS)
    await here.service.until(1)
    assert here.told(here.ke) == [("STOP-III", "priority", 3)]


async def test_what_came_while_no_server_ran_is_told_at_the_start(here: Away) -> None:
    await here.subscribe(here.ke)
    await here.post(here.be)
    here.clock.move(HOUR_MS)
    await here.job.start()
    await here.service.until(1)
    assert here.told(here.ke) == [("STOP-III", "urgent", 1)]


async def test_the_machine_s_own_clock_tells_too(here: Away, tmp_path: Path) -> None:
    await here.subscribe(here.ke)
    job = Pushes(here.room.database, Clock(), *ways(tmp_path, here.service, here.mails), here.present.__contains__)
    here.room.database.wake = job.wake
    await job.start()
    await here.post(here.be)
    await here.service.until(1)
    await job.stop()
    assert here.told(here.ke) == [("STOP-III", "urgent", 1)]
