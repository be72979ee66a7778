"""The writer: what one caller or the database does takes nothing from the others."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy.engine import make_url

from app.errors import Busy, PostIdReused
from pratique.groups.engine_host import Engine
from tests.delivery.server_room import Answered, Channel, Room, sealed, server
from tests.faults.parties import Device

WAITING = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


async def founded(room: Room, engine: Engine) -> tuple[Device, list[Channel]]:
    """Found two channels and post once to each, so that the next posts go straight to the writer."""
    ocu, be = await room.enrol("ocu"), await room.enrol("be")
    operation = await room.operation(ocu, ["ocu", "be"])
    channels = [await room.found(engine, be, operation) for _ in range(2)]
    for channel in channels:
        assert await room.post(be, channel.id, sealed(0)) == [(channel.id, 3)]
    return be, channels


async def resend(room: Room, device: Device, channel: bytes, body: bytes) -> Answered:
    """Send the same bytes until they are answered, as a client does."""
    while True:
        with suppress(Busy):
            return await room.post(device, channel, body)


async def test_a_caller_that_goes_away_breaks_no_batch(room: Room, engine: Engine) -> None:
    be, (channel, _) = await founded(room, engine)
    bodies = [sealed(0) for _ in range(20)]
    tasks = [asyncio.create_task(room.post(be, channel.id, body)) for body in bodies]
    await asyncio.sleep(0)  # every task has handed its post over, and none is answered yet
    for gone in tasks[::2]:
        gone.cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(answer) for answer in answers] == [asyncio.CancelledError, list] * 10
    # Their posts were taken all the same, and a repeat finds them.
    repeated = [await room.post(be, channel.id, body) for body in bodies[::2]]
    numbers = [seq for answer in (*repeated, *answers[1::2]) if isinstance(answer, list) for _, seq in answer]
    assert sorted(numbers) == list(range(4, 24))
    assert len(await room.read(channel.id)) == 23


async def test_a_stopped_writer_answers_what_waits_and_takes_no_more(room: Room, engine: Engine) -> None:
    be, (channel, _) = await founded(room, engine)
    tasks = [asyncio.create_task(room.post(be, channel.id, sealed(0))) for _ in range(10)]
    await asyncio.sleep(0)
    await room.writer.stop()
    assert sorted(seq for answer in await asyncio.gather(*tasks) for _, seq in answer) == list(range(4, 14))
    with pytest.raises(Busy):
        await room.post(be, channel.id, sealed(0))


@pytest.mark.postgres
async def test_a_log_held_by_another_delays_only_its_own_posts(postgres_database_url: str, engine: Engine) -> None:
    async with server(postgres_database_url) as room:
        be, (held, free) = await founded(room, engine)
        url = make_url(postgres_database_url).set(drivername="postgresql").render_as_string(hide_password=False)
        async with await psycopg.AsyncConnection.connect(url) as stranger:
            await stranger.execute("SELECT 1 FROM logs WHERE id = %s FOR UPDATE", [held.id])
            waiting = asyncio.create_task(room.post(be, held.id, sealed(0)))
            others = await asyncio.gather(*(room.post(be, free.id, sealed(0)) for _ in range(5)))
            assert not waiting.done()
            await stranger.rollback()
        assert await waiting == [(held.id, 4)]
        assert sorted(seq for answer in others for _, seq in answer) == [4, 5, 6, 7, 8]


@pytest.mark.postgres
async def test_a_lost_connection_loses_no_post(postgres_database_url: str, engine: Engine) -> None:
    async with server(postgres_database_url) as room:
        be, (channel, _) = await founded(room, engine)
        url = make_url(postgres_database_url).set(drivername="postgresql").render_as_string(hide_password=False)
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as stranger:
            for _ in range(5):
                tasks = [asyncio.create_task(resend(room, be, channel.id, sealed(0))) for _ in range(8)]
                await asyncio.sleep(0)
                await stranger.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
                await asyncio.gather(*tasks)
        entries = await room.read(channel.id)
        assert [entry.seq for entry in entries] == list(range(1, 44))
        assert len({entry.post_id for entry in entries if entry.seq > 3}) == 40


@pytest.mark.postgres
async def test_a_post_id_that_another_process_takes_at_the_same_moment_fails_no_neighbour(
    postgres_database_url: str, engine: Engine
) -> None:
    async with server(postgres_database_url) as room:
        be, (one, other) = await founded(room, engine)
        url = make_url(postgres_database_url).set(drivername="postgresql").render_as_string(hide_password=False)
        post_id = uuid4()
        async with (
            await psycopg.AsyncConnection.connect(url) as process,
            await psycopg.AsyncConnection.connect(url, autocommit=True) as looker,
        ):
            taken = (post_id.bytes, str(be.uri), bytes(32), b"{}")
            await process.execute("INSERT INTO posts VALUES (%s, %s, %s, %s)", taken)
            same = asyncio.create_task(room.post(be, one.id, sealed(0, post_id=post_id)))
            neighbours = [asyncio.create_task(room.post(be, other.id, sealed(0))) for _ in range(5)]
            async with asyncio.timeout(1.5):
                while not (await (await looker.execute(WAITING)).fetchone()):
                    await asyncio.sleep(0.01)
            await process.commit()
        with pytest.raises(PostIdReused):
            await same
        answers = await asyncio.gather(*neighbours)
        assert sorted(seq for answer in answers for _, seq in answer) == [4, 5, 6, 7, 8]
