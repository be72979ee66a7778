"""Rings: at their instant and not before, once, whoever rings them and whatever dies meanwhile; then silence."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import pytest
from sqlalchemy import event

from app.clock import Clock, now_ms
from app.db import Database
from app.delivery import reminders
from app.jobs.reminders import AT_ONCE, LONGEST_MS, Reminders
from pratique.groups.engine_host import Engine
from pratique.wire.bodies import Ring
from pratique.wire.entries import Kind
from tests.clocks import HOUR_MS, MINUTE_MS, HandClock
from tests.delivery.reminding import ended, reminder, ringing, rings, said
from tests.delivery.server_room import Room
from tests.faults.parties import Device

LIMIT_S = 20


@dataclass
class Watched:
    """A channel of BE and KE, the job, and the clock it goes by."""

    room: Room
    job: Reminders
    clock: HandClock
    channel: bytes
    be: Device
    ke: Device
    ocu: Device

    async def remind(self, *planned: Ring) -> int:
        """Post a reminder of BE's for KE and give its number."""
        body = said(reminder(self.channel, self.be, planned))
        return (await self.room.post(self.be, self.channel, body))[-1][1]

    async def rung(self, device: Device) -> list[tuple[int, int]]:
        """List the (reminder, ring) of a device's notices, in order."""
        found = []
        for entry in await self.room.inbox(device):
            notice = json.loads(entry.data) if entry.kind is Kind.NOTICE else {}
            if notice.get("notice") == "reminder":
                assert set(notice) == {"notice", "channel", "seq", "ring"}
                assert notice["channel"] == self.channel.hex()
                found.append((notice["seq"], notice["ring"]))
        return found

    async def until(self, device: Device, count: int) -> list[tuple[int, int]]:
        """Wait for so many notices."""
        async with asyncio.timeout(LIMIT_S):
            while len(found := await self.rung(device)) < count:
                await asyncio.sleep(0.01)
        return found

    async def waiting(self) -> int:
        """Count the rings that are still to come."""
        async with self.room.database.read() as tx:
            return len(await reminders.soonest(tx, 1000))


@asynccontextmanager
async def watched(url: str, engine: Engine, clock: Clock | None = None) -> AsyncIterator[Watched]:
    """Found a channel on a server whose job is not started yet."""
    hand = HandClock()
    async with ringing(url, clock or hand) as (room, job):
        ocu, be, ke = [await room.enrol(party) for party in ("ocu", "be", "ke")]
        operation = await room.operation(ocu, ["ocu", "be", "ke"])
        channel = await room.found(engine, be, operation, seat=["ke/ncp"])
        yield Watched(room, job, hand, channel.id, be, ke, ocu)


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    async with Engine() as started:
        yield started


@pytest.fixture
async def here(database_url: str, engine: Engine) -> AsyncIterator[Watched]:
    async with watched(database_url, engine) as made:
        yield made


@asynccontextmanager
async def counted(database: Database) -> AsyncIterator[Callable[[], int]]:
    """Count the statements that a database is asked."""
    count = 0

    def asked(*_: object) -> None:
        nonlocal count
        count += 1

    engines = [database._reads.sync_engine, database._writes.sync_engine]
    for one in engines:
        event.listen(one, "before_cursor_execute", asked)
    yield lambda: count
    for one in engines:
        event.remove(one, "before_cursor_execute", asked)


async def test_each_ring_tells_the_active_devices_of_its_offices_at_its_instant(here: Watched) -> None:
    second, gone, desk = [await here.room.enrol("ke") for _ in "ab"] + [await here.room.enrol("ke", "desk")]
    await here.room.revoke(gone)
    await here.job.start()
    at_ms = here.clock.now_ms() + HOUR_MS
    seq = await here.remind(*rings(at_ms), *rings(at_ms + HOUR_MS, offices=["ocu/ncp", "ke/ncp"]))
    here.clock.move(HOUR_MS - 1)
    assert await here.job.look() == at_ms
    assert await here.rung(here.ke) == []
    here.clock.move(1)
    assert await here.until(here.ke, 1) == await here.until(second, 1) == [(seq, 0)]
    assert await here.rung(here.ocu) == []
    here.clock.move(HOUR_MS)
    assert await here.until(here.ke, 2) == [(seq, 0), (seq, 1)]
    assert await here.until(here.ocu, 1) == [(seq, 1)]
    await here.job.look()
    for other in (gone, desk, here.be):
        assert await here.rung(other) == []
    assert await here.waiting() == 0


