"""Channels as their participants list them, and how far each device has read."""

from __future__ import annotations

import pytest

from app.delivery import channels
from app.errors import NotFound
from pratique.groups.engine_host import Engine
from pratique.wire.entries import inbox_id
from pratique.wire.leaves import Membership
from tests.delivery.server_room import Room, sealed, seats, stated
from tests.faults.parties import Device


async def ack(room: Room, device: Device, log_id: bytes, seq: int) -> None:
    async with room.database.transaction() as tx:
        await channels.set_cursor(tx, device.uri, log_id, seq)


async def listed(room: Room, device: Device) -> list[channels.Listed]:
    async with room.database.read() as tx:
        return await channels.list_for(tx, device.uri)


async def test_a_device_lists_the_channels_of_its_office(room: Room, engine: Engine) -> None:
    ocu, be, ke = [await room.enrol(party) for party in ("ocu", "be", "ke")]
    operation = await room.operation(ocu, ["ocu", "be", "ke"])
    lane = await room.found(engine, be, operation, lane=["be", "ke"], history="from_join")
    talk = await room.found(engine, be, operation, seat=["ke/ncp"])
    assert {one.id for one in await listed(room, be)} == {lane.id, talk.id}
    chain = await room.chain(talk.id)
    assert await listed(room, ke) == [channels.Listed(talk.id, operation, "channel", "full", 0, 3, chain, 0)]
    assert await listed(room, ocu) == []
    ended = stated(seats(talk.id, be, talk.head, 2, **{"ke/ncp": False}))
    await room.post(be, talk.id, ended)
    assert await listed(room, ke) == []


async def test_a_cursor_goes_forward_only_and_never_past_the_end(room: Room, engine: Engine) -> None:
    ocu, be, ke = [await room.enrol(party) for party in ("ocu", "be", "ke")]
    operation = await room.operation(ocu, ["ocu", "be", "ke"])
    channel = await room.found(engine, be, operation, seat=["ke/ncp"])
    await room.post(be, channel.id, sealed(0, 5))
    for device, seq in ((ke, 4), (ke, 2), (be, 99)):
        await ack(room, device, channel.id, seq)
    async with room.database.read() as tx:
        one, cursors = await channels.detail(tx, ke.uri, channel.id)
    assert (one.head_seq, one.cursor) == (8, 4)
    assert dict(cursors) == {str(ke.uri): 4, str(be.uri): 8}
    for device, log_id in ((ocu, channel.id), (be, inbox_id(str(ke.uri))), (be, bytes(32))):
        with pytest.raises(NotFound):
            await ack(room, device, log_id, 1)
    with pytest.raises(NotFound):
        async with room.database.read() as tx:
            await channels.detail(tx, ocu.uri, channel.id)


async def test_the_kept_fold_is_the_fold_of_the_log(room: Room, engine: Engine) -> None:
    ocu, be, ke, ke2 = [await room.enrol(party) for party in ("ocu", "be", "ke", "ke")]
    operation = await room.operation(ocu, ["ocu", "be", "ke"])
    for device in (ke, ke2):
        await room.stock(device, engine, 2)
    channel = await room.found(engine, be, operation, [ke])
    await room.post(be, channel.id, sealed(1))
    await room.commit(engine, channel, be, adds=await room.claim(be, channel.id, [ke2]))
    await room.revoke(ke)
    await room.commit(engine, channel, be, removes=[1])
    folded = await room.fold(channel.id)
    async with room.database.read() as tx:
        kept: Membership = (await channels.load(tx, [channel.id], channels.Folds()))[channel.id]
        held = [await channels.holding(tx, str(device.uri)) for device in (be, ke, ke2)]
    assert kept.to_json() == folded.to_json()
    assert held == [[channel.id], [], [channel.id]]
    assert {leaf.uri for leaf in folded.leaves.values()} == {str(be.uri), str(ke2.uri)}
