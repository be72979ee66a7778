"""Build a whole deployment for a test: root, parties, officers, a real server on a free port, and real devices.

async with world(tmp_path, database_url) as w:
    room = await w.make_channel(devices=3)
    await room.devices[0].post(room.channel, "message", b"...")
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import psycopg
import uvicorn
from psycopg import sql
from sqlalchemy.engine import make_url

from app import __main__ as server_program
from app.clock import Clock
from app.main import build
from app.settings import Settings
from exercise.canary import LEAST_CHARACTERS, search
from pratique import keystore
from pratique.authority import NewParty, PartyOfficer, RootHolder
from pratique.device import Device
from pratique.groups import tending
from pratique.groups.engine_host import Engine
from pratique.opened import OpenedEntry
from pratique.wire.bodies import OperationTerms, Participant, PartyKind
from pratique.wire.entries import Kind

DEPLOYMENT = "stop.example"
KINDS = {"ocu": PartyKind.OCU, "rilo": PartyKind.RILO}
PARTIES = ("ocu", "be", "ae", "ke")
DAY_MS = 86_400_000
# What a passphrase costs is written in each key file; tests need not pay the full price a hundred times.
keystore.COST.update(iterations=1, memory_kib=64, lanes=1)
# A hundred key packages for each of a hundred devices would be most of the time of the tests.
tending.STOCK, tending.REFILL_BELOW = 12, 3


def unlock() -> bytes:
    """Give the passphrase of every store in the tests."""
    return b"test passphrase"


def now_ms() -> int:
    """Give this machine's clock."""
    return time.time_ns() // 1_000_000


class Serving:
    """The real server in this process, on one port; may be stopped and started again over the same database."""

    def __init__(self, folder: Path, database_url: str, root: RootHolder, clock: Clock | None = None) -> None:
        self._certificate = folder / "root.der"
        self._certificate.write_bytes(root.certificate)
        self._release = folder / "release.statement"
        build_of_pages = Settings().pages_folder() / "release.json"
        if build_of_pages.is_file():
            self._release.write_bytes(root.release(build_of_pages.read_bytes()).raw)
        self._folder, self._database_url, self._clock = folder, database_url, clock
        self._server: uvicorn.Server | None = None
        self._running: asyncio.Task[None] | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """Give the server's URL; the same after a restart."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Serve until `stop`."""
        listening = server_program.listen("127.0.0.1", self.port)
        self.port = listening.getsockname()[1]
        settings = Settings(
            port=self.port,
            database_url=self._database_url,
            root_certificate=self._certificate,
            token_key=self._folder / "token-key.pem",
            release_statement=self._release,
            requests_per_minute=0,
            anonymous_per_minute=0,
            graceful_s=2,
            log_level="error",
        )
        self._server = server_program.server(settings, build(settings, self._clock))
        self._running = asyncio.create_task(self._server.serve(sockets=[listening]))
        while not self._server.started:
            if self._running.done():
                self._running.result()
                raise RuntimeError("the server ended before it began")
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """End the server and wait until it is gone."""
        if self._server is not None and self._running is not None:
            self._server.should_exit = True
            await self._running


@dataclass(frozen=True)
class Room:
    """A channel and the devices that made it or were added; the first one founded it."""

    channel: bytes
    operation: bytes
    devices: list[Device]


@dataclass
class World:
    """One deployment; every device is of a store folder under `folder`."""

    folder: Path
    url: str
    root: RootHolder
    officers: dict[str, PartyOfficer]
    engine: Engine
    server: Serving
    devices: list[Device] = field(default_factory=list)

    async def close(self) -> None:
        """Close every device."""
        for device in self.devices:
            await device.aclose()

    async def device(self, party: str, office: str = "ncp", person: str = "officer", name: str | None = None) -> Device:
        """Enrol a device as people would: invited, fingerprint compared, approved."""
        officer, name = self.officers[party], name or secrets.token_hex(4)
        ticket = await officer.invite(office, person)
        folder = self.folder / f"{party}-{office}-{name}"
        device, fingerprint = await Device.begin_enrolment(folder, self.url, ticket, name, unlock, engine=self.engine)
        await officer.approve(ticket.id, fingerprint)
        assert await device.finish_enrolment()
        self.devices.append(device)
        return device

    async def again(self, device: Device) -> Device:
        """Open a device's store once more, as another process would."""
        opened = await Device.open(self.store_of(device), unlock, engine=self.engine)
        self.devices.append(opened)
        return opened

    def store_of(self, device: Device) -> Path:
        """Give the folder of a device's store."""
        uri = device.uri
        return self.folder / f"{uri.party}-{uri.office}-{uri.device}"

    async def operation(self, parties: Sequence[str] = PARTIES, companions: Sequence[str] = ()) -> bytes:
        """Found an operation of these parties."""
        coordinator = await self.device("ocu", person="desk")
        terms = OperationTerms(
            number=1,
            code="STOP-III",
            from_ms=now_ms(),
            until_ms=now_ms() + 30 * DAY_MS,
            phase="active",
            participants=tuple(Participant(party=party, roles=("observer",)) for party in parties),
            lane_companions=tuple(companions),
            nonce=secrets.token_hex(16),
        )
        return (await coordinator.found_operation(terms)).id

    async def make_channel(
        self,
        devices: int = 3,
        *,
        history: Literal["full", "from_join"] = "full",
        retention_s: int = 0,
        parties: Sequence[str] = ("be", "ae", "ke"),
    ) -> Room:
        """Found a channel of that many devices, party by party in turn, all of them synced."""
        operation = await self.operation()
        members = [await self.device(parties[index % len(parties)]) for index in range(devices)]
        offices = sorted({member.uri.office_id for member in members})
        channel = await members[0].create_channel(
            operation, title="test", offices=offices, history=history, retention_s=retention_s
        )
        for member in members[1:]:
            await member.sync()
        return Room(channel, operation, members)


