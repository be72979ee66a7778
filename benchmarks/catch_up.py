"""Measure how a device that was away reads 10,000 entries: the read route beside a bare select with ready bytes."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy.engine import make_url

from benchmarks.bare import BareServer
from benchmarks.lanes import Lane
from benchmarks.processes import cpu_ms
from benchmarks.rounds import alternate, median, ratio
from benchmarks.table import Table
from benchmarks.world import World, world
from pratique.groups.committing import entries_path, post_body
from pratique.wire.entries import Draft, Entry, Kind, next_chain
from pratique.wire.events import decode_batch

SEALED_BYTES = 1096
PAGE = 500
AT_ONCE = 64


@dataclass(frozen=True)
class Caught:
    """One catch-up. Unit: ms"""

    wall: float
    cpu: float
    size: int


async def run(quick: bool) -> list[Table]:
    """Give one table."""
    wanted, rounds = (2_000, 3) if quick else (10_000, 7)
    async with world(2) as made:
        bearer = await made.bearer(made.devices[0].account)
        head = await _fill(made, bearer, wanted)
        bare = BareServer(make_url(made.url).database or "", made.channel)
        await bare.start()
        route = f"/v1/logs/{made.channel.hex()}/entries?limit={PAGE}&after="
        pages: list[bytes] = []
        try:
            results = await alternate(
                {
                    "route": lambda: _read(made.server.pid, made.server.port, bearer, route, "", head, pages),
                    "bare": lambda: _read(bare.pid, bare.port, "", "/", f"/{PAGE}", head, []),
                },
                rounds,
            )
        finally:
            bare.stop()
    table = Table(
        f"catch_up: {wanted:,} entries of 1 KiB in pages of {PAGE}",
        ("what", "ms", "server CPU ms", "MB", "× bare, ms", "× bare, CPU"),
        "Read one page after the other over one connection on this machine; SQLite.",
    )
    base = results["bare"]
    for name, told in (("route", "GET /v1/logs/{log}/entries"), ("bare", "bare uvicorn, select and joined bytes")):
        found = results[name]
        wall, cpu = [one.wall for one in found], [one.cpu for one in found]
        ratios = ratio(wall, [one.wall for one in base]), ratio(cpu, [one.cpu for one in base])
        table.add(told, median(wall), median(cpu), found[0].size / 1e6, *ratios)
    follow = [_follow(made.channel, pages) for _ in range(rounds)]
    table.add("on the device: read the events, check the chain", median(follow), "", "", "", "")
    return [table]


async def _fill(made: World, bearer: str, wanted: int) -> int:
    """Post until the log has as many entries beyond its founding; give its head."""
    lane = await Lane.open(made.server.port, bearer)
    for start in range(0, wanted, AT_ONCE):
        count = min(AT_ONCE, wanted - start)
        drafts = [Draft(Kind.APPLICATION, os.urandom(SEALED_BYTES), 1) for _ in range(count)]
        await lane.call("POST", entries_path(made.channel), post_body(uuid4(), drafts))
    await lane.aclose()
    return await made.head()


async def _read(pid: int, port: int, bearer: str, front: str, back: str, head: int, pages: list[bytes]) -> Caught:
    """Read to the end; keep the pages."""
    lane = await Lane.open(port, bearer)
    pages.clear()
    before, start = cpu_ms(pid), time.perf_counter()
    for after in range(0, head, PAGE):
        pages.append(await lane.call("GET", f"{front}{after}{back}", expect=200))
    caught = Caught((time.perf_counter() - start) * 1000, cpu_ms(pid) - before, sum(map(len, pages)))
    await lane.aclose()
    return caught


def _follow(channel: bytes, pages: list[bytes]) -> float:
    chain, start = channel, time.perf_counter()
    for page in pages:
        for entry in decode_batch(page):
            assert isinstance(entry, Entry)
            chain = next_chain(chain, entry.seq, entry.digest())
    return (time.perf_counter() - start) * 1000
