"""Carry groups through the engine as it ships: states, keys and trees agree, also with a foreign engine."""

from __future__ import annotations

import os

import pytest

from pratique.groups.engine_host import Engine, EngineError
from tests.engine.referees import AgentvaultDevice, OurDevice

URI = "pratique://ke.stop.example/ncp/w.otieno/"


async def group(engine: Engine, size: int, group_id: bytes | None = None) -> list[OurDevice]:
    """Give devices of one group; the first made it and added the others by one commit."""
    devices = [OurDevice(engine, f"{URI}{n}") for n in range(size)]
    first, *others = devices
    await first.create(group_id or os.urandom(32))
    made = await first.commit([await device.key_package() for device in others], [], [d.pair for d in others])
    await first.merge()
    assert made.ratchet_tree is not None
    for device, welcome in zip(others, made.welcomes, strict=True):
        await device.join(welcome, made.ratchet_tree, [d.pair for d in devices])
    return devices


async def test_a_group_lives(engine: Engine) -> None:
    first, second, third = await group(engine, 3)
    made = await second.commit([], [third], [])
    assert not await third.follow(made.message, second.pair, [])
    assert third.at is None
    await second.merge()
    assert await first.follow(made.message, second.pair, [])
    assert first.at is not None and second.at is not None
    assert first.at.key == second.at.key and len(first.at.key) == 32
    assert first.at.authenticator == second.at.authenticator
    assert first.at.tree_hash == second.at.tree_hash
    assert [leaf.uri for leaf in first.at.leaves] == [first.pair[0], second.pair[0]]
    assert (first.at.own_leaf, second.at.own_leaf) == (0, 1)
    assert await engine.epoch(first.state) == first.at


async def test_a_staged_commit_is_dropped_by_keeping_the_old_state(engine: Engine) -> None:
    first, second = await group(engine, 2)
    await first.commit([], [], [])
    won = await second.commit([], [], [])
    await second.merge()
    assert await first.follow(won.message, second.pair, [])
    assert first.at is not None and second.at is not None and first.at.key == second.at.key


async def test_a_last_resort_key_package_joins_twice(engine: Engine) -> None:
    device = OurDevice(engine, f"{URI}last")
    package = await engine.key_package(device.pair[0], device._seed, not_before=0, not_after=2**40, last_resort=True)
    for _ in range(2):
        (first,) = await group(engine, 1)
        made = await engine.commit(first.state, adds=[package.key_package], allowed=[device.pair])
        assert made.welcome is not None
        joined = await engine.join(
            made.welcome,
            package.key_package,
            package.private,
            made.ratchet_tree,
            allowed=[first.pair, device.pair],
        )
        assert joined.epoch.key == made.epoch.key


async def test_a_foreign_engine_takes_our_tree_out_of_band(engine: Engine) -> None:
    """Uses the engine as it ships: no tree and no external_pub in the welcome, and our GroupInfo extension in it."""
    referee = AgentvaultDevice(f"{URI}referee", tree_in_welcome=False)
    group_id = os.urandom(32)
    first, second = await group(engine, 2, group_id)
    made = await engine.commit(
        first.state,
        adds=[await referee.key_package()],
        allowed=[referee.pair],
        aad=b"seen",
        group_info_extension=b"seq, chain, roster head",
    )
    assert made.welcome is not None
    await referee.join(made.welcome, made.ratchet_tree, [])
    assert referee.group is not None and first.at is not None
    assert referee.group.export_tree().bytes == made.ratchet_tree
    assert await referee.secret(group_id) == made.epoch.key
    assert await second.follow(made.commit, first.pair, [referee.pair])
    update = await referee.commit([], [], [])
    await referee.merge()
    assert await second.follow(update.message, referee.pair, [])
    assert await second.secret(group_id) == await referee.secret(group_id) != made.epoch.key


async def test_a_refusal_tells_no_secret(engine: Engine) -> None:
    first, second = await group(engine, 2)
    made = await first.commit([], [], [])
    with pytest.raises(EngineError) as refused:
        await second.follow(made.message[:-1], first.pair, [])
    assert refused.value.code == "bad_encoding"
    assert first.at is not None and first.at.key.hex() not in str(refused.value)
