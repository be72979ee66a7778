"""Hold the stream to its ends: who is removed reads nothing past it, who misbehaves is told, who stalls is dropped."""

from __future__ import annotations

import asyncio
import json
import socket
from contextlib import suppress

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from app.realtime.frames import FRAMES_PER_S
from pratique.errors import Problem
from pratique.wire.entries import inbox_id
from tests.realtime.conftest import Begin, World
from tests.realtime.posting import post, revoke, rosters_of, unseat
from tests.realtime.stream_client import Stream, opened, ticket


async def test_an_unseated_office_reads_nothing_past_its_removal(world_on_both: Begin) -> None:
    async with world_on_both() as here:
        removed, other = here.others
        logs = [(here.channel, here.head)]
        async with opened(here.host, removed, logs) as gone, opened(here.host, other, logs) as stays:
            await post(here.owner, here.channel, count=2)
            assert await gone.until(2) == await stays.until(2)
            writing = asyncio.create_task(_keep_posting(here))
            await unseat(here.owner, here.channel, removed.device.uri.office_id)
            assert (await gone.problem())["code"] == "not_found"
            assert await gone.closed() == 4404
            await writing
            removal = (await rosters_of(here.owner, here.channel))[-1].seq
            assert [event.seq for event in gone.events] == list(range(here.head + 1, removal + 1))
            await stays.until(removal - here.head)


async def test_a_removal_counts_by_position_even_within_one_save(world: Begin) -> None:
    async with world() as here:
        first, second = here.others
        logs = [(here.channel, here.head)]
        async with opened(here.host, first, logs) as early, opened(here.host, second, logs) as late:
            await post(here.owner, here.channel)
            await asyncio.gather(early.until(1), late.until(1))
            await unseat(here.owner, here.channel, first.device.uri.office_id, second.device.uri.office_id)
            assert [await early.closed(), await late.closed()] == [4404, 4404]
            assert [event.seq for event in early.events] == [here.head + 1, here.head + 2]
            assert [event.seq for event in late.events][:2] == [here.head + 1, here.head + 2]
            assert late.events[-1].seq <= here.head + 3


async def _keep_posting(here: World) -> None:
    """Post around the removal; afterwards the surplus leaf stops every post."""
    for _ in range(20):
        try:
            await post(here.owner, here.channel)
        except Problem as problem:
            assert problem.code == "removal_pending"
            return


async def test_a_revoked_device_is_closed_and_stays_out(world_on_both: Begin) -> None:
    async with world_on_both() as here, opened(here.host, here.others[0], [(here.channel, here.head)]) as stream:
        await revoke(here.http, here.parties, here.others[0])
        assert await stream.closed(5) == 4403
        with pytest.raises(Problem) as refused:
            await ticket(here.others[0])
        assert refused.value.code in ("device_revoked", "sign_in_refused")


async def test_a_revoked_device_is_closed_without_a_wake_up(world: Begin) -> None:
    async with world(poll_s=0.1) as here, opened(here.host, here.others[0]) as stream:
        await stream.subscribe(here.channel)
        await stream.until(here.head)
        here.served.app.state.database.wake = lambda _grown: None
        await revoke(here.http, here.parties, here.others[0])
        assert await stream.closed(5) == 4403


async def test_a_stream_ends_with_its_token(world: Begin) -> None:
    async with world(token_s=10) as here:
        value = await ticket(here.others[0])
        database = here.served.app.state.database
        real = database.now_ms
        database.now_ms = lambda: real() + 9_500
        async with connect(f"ws://{here.host}/v1/stream", proxy=None) as connection:
            stream = Stream(connection)
            await stream.send({"ticket": value})
            assert await stream.closed(5) == 4002


async def test_a_ticket_opens_one_stream(world: Begin) -> None:
    async with world() as here:
        value = await ticket(here.others[0])
        async with connect(f"ws://{here.host}/v1/stream", proxy=None) as first:
            await first.send(json.dumps({"ticket": value}))
            await first.send(json.dumps({"subscribe": [{"log": here.channel.hex(), "after": 0}]}))
            await first.recv()
            async with connect(f"ws://{here.host}/v1/stream", proxy=None) as second:
                stream = Stream(second)
                await stream.send({"ticket": value})
                assert await stream.closed() == 4401


async def test_a_client_that_floods_is_closed(world: Begin) -> None:
    async with world() as here, opened(here.host, here.others[0]) as stream:
        with suppress(ConnectionClosed):
            for _ in range(2 * FRAMES_PER_S):
                await stream.send({"ack": {"log": here.channel.hex(), "seq": 1}})
        assert await stream.closed() == 4400


async def test_a_log_that_is_not_ours_is_not_there(world: Begin) -> None:
    async with world() as here, opened(here.host, here.others[0]) as stream:
        await stream.subscribe(here.channel)
        await stream.until(here.head)
        absent, foreign = b"\x07" * 32, inbox_id(here.owner.uri)
        for log in (absent, foreign):
            await stream.subscribe(log)
        async with asyncio.timeout(10):
            while len(stream.problems) < 2:
                await asyncio.sleep(0.01)
        told = [problem | {"log": ""} for problem in stream.problems]
        assert told[0] == told[1]
        assert [problem["log"] for problem in stream.problems] == [absent.hex(), foreign.hex()]
        await post(here.owner, here.channel)
        assert (await stream.until(here.head + 1))[-1] == here.head + 1


async def test_a_reader_that_stalls_is_dropped_and_the_others_are_served(world: Begin) -> None:
    async with world(slow_reader_s=0.5) as here:
        narrow = socket.socket()
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        narrow.connect(("127.0.0.1", int(here.host.rpartition(":")[2])))
        value = await ticket(here.others[0])
        stalled = await connect(f"ws://{here.host}/v1/stream", sock=narrow, proxy=None, max_queue=1, max_size=None)
        await stalled.send(json.dumps({"ticket": value}))
        await stalled.send(json.dumps({"subscribe": [{"log": here.channel.hex(), "after": here.head}]}))
        streams = here.served.app.state.streams
        async with asyncio.timeout(5):
            while here.others[0].uri not in streams._open:
                await asyncio.sleep(0.01)
        async with opened(here.host, here.others[1], [(here.channel, here.head)]) as stream:
            for _ in range(11):
                await post(here.owner, here.channel, count=8, size=65_000)
            await stream.until(88, 30)
            async with asyncio.timeout(15):
                while here.others[0].uri in streams._open:
                    await asyncio.sleep(0.05)
            assert here.others[1].uri in streams._open
        stalled.transport.abort()
