"""Any interleaving of posts and of streams that begin and break off: each reader sees 1…n once, in order."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pratique.groups.engine_host import Engine
from pratique.http import Http
from pratique.wire.entries import Entry
from pratique.wire.events import Withheld
from tests.faults.enrolled import Enrolled, enrol, found_channel, found_operation, publish
from tests.faults.parties import Parties
from tests.faults.posters import Poster
from tests.faults.streams import Stream
from tests.serving import serving

READERS = 3
WITHIN_S = 30.0


@dataclass(frozen=True)
class Post:
    """Posts by one device."""

    device: int
    posts: int


@dataclass(frozen=True)
class Begin:
    """A reader opens its stream from what it saved; an open one is left as it is."""

    reader: int


@dataclass(frozen=True)
class Break:
    """A reader's connection breaks, without a goodbye; what came last, up to `lost` entries, was not saved."""

    reader: int
    lost: int


STEPS = st.one_of(
    st.builds(Post, st.integers(0, 1), st.integers(1, 4)),
    st.builds(Begin, st.integers(0, READERS - 1)),
    st.builds(Break, st.integers(0, READERS - 1), st.integers(0, 3)),
)
# what stands in one inner list happens at the same time
PLANS = st.lists(st.lists(STEPS, min_size=1, max_size=5), min_size=1, max_size=6)


@dataclass
class Reader:
    """A device that reads by stream and keeps what it got, unless the connection breaks before."""

    enrolled: Enrolled
    channel: bytes
    start: int
    saved: list[Entry | Withheld] = field(default_factory=list)
    stream: Stream | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def cursor(self) -> int:
        return self.saved[-1].seq if self.saved else self.start

    async def begin(self) -> None:
        async with self.turn:
            if self.stream is None:
                self.stream = await Stream(self.enrolled, self.channel, self.cursor).__aenter__()

    async def break_off(self, lost: int) -> None:
        async with self.turn:
            if self.stream is not None:
                stream, self.stream = self.stream, None
                stream.abort()
                await stream.__aexit__(None, None, None)
                self.saved += stream.got[: len(stream.got) - lost] if lost else stream.got

    async def finish(self, newest: int) -> None:
        """Read to the end and keep everything."""
        if self.cursor < newest:
            await self.begin()
            assert self.stream is not None
            await self.stream.reaches(newest, WITHIN_S)
        await self.break_off(0)


async def play(devices: list[Enrolled], channel: bytes, plan: list[list[Post | Begin | Break]]) -> None:
    """Run a plan on top of what is in the channel, and hold every reader to it."""
    start = len(await devices[0].read(channel))
    readers = [Reader(device, channel, 0 if number == 0 else start) for number, device in enumerate(devices[:READERS])]
    posters = [Poster(device, channel, 1, random.Random(start)) for device in devices[:2]]

    async def step(one: Post | Begin | Break) -> None:
        match one:
            case Post(device, posts):
                for _ in range(posts):
                    await posters[device].once()
            case Begin(reader):
                await readers[reader].begin()
            case Break(reader, lost):
                await readers[reader].break_off(lost)

    for together in plan:
        await asyncio.gather(*(step(one) for one in together))
    newest = start + sum(len(poster.acknowledged) for poster in posters)
    for reader in readers:
        await reader.finish(newest)
        assert [entry.seq for entry in reader.saved] == list(range(reader.start + 1, newest + 1))
    posted = {(poster.enrolled.uri, *place): data for poster in posters for place, data in poster.acknowledged.items()}
    for reader in readers:
        new = [entry for entry in reader.saved if isinstance(entry, Entry) and entry.seq > start]
        assert {(entry.device, entry.post_id, entry.seq): entry.data for entry in new} == posted


@pytest.mark.parametrize("examples", [12, pytest.param(300, marks=pytest.mark.full)])
def test_every_stream_shows_every_entry_once_and_in_order(database_url: str, examples: int, tmp_path: Path) -> None:
    with asyncio.Runner() as runner:
        parties = Parties()
        server = serving(tmp_path / "server", database_url, parties.root)
        http = Http(runner.run(server.__aenter__()).url)

        async def begin() -> tuple[list[Enrolled], bytes]:
            async with Engine() as engine:
                await publish(http, parties)
                coordinator = await enrol(http, parties, engine, "ocu")
                operation = await found_operation(coordinator, parties.names)
                devices = [await enrol(http, parties, engine, party) for party in ("be", "ke", "ae")]
                return devices, await found_channel(engine, devices[0], operation, devices[1:])

        @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(PLANS)
        def check(plan: list[list[Post | Begin | Break]]) -> None:
            runner.run(play(devices, channel, plan))

        try:
            devices, channel = runner.run(begin())
            check()
        finally:
            runner.run(http.aclose())
            runner.run(server.__aexit__(None, None, None))
