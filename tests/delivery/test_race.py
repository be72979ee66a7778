"""M-3: many devices commit for the same epoch; one wins each epoch, and all arrive at the same keys."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import pytest

from app.errors import StaleEpoch
from pratique.groups.committing import Signer, stage_commit
from pratique.groups.engine_host import Engine
from pratique.sealing import EpochKey
from pratique.store.outbox import Outgoing
from pratique.wire.entries import Kind, inbox_id
from pratique.wire.welcomes import Welcome
from tests.delivery.server_room import Channel, Room, server
from tests.faults.parties import Device

DEVICES = 50


@asynccontextmanager
async def processes(url: str, count: int) -> AsyncIterator[list[Room]]:
    """Run server processes on one database."""
    async with AsyncExitStack() as stack:
        rooms = [await stack.enter_async_context(server(url))]
        for _ in range(count - 1):
            rooms.append(await stack.enter_async_context(server(url, rooms[0].certified)))
        yield rooms


async def join_all(room: Room, engine: Engine, founder: Device, others: list[Device]) -> Channel:
    """Found a channel, which every other device joins by the welcome in its inbox."""
    operation = await room.operation(await room.enrol("ocu"), ["ocu", "be", "ke"])
    packages = [await device.key_package(engine) for device in others]
    for device, made in zip(others, packages, strict=True):
        await room.bring(device, [made.key_package])
    channel = await room.found(engine, founder, operation, others)
    tree = (await room.state(founder, channel.id, 1)).ratchet_tree
    everybody = [device.pair for device in (founder, *others)]
    for device, made in zip(others, packages, strict=True):
        welcome = Welcome.decode((await room.read(inbox_id(str(device.uri))))[-1].data)
        joined = await engine.join(welcome.welcome, made.key_package, made.private, tree, allowed=everybody)
        device.state = joined.state
    return channel


async def race(rooms: list[Room], engine: Engine, channel: Channel, devices: list[Device]) -> None:
    """Let every device commit for the current epoch at once; then all move on by the one commit in the log."""
    staged: list[Outgoing] = []
    for device in devices:
        base = replace(channel.base(), state=device.state)
        staged.append(await stage_commit(engine, base, Signer(str(device.uri), device.key)))
    head = len(await rooms[0].read(channel.id))
    answers = await asyncio.gather(
        *(
            rooms[place % len(rooms)].post(device, channel.id, one.body)
            for place, (device, one) in enumerate(zip(devices, staged, strict=True))
        ),
        return_exceptions=True,
    )
    (winner,) = [place for place, answer in enumerate(answers) if isinstance(answer, list)]
    losers = [answer.facts for answer in answers if isinstance(answer, StaleEpoch)]
    assert losers == [{"epoch": channel.epoch.epoch + 1, "head_seq": head + 2}] * (len(devices) - 1)
    commit, link = await rooms[-1].read(channel.id, head)
    assert (commit.kind, link.kind, commit.device) == (Kind.COMMIT, Kind.LINK, str(devices[winner].uri))
    devices[winner].state = staged[winner].staged[-1].state
    for device in (device for place, device in enumerate(devices) if place != winner):
        processed = await engine.process(
            device.state, commit.data, allowed=[], committer=devices[winner].pair, at=commit.at_ms // 1000
        )
        device.state = processed.state
    keys = {(epoch.number, epoch.key, epoch.authenticator) for epoch in [await engine.epoch(d.state) for d in devices]}
    ((number, key, authenticator),) = keys
    assert number == channel.epoch.epoch + 1
    channel.epoch = EpochKey(number, key, authenticator)


async def run(rooms: list[Room], engine: Engine, count: int, rounds: int) -> None:
    devices = [await rooms[0].enrol("be")] + [await rooms[0].enrol("ke") for _ in range(count - 1)]
    channel = await join_all(rooms[0], engine, devices[0], devices[1:])
    for _ in range(rounds):
        await race(rooms, engine, channel, devices)


async def test_fifty_devices_commit_for_the_same_epoch(sqlite_database_url: str, engine: Engine) -> None:
    async with processes(sqlite_database_url, 1) as rooms:
        await run(rooms, engine, DEVICES, 3)


@pytest.mark.postgres
async def test_devices_on_two_processes_commit_for_the_same_epoch(postgres_database_url: str, engine: Engine) -> None:
    async with processes(postgres_database_url, 2) as rooms:
        await run(rooms, engine, 12, 3)


@pytest.mark.full
@pytest.mark.postgres
@pytest.mark.timeout(1200)
async def test_fifty_devices_on_two_processes_twenty_rounds(postgres_database_url: str, engine: Engine) -> None:
    async with processes(postgres_database_url, 2) as rooms:
        await run(rooms, engine, DEVICES, 20)
