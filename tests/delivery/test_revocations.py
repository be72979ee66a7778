"""Revocations: one save ends a device in the directory, in every channel of its leaves, and in its stock."""

from __future__ import annotations

import asyncio

import pytest

from app.delivery import key_packages
from app.errors import AlreadyRevoked, EntryRefused, NotFound, RemovalPending, StatementRefused
from pratique.groups.engine_host import Engine
from pratique.wire.bodies import Revocation
from pratique.wire.entries import Kind
from pratique.wire.statements import sign
from tests.delivery.server_room import Room, sealed


async def test_a_revocation_stands_in_every_channel_of_the_device(room: Room, engine: Engine) -> None:
    ocu, be, ke = [await room.enrol(party) for party in ("ocu", "be", "ke")]
    operation = await room.operation(ocu, ["ocu", "be", "ke"])
    await room.stock(ke, engine, 3)
    with_leaf = [await room.found(engine, be, operation, [ke]) for _ in range(2)]
    seated_only = await room.found(engine, be, operation, seat=["ke/ncp"])
    directory = len(await room.read(room.parties.log_id))
    assert await room.revoke(ke) == sorted(channel.id for channel in with_leaf)
    (told,) = await room.read(room.parties.log_id, directory)
    for channel in with_leaf:
        last = (await room.read(channel.id))[-1]
        assert (last.kind, last.device, last.data) == (Kind.ROSTER, "", told.data)
        with pytest.raises(RemovalPending):
            await room.post(be, channel.id, sealed(1))
    assert len(await room.post(be, seated_only.id, sealed(0))) == 1
    for channel in (*with_leaf, seated_only):
        with pytest.raises(NotFound):
            await room.may_read(ke, channel.id)
    assert await room.claim(be, None, [ke]) == []
    async with room.database.read() as tx:
        assert await key_packages.count(tx, ke.uri) == (0, False)
    with pytest.raises(AlreadyRevoked):
        await room.revoke(ke)


async def test_only_the_devices_own_authority_revokes(room: Room) -> None:
    be, ke = await room.enrol("be"), await room.enrol("ke")
    keys = room.certified.keys
    for signer, key, reason in (
        (be.uri.host, keys["be"], "not_authority"),
        (ke.uri.host, keys["be"], "bad_signature"),
        ("root", keys["ke"], "bad_signature"),
    ):
        statement = sign(Revocation(device=str(ke.uri), reason="lost", at_ms=1), signer=signer, key=key)
        with pytest.raises(StatementRefused) as refused:
            await room.revoke_by(statement)
        assert refused.value.facts == {"reason": reason}
    by_root = Revocation(device=str(ke.uri), reason="stolen", at_ms=1)
    assert await room.revoke_by(sign(by_root, signer="root", key=room.certified.root_key)) == []
    unknown = Revocation(device=str(ke.uri)[:-4] + "0000", reason="lost", at_ms=1)
    with pytest.raises(StatementRefused) as refused:
        await room.revoke_by(sign(unknown, signer=ke.uri.host, key=keys["ke"]))
    assert refused.value.facts == {"reason": "unknown_device"}


async def test_a_device_is_not_added_past_its_revocation(room: Room, engine: Engine) -> None:
    """Whichever comes first, the channel knows: the revocation stands after the Add, or the Add is refused."""
    ocu, be = await room.enrol("ocu"), await room.enrol("be")
    operation = await room.operation(ocu, ["ocu", "be", "ke"])
    for _ in range(6):
        ke = await room.enrol("ke")
        await room.stock(ke, engine)
        channel = await room.found(engine, be, operation, seat=["ke/ncp"])
        adds = await room.claim(be, channel.id, [ke])
        staged = await room.staged(engine, channel, be, adds=adds)
        added, carried = await asyncio.gather(
            room.post(be, channel.id, staged.body), room.revoke(ke), return_exceptions=True
        )
        assert isinstance(carried, list)
        if isinstance(added, list):
            assert carried == [channel.id]
        else:
            assert isinstance(added, EntryRefused)
            assert (added.facts, carried) == ({"reason": "device_revoked"}, [])
