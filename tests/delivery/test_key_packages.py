"""Key packages: only one's own, each handed out once, and the device told when few are left."""

from __future__ import annotations

import asyncio

import pytest

from app.delivery import key_packages
from app.delivery.key_packages import CLAIMS_PER_DEVICE_AND_HOUR, LOW_STOCK
from app.errors import KeyPackageRefused, NotFound
from pratique.groups.engine_host import Engine
from pratique.wire.entries import Kind
from tests.delivery.server_room import Room
from tests.faults.parties import DAY_MS, Device


async def last_resort(engine: Engine, device: Device, now_ms: int) -> bytes:
    start = now_ms // 1000 - 60
    made = await engine.key_package(
        str(device.uri), device.key.private_bytes_raw(), not_before=start, not_after=start + 86_400, last_resort=True
    )
    return made.key_package


async def test_concurrent_claims_hand_out_each_package_once(room: Room, engine: Engine) -> None:
    claimers = [await room.enrol("be") for _ in range(10)]
    ke = await room.enrol("ke")
    made = await room.stock(ke, engine, 8)
    claimed = await asyncio.gather(*(room.claim(claimer, None, [ke]) for claimer in claimers))
    handed_out = [package for one in claimed for package in one]
    assert sorted(handed_out) == sorted(made)
    assert await room.claim(claimers[0], None, [ke]) == []
    spare = await last_resort(engine, ke, room.database.now_ms())
    assert await room.bring(ke, [], spare) == 0
    assert [await room.claim(claimer, None, [ke]) for claimer in claimers[:3]] == [[spare]] * 3


async def test_one_claimer_does_not_empty_a_stock(sqlite_room: Room, engine: Engine) -> None:
    be, ke = await sqlite_room.enrol("be"), await sqlite_room.enrol("ke")
    await sqlite_room.stock(ke, engine, CLAIMS_PER_DEVICE_AND_HOUR + 5)
    spare = await last_resort(engine, ke, sqlite_room.database.now_ms())
    await sqlite_room.bring(ke, [], spare)
    claimed = [(await sqlite_room.claim(be, None, [ke]))[0] for _ in range(CLAIMS_PER_DEVICE_AND_HOUR + 3)]
    assert claimed.count(spare) == 3
    async with sqlite_room.database.read() as tx:
        assert await key_packages.count(tx, ke.uri) == (5, True)


async def test_a_low_stock_is_told_once(room: Room, engine: Engine) -> None:
    be, ke = await room.enrol("be"), await room.enrol("ke")
    await room.stock(ke, engine, LOW_STOCK + 1)
    for _ in range(4):
        await room.claim(be, None, [ke])
    (notice,) = await room.inbox(ke)
    assert notice.data == b'{"notice":"key_packages_low","available":%d}' % (LOW_STOCK - 1)


async def test_a_first_stock_is_told_to_the_channels_of_the_office(room: Room, engine: Engine) -> None:
    ocu, be, ke = [await room.enrol(party) for party in ("ocu", "be", "ke")]
    operation = await room.operation(ocu, ["ocu", "be", "ke"])
    channel = await room.found(engine, be, operation, seat=["ke/ncp"])
    await room.stock(ke, engine)
    notice = (await room.read(channel.id))[-1]
    assert (notice.kind, notice.device) == (Kind.NOTICE, "")
    assert notice.data == b'{"notice":"device_ready","device":"%s"}' % str(ke.uri).encode()
    await room.stock(ke, engine)
    assert (await room.read(channel.id))[-1] == notice


async def test_packages_that_are_not_sound_or_not_own_are_refused(sqlite_room: Room, engine: Engine) -> None:
    be, ke = await sqlite_room.enrol("be"), await sqlite_room.enrol("ke")
    own = (await ke.key_package(engine)).key_package
    start = (sqlite_room.database.now_ms() - 40 * DAY_MS) // 1000
    seed = ke.key.private_bytes_raw()
    old = await engine.key_package(str(ke.uri), seed, not_before=start, not_after=start + 86_400)
    long = await engine.key_package(str(ke.uri), seed, not_before=start, not_after=start + 90 * 86_400)
    spare = await last_resort(engine, ke, sqlite_room.database.now_ms())
    await sqlite_room.bring(ke, [own])
    for packages, reason in (
        ([(await be.key_package(engine)).key_package], "not_own_key_package"),
        ([(await be.key_package(engine, str(ke.uri))).key_package], "not_own_key_package"),
        ([old.key_package], "expired"),
        ([long.key_package], "lifetime_refused"),
        ([spare], "wrong_last_resort"),
        ([own], "known_key_package"),
        ([own[:-1] + bytes([own[-1] ^ 1])], "signature_refused"),
        ([own[:-1]], "malformed_encoding"),
    ):
        with pytest.raises(KeyPackageRefused) as refused:
            await sqlite_room.bring(ke, packages)
        assert refused.value.facts == {"reason": reason}
    with pytest.raises(KeyPackageRefused):
        await sqlite_room.bring(ke, [], own)
    async with sqlite_room.database.read() as tx:
        assert await key_packages.count(tx, ke.uri) == (1, False)


async def test_a_claim_for_a_channel_needs_a_leaf_there(room: Room, engine: Engine) -> None:
    ocu, be, ke = [await room.enrol(party) for party in ("ocu", "be", "ke")]
    operation = await room.operation(ocu, ["ocu", "be", "ke"])
    await room.stock(be, engine)
    channel = await room.found(engine, be, operation, seat=["ke/ncp"])
    for outsider in (ocu, ke):
        with pytest.raises(NotFound):
            await room.claim(outsider, channel.id, [be])
    assert len(await room.claim(be, channel.id, [be])) == 1
