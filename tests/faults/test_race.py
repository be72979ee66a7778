"""M-3 through two server processes on one PostgreSQL: one commit wins each epoch, and all arrive at the same keys."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from pratique.errors import Problem
from pratique.groups.committing import Base, Signer, stage_commit
from pratique.groups.engine_host import Engine
from pratique.http import Http
from pratique.sealing import EpochKey
from pratique.wire.entries import Entry, Kind, Seen, inbox_id, next_chain
from pratique.wire.events import Withheld
from pratique.wire.statements import Statement
from pratique.wire.welcomes import Welcome
from tests.faults.enrolled import Enrolled, enrol, found_channel, found_operation, publish
from tests.faults.parties import Parties
from tests.faults.test_wakes import elsewhere, two_processes


@dataclass(frozen=True)
class Racer:
    """A device, and its account on the process that it commits through."""

    device: Enrolled
    through: Enrolled


def only(entries: Sequence[Entry | Withheld], kind: Kind) -> Entry:
    (entry,) = [one for one in entries if isinstance(one, Entry) and one.kind is kind]
    return entry


async def join(engine: Engine, channel: bytes, founder: Enrolled, others: Sequence[Enrolled]) -> None:
    """Let every device join by the welcome in its inbox."""
    state = await founder.account.call("GET", f"/v1/channels/{channel.hex()}/group-info?epoch=1")
    tree, pairs = state.get("ratchet_tree", bytes), [one.device.pair for one in (founder, *others)]
    for one in others:
        welcome = Welcome.decode(only(await one.read(inbox_id(one.uri)), Kind.WELCOME).data).welcome
        joined = await engine.join(welcome, one.package, one.private, tree, allowed=pairs)
        one.device.state = joined.state


async def race(engine: Engine, channel: bytes, racers: Sequence[Racer]) -> int:
    """Let every device commit for the same epoch at once; then all move on by the one commit. Give its epoch."""
    log = [one for one in await racers[0].device.read(channel) if isinstance(one, Entry)]
    assert [entry.seq for entry in log] == list(range(1, len(log) + 1))
    chain = channel
    for entry in log:
        chain = next_chain(chain, entry.seq, entry.digest())
    roster, seen = Statement.parse(only(log, Kind.ROSTER).data).digest, Seen(len(log), chain)
    staged = []
    for device in (racer.device for racer in racers):
        epoch = await engine.epoch(device.device.state)
        key = EpochKey(epoch.number, epoch.key, epoch.authenticator)
        base = Base(channel, log[0].data, True, device.device.state, key, seen, roster)
        staged.append(await stage_commit(engine, base, Signer(device.uri, device.device.key)))
    posts = (racer.through.account.call("POST", one.path, one.body) for racer, one in zip(racers, staged, strict=True))
    answers = await asyncio.gather(*posts, return_exceptions=True)
    (winner,) = [place for place, answer in enumerate(answers) if not isinstance(answer, BaseException)]
    lost = [answer for answer in answers if isinstance(answer, Problem)]
    assert [answer.code for answer in lost] == ["stale_epoch"] * (len(racers) - 1)
    commit = only(await racers[-1].through.read(channel, len(log)), Kind.COMMIT)
    assert commit.device == racers[winner].device.uri
    committer = racers[winner].device.device
    for other in (racer.device.device for racer in racers if racer.device.device is not committer):
        processed = await engine.process(
            other.state, commit.data, allowed=[], committer=committer.pair, at=commit.at_ms // 1000
        )
        other.state = processed.state
    committer.state = staged[winner].staged[-1].state
    reached = [await engine.epoch(racer.device.device.state) for racer in racers]
    ((number, _, _),) = {(one.number, one.key, one.authenticator) for one in reached}
    return number


@pytest.mark.postgres
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("devices", "rounds"), [(8, 2), pytest.param(50, 20, marks=pytest.mark.full)])
async def test_devices_on_two_processes_commit_for_the_same_epoch(
    devices: int, rounds: int, engine: Engine, postgres_database_url: str, tmp_path: Path
) -> None:
    parties = Parties()
    async with (
        two_processes(parties, postgres_database_url, tmp_path, 4) as (first, second),
        AsyncExitStack() as opened,
    ):
        http = Http(first.url)
        opened.push_async_callback(http.aclose)
        await publish(http, parties)
        operation = await found_operation(await enrol(http, parties, engine, "ocu"), parties.names)
        members = [await enrol(http, parties, engine, ("be", "ke")[n % 2], f"officer{n}") for n in range(devices)]
        channel = await found_channel(engine, members[0], operation, members[1:])
        await join(engine, channel, members[0], members[1:])
        racers = [
            Racer(one, await opened.enter_async_context(elsewhere(one, second)) if place % 2 else one)
            for place, one in enumerate(members)
        ]
        assert [await race(engine, channel, racers) for _ in range(rounds)] == list(range(2, rounds + 2))
