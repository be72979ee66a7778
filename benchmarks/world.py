"""Give benchmarks a server with enrolled devices and a channel; real in every part, as the fault tests have it."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pratique.account import Account
from pratique.groups.engine_host import Engine
from pratique.http import Http
from tests.databases import PostgresServer, PostgresTemplate, SqliteTemplate
from tests.faults.enrolled import Enrolled, enrol, found_channel, found_operation, publish
from tests.faults.parties import Parties
from tests.faults.server_process import ServerProcess


@dataclass
class World:
    """A running server, its devices, and one channel in which all of them hold a leaf; its epoch is 1."""

    server: ServerProcess
    url: str
    engine: Engine
    parties: Parties
    devices: list[Enrolled]
    channel: bytes

    async def bearer(self, account: Account) -> str:
        """Give an access token that lasts for the run."""
        await account.sign_in()
        return account._token

    async def head(self) -> int:
        """Give the number of the channel's newest entry."""
        answer = await self.devices[0].account.call("GET", f"/v1/channels/{self.channel.hex()}")
        head: int = answer.get("head_seq", int)
        return head

    async def ticket(self, account: Account) -> str:
        """Give a ticket for one stream."""
        ticket: str = (await account.call("POST", "/v1/stream-tickets")).get("ticket", str)
        return ticket


@asynccontextmanager
async def world(devices: int, url: str = "") -> AsyncIterator[World]:
    """Build it on SQLite, or on an empty migrated database at a URL."""
    with tempfile.TemporaryDirectory(prefix="pratique-bench-") as name:
        folder, parties = Path(name), Parties()
        url = url or SqliteTemplate(folder).copy(folder)
        server = ServerProcess(folder / "server", url, parties.root)
        await server.start()
        http = Http(server.url)
        try:
            async with Engine() as engine:
                await publish(http, parties)
                operation = await found_operation(await enrol(http, parties, engine, "ocu"), parties.names)
                enrolled = [
                    await enrol(http, parties, engine, ("be", "ke")[number % 2], f"officer{number}")
                    for number in range(devices)
                ]
                channel = await found_channel(engine, enrolled[0], operation, enrolled[1:])
                yield World(server, url, engine, parties, enrolled, channel)
        finally:
            await http.aclose()
            server.stop()


@contextmanager
def postgres() -> Iterator[str]:
    """Lend an empty migrated database on a PostgreSQL of our own that flushes to disk as one in service does."""
    server = PostgresServer(fsync=True)
    try:
        template = PostgresTemplate(server.url)
        with template.copy() as url:
            yield url
        template.close()
    finally:
        server.close()