def read(device: Device, channel: bytes, after: int = 0) -> list[bytes]:
    """Give the bodies of the opened `message` contents of a channel, in order."""
    return [one.body for one in contents(device, channel, after) if one.type == "message"]


def contents(device: Device, channel: bytes, after: int = 0) -> list[OpenedEntry]:
    """Give the contents of a channel, the refused ones too."""
    return [one for one in device.opened(channel, after) if one.kind is Kind.APPLICATION]


def marks_of(devices: Sequence[Device]) -> dict[bytes, set[str]]:
    """Give what was said in each channel, as its members could read it: what the server may not hold."""
    said: dict[bytes, set[str]] = {}
    for device in devices:
        for state in device.channels():
            bodies = (one.body.decode() for one in device.opened(state.id) if one.kind is Kind.APPLICATION and one.body)
            said.setdefault(state.id, set()).update(body for body in bodies if len(body) >= LEAST_CHARACTERS)
    return said


def stored(database_url: str) -> list[tuple[str, bytes]]:
    """Give what a database holds: a SQLite file and its companions, or every table of PostgreSQL."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        return _tables(url.set(drivername="postgresql").render_as_string(hide_password=False))
    database = Path(url.database or "")
    return [(file.name, file.read_bytes()) for file in database.parent.glob(database.name + "*")]


def _tables(url: str) -> list[tuple[str, bytes]]:
    """Give every value of every table of a PostgreSQL database."""
    found = []
    with psycopg.connect(url) as connection:
        for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall():
            rows = connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(name))).fetchall()
            values = (value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row)
            found.append((name, b"\n".join(values)))
    return found


def _search(said: dict[bytes, set[str]], stored: list[tuple[str, bytes]], empty: bytes) -> None:
    """Fail where a content stands in the server's files; words that the empty database holds too prove nothing."""
    assert search({f".{DEPLOYMENT}"}, stored), "what is public is not found: the search looks in the wrong place"
    found = search({body for bodies in said.values() for body in bodies if body.encode() not in empty}, stored)
    assert found == [], found


@contextlib.asynccontextmanager
async def world(
    folder: Path,
    database_url: str,
    parties: Sequence[str] = PARTIES,
    clock: Clock | None = None,
    *,
    searched: bool = True,
) -> AsyncIterator[World]:
    """Give a running deployment; at the end the server's database is searched for what was said, and all is closed.

    Takes   clock: by which the server's reminders are due; searched: False where only time is measured
    """
    empty = b"".join(data for _, data in stored(database_url))
    root = RootHolder.create(folder / "root", DEPLOYMENT, unlock)
    officers = {party: PartyOfficer.create(folder / f"{party}.ca", party, DEPLOYMENT, unlock) for party in parties}
    root.list_parties(
        [
            NewParty(party, KINDS.get(party, PartyKind.MEMBER), party.upper(), officer.public)
            for party, officer in officers.items()
        ]
    )
    server = Serving(folder, database_url, root, clock)
    await server.start()
    async with contextlib.AsyncExitStack() as opened:
        opened.push_async_callback(server.stop)
        engine = await opened.enter_async_context(Engine())
        await root.publish(server.url)
        for officer in officers.values():
            await officer.adopt(server.url, root.digest)
        made = World(folder, server.url, root, officers, engine, server)
        opened.push_async_callback(made.close)
        yield made
        if searched:
            _search(marks_of(made.devices), stored(database_url), empty)
