"""Measure what it costs to bring an entry to its readers: the whole server beside bare uvicorn with a ready frame."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass
from uuid import uuid4

from benchmarks.bare import BareServer
from benchmarks.lanes import Lane
from benchmarks.processes import cpu_ms, resident_kib
from benchmarks.readers import Crowd
from benchmarks.rounds import alternate, median, ratio
from benchmarks.table import Table
from benchmarks.world import World, world
from pratique.groups.committing import entries_path, post_body
from pratique.wire.entries import Draft, Entry, Kind
from pratique.wire.events import encode_event

SEALED_BYTES = 1096
WINDOW = 8
DELIVERIES = 16_000  # about so many per round
AT_ONCE = 50


@dataclass(frozen=True)
class Round:
    """How one round went.

    Unit  cpu: ms per 1,000 deliveries, one post at a time and eight at once; ack, last: ms, one post at a time
    """

    cpu_alone: float
    cpu_loaded: float
    ack: float
    last: float
    per_s: float


@dataclass
class System:
    """A server under test with its readers and its posting lanes."""

    pid: int
    port: int
    bearers: list[str]
    path: str
    crowd: Crowd
    url: str

    def body(self) -> bytes:
        """Give the next post's bytes."""
        return post_body(uuid4(), [Draft(Kind.APPLICATION, os.urandom(SEALED_BYTES), 1)])

    async def frames(self) -> tuple[object, ...]:
        """Give what a new reader says first."""
        return ()

    async def lanes(self, lanes: int) -> list[Lane]:
        """Connect for posting; the server ends idle connections, so every round has new ones."""
        return [await Lane.open(self.port, self.bearers[number % len(self.bearers)]) for number in range(lanes)]

    async def grow(self, readers: int) -> None:
        """Connect readers until there are so many, and see one entry reach them all."""
        while (missing := readers - len(self.crowd)) > 0:
            joining = [self.crowd.join(self.url, *await self.frames()) for _ in range(min(missing, AT_ONCE))]
            await asyncio.gather(*joining)
        (lane,) = await self.lanes(1)
        for _ in range(2):
            expected = self.crowd.given + readers
            await lane.call("POST", self.path, self.body())
            await asyncio.wait_for(self.crowd.reach(expected), 30)
        await lane.aclose()

    async def round(self) -> Round:
        """Post one at a time, then eight at a time."""
        posts = max(20, DELIVERIES // len(self.crowd) // 2)
        before = cpu_ms(self.pid)
        alone = max(10, posts // 8)
        acks, lasts = await self._alone(alone)
        between = cpu_ms(self.pid)
        lanes, each = await self.lanes(WINDOW), posts // WINDOW
        start, expected = time.perf_counter(), self.crowd.given + each * WINDOW * len(self.crowd)
        await asyncio.gather(*(self._post(lane, each) for lane in lanes))
        await asyncio.wait_for(self.crowd.reach(expected), 60)
        seconds, after = time.perf_counter() - start, cpu_ms(self.pid)
        for lane in lanes:
            await lane.aclose()
        return Round(
            (between - before) / (alone * len(self.crowd)) * 1000,
            (after - between) / (each * WINDOW * len(self.crowd)) * 1000,
            median(acks),
            median(lasts),
            each * WINDOW * len(self.crowd) / seconds,
        )

    async def _alone(self, posts: int) -> tuple[list[float], list[float]]:
        """Post when the post before has reached everybody; give the ms to each answer and to each last reader."""
        (lane,) = await self.lanes(1)
        acks, lasts = [], []
        for _ in range(posts):
            expected, body, start = self.crowd.given + len(self.crowd), self.body(), time.perf_counter()
            await lane.call("POST", self.path, body)
            acks.append((time.perf_counter() - start) * 1000)
            await asyncio.wait_for(self.crowd.reach(expected), 60)
            lasts.append((time.perf_counter() - start) * 1000)
        await lane.aclose()
        return acks, lasts

    async def _post(self, lane: Lane, posts: int) -> None:
        for _ in range(posts):
            await lane.call("POST", self.path, self.body())


@dataclass
class Product(System):
    """The server, whole."""

    made: World
    head: int = 0
    turn: int = 0

    async def frames(self) -> tuple[object, ...]:
        """Give ticket and subscription of the next device in turn."""
        self.turn += 1
        ticket = await self.made.ticket(self.made.devices[self.turn % len(self.made.devices)].account)
        return {"ticket": ticket}, {"subscribe": [{"log": self.made.channel.hex(), "after": self.head}]}

    async def grow(self, readers: int) -> None:
        """Connect readers at the log's end."""
        self.head = await self.made.head()
        await super().grow(readers)


@dataclass
class Bare(System):
    """Uvicorn with a list of sockets; every post is an event as long as the product's."""

    event: bytes

    def body(self) -> bytes:
        """Give an event as the product would."""
        return self.event


async def run(quick: bool) -> list[Table]:
    """Give one table: both systems, at every number of readers."""
    table = Table(
        "fan_out: one post of 1 KiB to all readers of a channel",
        (
            "readers",
            "server",
            "CPU ms / 1,000 deliveries, one post at a time",
            "the same, eight posts at once",
            "× bare",
            "deliveries/s",
            "ack p50 ms",
            "last reader p50 ms",
            "KiB / reader",
        ),
        "CPU is the server process's alone, posts, storing and signing in included; bare uvicorn stores nothing.",
    )
    async with world(4) as made:
        bare_server = BareServer()
        await bare_server.start()
        try:
            systems = await _systems(made, bare_server)
            for readers in (20, 160) if quick else (20, 160, 800):
                await _rows(table, systems, readers, rounds=3 if quick else 5)
            for system in systems.values():
                await system.crowd.aclose()
        finally:
            bare_server.stop()
    return [table]


async def _systems(made: World, bare_server: BareServer) -> dict[str, System]:
    bearers = [await made.bearer(device.account) for device in made.devices]
    path, stream = entries_path(made.channel), f"ws://127.0.0.1:{made.server.port}/v1/stream"
    product = Product(made.server.pid, made.server.port, bearers, path, Crowd(), stream, made)
    await made.devices[0].account.call("POST", path, product.body())
    entry = (await made.devices[0].read(made.channel))[-1]
    assert isinstance(entry, Entry)
    url, event = f"ws://127.0.0.1:{bare_server.port}/", b"[" + encode_event(entry) + b"]"
    return {"product": product, "bare": Bare(bare_server.pid, bare_server.port, [""], "/", Crowd(), url, event)}


async def _rows(table: Table, systems: dict[str, System], readers: int, rounds: int) -> None:
    memory = {}
    for name, system in systems.items():
        before, more = resident_kib(system.pid), readers - len(system.crowd)
        await system.grow(readers)
        memory[name] = (resident_kib(system.pid) - before) / more
    results = await alternate({name: system.round for name, system in systems.items()}, rounds)
    bare = [one.cpu_loaded for one in results["bare"]]
    for name, told in (("product", "pratique"), ("bare", "bare uvicorn")):
        found = results[name]
        table.add(
            f"{readers}",
            told,
            median([one.cpu_alone for one in found]),
            median([one.cpu_loaded for one in found]),
            ratio([one.cpu_loaded for one in found], bare),
            median([one.per_s for one in found]),
            median([one.ack for one in found]),
            median([one.last for one in found]),
            memory[name],
        )
