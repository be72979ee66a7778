"""A wake-up that is lost costs a poll, never an entry; a revocation reaches every process within 5 s."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
import uvicorn
from sqlalchemy.engine import make_url

from app.main import build
from app.settings import Settings
from pratique.account import Account
from pratique.errors import Problem
from pratique.groups.engine_host import Engine
from pratique.http import Http, text
from pratique.wire.bodies import Revocation
from pratique.wire.statements import sign
from tests.faults.enrolled import Enrolled, enrol, found_channel, found_operation, publish
from tests.faults.parties import Parties, now_ms
from tests.faults.posters import Poster
from tests.faults.server_process import ServerProcess
from tests.faults.streams import Stream

POLL_S = 0.4
REVOKED_WITHIN_S = 5.0


@contextlib.asynccontextmanager
async def channel_of(url: str, engine: Engine, parties: Parties) -> AsyncIterator[tuple[list[Enrolled], bytes]]:
    """Enrol two devices of BE and one of KE on a server and found a channel with them."""
    http = Http(url)
    try:
        await publish(http, parties)
        coordinator = await enrol(http, parties, engine, "ocu")
        operation = await found_operation(coordinator, parties.names)
        devices = [
            await enrol(http, parties, engine, party, f"officer{n}") for n, party in enumerate(("be", "be", "ke"))
        ]
        yield devices, await found_channel(engine, devices[0], operation, devices[1:])
    finally:
        await http.aclose()


async def post(device: Enrolled, channel: bytes, entries: int) -> int:
    """Post at least so many entries; give the number of the newest."""
    poster, enough = Poster(device, channel, 1, random.Random(entries)), asyncio.Event()
    running = asyncio.create_task(poster.run(enough))
    while len(poster.acknowledged) < entries and not running.done():
        await asyncio.sleep(0)
    enough.set()
    await running
    return max(seq for _, seq in poster.acknowledged)


def settings_for(parties: Parties, database_url: str, folder: Path) -> Settings:
    """Give the settings of a server inside this process that looks by itself every POLL_S."""
    (folder / "root.der").write_bytes(parties.root)
    return Settings(
        database_url=database_url,
        root_certificate=folder / "root.der",
        token_key=folder / "token-key.pem",
        poll_s=POLL_S,
        requests_per_minute=0,
        anonymous_per_minute=0,
    )


@pytest.mark.parametrize("lost", [True, False])
async def test_without_wake_ups_every_entry_comes_within_the_poll(
    lost: bool, engine: Engine, sqlite_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parties = Parties()
    dropped: list[bytes] = []
    if lost:
        # the port between the save and the readers: what is announced there goes nowhere
        monkeypatch.setattr("app.db.Database.announce", lambda _, grown: dropped.extend(grown))
    application = build(settings_for(parties, sqlite_database_url, tmp_path))
    server = Quiet(uvicorn.Config(application, port=0, log_config=None, ws="websockets-sansio"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.005)
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        async with (
            channel_of(url, engine, parties) as (devices, channel),
            Stream(devices[1], channel) as early,
            Stream(devices[2], channel) as other,
        ):
            await early.reaches(1, 5)
            for _ in range(3):
                newest = await post(devices[0], channel, 20)
                for stream in (early, other):
                    await stream.reaches(newest, 5)
            for stream in (early, other):
                assert [entry.seq for entry in stream.got] == list(range(1, newest + 1))
        assert (channel in dropped) is lost
    finally:
        server.should_exit = True
        await serving


class Quiet(uvicorn.Server):
    """Leaves the signals to the tests."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]
        yield


@contextlib.asynccontextmanager
async def two_processes(
    parties: Parties, database_url: str, folder: Path, poll_s: float
) -> AsyncIterator[tuple[ServerProcess, ServerProcess]]:
    """Run two server processes on one PostgreSQL, with one token key between them."""
    key = str(folder / "token-key.pem")
    first, second = (
        ServerProcess(folder / name, database_url, parties.root, token_key=key, poll_s=str(poll_s))
        for name in ("first", "second")
    )
    try:
        await first.start()
        await second.start()
        yield first, second
    finally:
        first.stop()
        second.stop()