async def test_an_answer_silences_the_rings_that_are_to_come(here: Watched) -> None:
    await here.job.start()
    at_ms = here.clock.now_ms() + HOUR_MS
    seq = await here.remind(*rings(at_ms, at_ms + HOUR_MS, at_ms + 2 * HOUR_MS))
    here.clock.move(HOUR_MS)
    await here.until(here.ke, 1)
    await here.room.post(here.ke, here.channel, said(ended(here.channel, here.ke, seq)))
    here.clock.move(5 * HOUR_MS)
    await here.job.look()
    assert await here.rung(here.ke) == [(seq, 0)]


async def test_what_came_due_while_no_server_ran_rings_at_the_start_once(database_url: str, engine: Engine) -> None:
    async with watched(database_url, engine) as here:
        at_ms = here.clock.now_ms()
        seqs = [await here.remind(*rings(at_ms + MINUTE_MS, at_ms + 9 * HOUR_MS)) for _ in range(3)]
        certified, ke = here.room.certified, here.ke
    clock = HandClock()
    clock.move(HOUR_MS)
    for _ in range(2):
        async with ringing(database_url, clock, certified) as (room, job):
            await job.start()
            here.room = room
            assert sorted(await here.until(ke, 3)) == [(seq, 0) for seq in seqs]
            await job.look()
            assert len(await here.rung(ke)) == await here.waiting() == 3


@pytest.mark.postgres
async def test_of_several_processes_one_rings(postgres_database_url: str, engine: Engine) -> None:
    async with (
        watched(postgres_database_url, engine) as here,
        ringing(postgres_database_url, here.clock, here.room.certified) as (_, second),
        ringing(postgres_database_url, here.clock, here.room.certified) as (_, third),
    ):
        at_ms = here.clock.now_ms() + HOUR_MS
        seqs = []
        for number in range(2 * AT_ONCE + 10):
            offices = ["ke/ncp"] if number % 2 else ["ocu/ncp", "ke/ncp"]
            seqs.append(await here.remind(*rings(at_ms, offices=offices)))
        await second.start()
        await third.start()
        here.clock.move(HOUR_MS)
        await asyncio.gather(*(job.look() for job in (here.job, second, third) for _ in range(2)))
        assert sorted(await here.rung(here.ke)) == [(seq, 0) for seq in seqs]
        assert len(await here.rung(here.ocu)) == AT_ONCE + 5


async def test_a_job_that_dies_anywhere_loses_and_doubles_nothing(here: Watched) -> None:
    expected = []
    for steps in range(0, 60, 3):
        expected.append((await here.remind(*rings(here.clock.now_ms())), 0))
        dying = asyncio.create_task(here.job.look())
        for _ in range(steps):
            await asyncio.sleep(0)
        dying.cancel()
        with suppress(asyncio.CancelledError):
            await dying
        await here.job.look()
        assert await here.rung(here.ke) == expected, steps


async def test_a_ring_and_the_answer_at_the_same_moment_agree(here: Watched) -> None:
    for _ in range(5):
        before = len(await here.rung(here.ke))
        seq = await here.remind(*rings(here.clock.now_ms(), here.clock.now_ms()))
        end = said(ended(here.channel, here.ke, seq))
        await asyncio.gather(here.job.look(), here.room.post(here.ke, here.channel, end), here.job.look())
        rung = (await here.rung(here.ke))[before:]
        assert rung in ([], [(seq, 0), (seq, 1)])
        assert await here.waiting() == 0


async def test_the_machine_s_own_clock_rings_too(database_url: str, engine: Engine) -> None:
    async with watched(database_url, engine, Clock()) as here:
        await here.job.start()
        at_ms = now_ms() + 1_000
        await here.remind(*rings(at_ms + HOUR_MS))
        seq = await here.remind(*rings(at_ms))
        assert await here.rung(here.ke) == []
        assert await here.until(here.ke, 1) == [(seq, 0)]
        (notice,) = [entry for entry in await here.room.inbox(here.ke) if b'"reminder"' in entry.data]
        assert at_ms <= notice.at_ms < at_ms + 5_000


async def test_a_server_without_rings_asks_nothing(sqlite_database_url: str, engine: Engine) -> None:
    async with watched(sqlite_database_url, engine, Clock()) as here, counted(here.room.database) as asked:
        assert await here.job.look() >= now_ms() + LONGEST_MS - LIMIT_S * 1000
        assert asked() == 1
        await here.job.start()
        await asyncio.sleep(1.5)
        assert asked() == 2
        at_ms = now_ms() + HOUR_MS
        await here.remind(*rings(at_ms))  # later than the next look: nobody is woken
        after = asked()
        await asyncio.sleep(0.5)
        assert asked() == after
