"""Hold the stream to its promise: every reader sees 1…n once, in order, live or late, whatever is lost on the way."""

from __future__ import annotations

import asyncio

from sqlalchemy import select

from app.models.channel import cursors
from pratique.wire.entries import directory_id
from tests.faults.parties import DEPLOYMENT
from tests.realtime.conftest import Begin
from tests.realtime.posting import post
from tests.realtime.stream_client import opened


async def test_history_and_live_are_one_sequence(world_on_both: Begin) -> None:
    async with world_on_both() as here, opened(here.host, here.others[0], [(here.channel, 0)]) as stream:
        await stream.until(here.head)
        await post(here.owner, here.channel, count=3)
        assert await stream.until(here.head + 3) == list(range(1, here.head + 4))


async def test_readers_join_under_load_without_a_gap(world_on_both: Begin) -> None:
    async with world_on_both() as here:
        goal = here.head + 120

        async def write() -> None:
            for _ in range(60):
                await asyncio.gather(post(here.owner, here.channel), post(here.others[1], here.channel))

        async def follow(after: int, delay_turns: int) -> list[int]:
            for _ in range(delay_turns):
                await asyncio.sleep(0)
            async with opened(here.host, here.others[0], [(here.channel, after)]) as stream:
                return await stream.until(goal - after, 60)

        writing = asyncio.create_task(write())
        seen = await asyncio.gather(*(follow(after, 40 * after) for after in range(here.head)))
        await writing
        assert seen == [list(range(after + 1, goal + 1)) for after in range(here.head)]


async def test_a_lost_wake_up_costs_a_poll_and_no_entry(world: Begin) -> None:
    async with world(poll_s=0.1) as here, opened(here.host, here.others[0], [(here.channel, here.head)]) as stream:
        await post(here.owner, here.channel)
        await stream.until(1)
        here.served.app.state.database.wake = lambda _grown: None
        await post(here.owner, here.channel, count=2)
        assert await stream.until(3) == [here.head + 1, here.head + 2, here.head + 3]


async def test_a_restart_says_come_back_and_the_cursor_goes_on(world: Begin) -> None:
    async with world() as here, opened(here.host, here.others[0], [(here.channel, 0)]) as stream:
        await stream.until(here.head)
        await here.served.stop()
        assert await stream.closed() == 1012


async def test_acknowledgements_become_the_cursor(world: Begin) -> None:
    async with world() as here:
        async with opened(here.host, here.others[0], [(here.channel, 0)]) as stream:
            await stream.until(here.head)
            await stream.send({"ack": {"log": here.channel.hex(), "seq": 2}})
            await stream.send({"ack": {"log": here.channel.hex(), "seq": here.head}})
            await stream.send({"ack": {"log": here.channel.hex(), "seq": 1}})
            path = f"/v1/channels/{here.channel.hex()}"
            async with asyncio.timeout(10):
                while not (found := (await here.owner.account.call("GET", path)).json()["cursors"]):
                    await asyncio.sleep(0.05)
        assert found == [{"device": here.others[0].uri, "seq": here.head}]


async def test_only_what_the_stream_reads_is_acknowledged(world: Begin) -> None:
    async with world() as here:
        directory = directory_id(DEPLOYMENT)
        async with opened(here.host, here.others[0], [(directory, 0)]) as stream:
            await stream.until(1)
            await stream.send({"ack": {"log": here.channel.hex(), "seq": 1}})
            await stream.send({"ack": {"log": directory.hex(), "seq": 1}})
            saved: list[bytes] = []
            async with asyncio.timeout(10):
                while not saved:
                    await asyncio.sleep(0.05)
                    async with here.served.app.state.database.read() as tx:
                        saved = list((await tx.execute(select(cursors.c.log))).scalars())
    assert saved == [directory]
