"""Measure what an epoch costs when every device wants it: fifty real commits at once, one of which wins."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.lanes import Lane
from benchmarks.processes import cpu_ms
from benchmarks.rounds import median
from benchmarks.table import Table
from benchmarks.world import World, world
from pratique.groups.committing import Base, Signer, stage_commit
from pratique.sealing import EpochKey
from pratique.store.outbox import Outgoing
from pratique.wire.entries import Entry, Kind, Seen, inbox_id, next_chain
from pratique.wire.events import Withheld
from pratique.wire.statements import Statement
from pratique.wire.welcomes import Welcome
from tests.faults.enrolled import Enrolled


@dataclass
class Times:
    """What was measured, in ms, one value per epoch or device."""

    stage: list[float] = field(default_factory=list)
    follow: list[float] = field(default_factory=list)
    won: dict[int, list[float]] = field(default_factory=dict)
    all: dict[int, list[float]] = field(default_factory=dict)
    cpu: dict[int, list[float]] = field(default_factory=dict)


async def run(quick: bool) -> list[Table]:
    """Give one table."""
    devices, epochs = (12, 2) if quick else (50, 3)
    times = Times()
    async with world(devices) as made:
        await _join(made)
        bearers = [await made.bearer(device.account) for device in made.devices]
        for _ in range(epochs):
            for racing in (1, devices):
                await _race(made, bearers, racing, times)
    table = Table(
        f"commit_race: one epoch of a channel with {devices} leaves, ms",
        ("devices that commit", "until one has won", "until all are answered", "server CPU", "server CPU / commit"),
        f"Every commit is a real one of a real leaf, staged beforehand ({median(times.stage):.0f} ms each on its "
        f"device); afterwards every other device follows ({median(times.follow):.0f} ms each).",
    )
    for racing in (1, devices):
        cpu = median(times.cpu[racing])
        table.add(str(racing), median(times.won[racing]), median(times.all[racing]), cpu, cpu / racing)
    return [table]


async def _join(made: World) -> None:
    """Let every device but the founder join by the welcome in its inbox."""
    state = await made.devices[0].account.call("GET", f"/v1/channels/{made.channel.hex()}/group-info?epoch=1")
    tree, pairs = state.get("ratchet_tree", bytes), [device.device.pair for device in made.devices]
    for device in made.devices[1:]:
        entry = _only(await device.read(inbox_id(device.uri)), Kind.WELCOME)
        welcome = Welcome.decode(entry.data).welcome
        joined = await made.engine.join(welcome, device.package, device.private, tree, allowed=pairs)
        device.device.state = joined.state


async def _race(made: World, bearers: list[str], racing: int, times: Times) -> None:
    """Let some devices commit for the next epoch at once; then all move on by the one commit in the log."""
    log = [one for one in await made.devices[0].read(made.channel) if isinstance(one, Entry)]
    staged = []
    for device in made.devices[:racing]:
        base, start = await _base(made, log, device), time.perf_counter()
        staged.append(await stage_commit(made.engine, base, Signer(device.uri, device.device.key)))
        times.stage.append((time.perf_counter() - start) * 1000)
    lanes = [await Lane.open(made.server.port, bearer) for bearer in bearers[:racing]]
    before, start = cpu_ms(made.server.pid), time.perf_counter()
    won = asyncio.Event()
    posting = asyncio.gather(*(_post(lane, one, won) for lane, one in zip(lanes, staged, strict=True)))
    await won.wait()
    times.won.setdefault(racing, []).append((time.perf_counter() - start) * 1000)
    winners = [place for place, status in enumerate(await posting) if status == 201]
    times.all.setdefault(racing, []).append((time.perf_counter() - start) * 1000)
    times.cpu.setdefault(racing, []).append(cpu_ms(made.server.pid) - before)
    for lane in lanes:
        await lane.aclose()
    (winner,) = winners
    await _follow(made, made.devices[winner], staged[winner], log[-1].seq, times)


async def _post(lane: Lane, one: Outgoing, won: asyncio.Event) -> int:
    status, _ = await lane.ask("POST", one.path, one.body)
    if status == 201:
        won.set()
    return status


async def _follow(made: World, winner: Enrolled, staged: Outgoing, head: int, times: Times) -> None:
    winner.device.state = staged.staged[-1].state
    entry = _only(await made.devices[0].read(made.channel, head), Kind.COMMIT)
    for device in made.devices:
        if device is not winner:
            start = time.perf_counter()
            processed = await made.engine.process(
                device.device.state, entry.data, allowed=[], committer=winner.device.pair, at=entry.at_ms // 1000
            )
            times.follow.append((time.perf_counter() - start) * 1000)
            device.device.state = processed.state


async def _base(made: World, log: list[Entry], device: Enrolled) -> Base:
    chain = made.channel
    for entry in log:
        chain = next_chain(chain, entry.seq, entry.digest())
    roster = next(one for one in reversed(log) if one.kind is Kind.ROSTER)
    epoch = await made.engine.epoch(device.device.state)
    key = EpochKey(epoch.number, epoch.key, epoch.authenticator)
    seen = Seen(log[-1].seq, chain)
    return Base(made.channel, log[0].data, True, device.device.state, key, seen, Statement.parse(roster.data).digest)


def _only(entries: Sequence[Entry | Withheld], kind: Kind) -> Entry:
    (entry,) = [one for one in entries if isinstance(one, Entry) and one.kind is kind]
    return entry