@contextlib.asynccontextmanager
async def elsewhere(device: Enrolled, server: ServerProcess) -> AsyncIterator[Enrolled]:
    """Give the same device with an account on another process."""
    http = Http(server.url)
    try:
        yield Enrolled(device.device, Account(http, device.device.uri, device.device.key))
    finally:
        await http.aclose()


@pytest.mark.postgres
async def test_two_processes_wake_each_other(engine: Engine, postgres_database_url: str, tmp_path: Path) -> None:
    parties = Parties()
    # so long a poll cannot be what brings the entries
    async with (
        two_processes(parties, postgres_database_url, tmp_path, 60) as (first, second),
        channel_of(first.url, engine, parties) as (devices, channel),
        elsewhere(devices[2], second) as there,
        Stream(there, channel) as stream,
    ):
        await stream.reaches(1, 5)
        for poster in (devices[0], devices[1]):
            newest = await post(poster, channel, 15)
            await stream.reaches(newest, 10)
        assert [entry.seq for entry in stream.got] == list(range(1, newest + 1))


@pytest.mark.postgres
async def test_a_broken_wake_up_connection_costs_a_poll(
    engine: Engine, postgres_database_url: str, tmp_path: Path
) -> None:
    parties = Parties()
    async with (
        two_processes(parties, postgres_database_url, tmp_path, 1) as (first, second),
        channel_of(first.url, engine, parties) as (devices, channel),
        elsewhere(devices[2], second) as there,
        Stream(there, channel) as stream,
    ):
        newest = await post(devices[0], channel, 5)
        await stream.reaches(newest, 10)
        for _ in range(3):
            async with asyncio.timeout(10):
                while not await cut_listeners(postgres_database_url):
                    await asyncio.sleep(0.05)
            newest = await post(devices[0], channel, 15)
            await stream.reaches(newest, 10)
        assert [entry.seq for entry in stream.got] == list(range(1, newest + 1))


async def cut_listeners(database_url: str) -> int:
    """End every connection that waits for wake-ups or sends them; give how many there were."""
    url = make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        cut = await connection.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND (query LIKE 'LISTEN%' OR query LIKE 'SELECT pg_notify%')"
            " AND pid <> pg_backend_pid()"
        )
        row = await cut.fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.postgres
async def test_a_revoked_device_is_out_on_every_process_within_5_s(
    engine: Engine, postgres_database_url: str, tmp_path: Path
) -> None:
    parties = Parties()
    async with (
        two_processes(parties, postgres_database_url, tmp_path, 4) as (first, second),
        channel_of(first.url, engine, parties) as (devices, channel),
    ):
        kept, lost = devices[1], devices[2]
        async with (
            elsewhere(lost, second) as lost_there,
            elsewhere(kept, second) as kept_there,
            Stream(lost, channel) as here,
            Stream(lost_there, channel) as there,
            Stream(kept_there, channel) as other,
        ):
            await post(devices[0], channel, 3)
            for stream in (here, there, other):
                await stream.reaches(3, 10)
            revocation = sign(
                Revocation(device=lost.uri, reason="stolen", at_ms=now_ms()),
                signer=parties.host("ke"),
                key=parties.keys["ke"],
            )
            began = time.monotonic()
            told = await devices[0].account.http.call("POST", "/v1/revocations", {"statement": text(revocation.raw)})
            assert told.json()["channels"] == [channel.hex()]
            for account in (lost.account, lost_there.account):
                for path in ("/v1/channels", f"/v1/logs/{channel.hex()}/entries?after=0"):
                    with pytest.raises(Problem) as refused:
                        await account.call("GET", path)
                    assert refused.value.code in {"device_revoked", "sign_in_refused"}
                with pytest.raises(Problem) as refused:
                    await account.sign_in()
                assert refused.value.code == "sign_in_refused"
            for stream in (here, there):
                assert await stream.ends(began + REVOKED_WITHIN_S - time.monotonic()) == 4403
            # the others learn of it by the entry, and go on
            newest = (await devices[0].read(channel))[-1]
            await other.reaches(newest.seq, 10)
            assert other.code is None
