"""Lanes: one per operation and party set, registered in the operation's log, the loser told which to use."""

from __future__ import annotations

import asyncio

import pytest

from app.errors import ChannelExists, EntryRefused, LaneExists, NotFound
from pratique.groups.engine_host import Engine
from pratique.wire.entries import Kind
from tests.delivery.server_room import Room, sealed, seats, stated
from tests.faults.parties import Device


@pytest.fixture
async def three(room: Room) -> list[Device]:
    return [await room.enrol(party) for party in ("ocu", "be", "ke")]


async def test_one_of_two_concurrent_lanes_is_founded(room: Room, engine: Engine, three: list[Device]) -> None:
    ocu, be, ke = three
    operation = await room.operation(ocu, ["ocu", "be", "ke"])
    staged = [await room.stage(engine, device, operation, lane=["be", "ke"]) for device in (be, ke, be)]
    answers = await asyncio.gather(
        *(room.post(device, None, one.body) for device, (one, _, _) in zip((be, ke, be), staged, strict=True)),
        return_exceptions=True,
    )
    (won,) = [place for place, answer in enumerate(answers) if isinstance(answer, list)]
    lane = staged[won][1]
    told = [answer.facts for answer in answers if isinstance(answer, LaneExists)]
    assert told == [{"channel": lane.digest.hex()}] * 2
    registered = [entry for entry in await room.read(operation) if entry.kind is Kind.CHARTER and entry.seq > 1]
    assert [entry.data for entry in registered] == [lane.raw]
    for place in {0, 1, 2} - {won}:
        assert await room.read(staged[place][1].digest) == []
    wider = await room.found(engine, be, operation, lane=["be", "ke", "ocu"])
    assert len(await room.read(wider.id)) == 2


async def test_a_lane_names_companions_and_participants_only(room: Room, engine: Engine, three: list[Device]) -> None:
    ocu, be, _ = three
    operation = await room.operation(ocu, ["ocu", "be", "ke"], companions=["ocu"])
    for parties, reason in ((["be", "ke"], "companion_missing"), (["ae", "be", "ocu"], "not_participant")):
        outgoing, charter, _ = await room.stage(engine, be, operation, lane=parties)
        with pytest.raises(EntryRefused) as refused:
            await room.post(be, None, outgoing.body)
        assert refused.value.facts == {"reason": reason}
        with pytest.raises(NotFound):
            await room.may_read(be, charter.digest)
    lane = await room.found(engine, be, operation, lane=["be", "ke", "ocu"])
    with pytest.raises(EntryRefused) as unnamed:
        await room.post(be, lane.id, stated(seats(lane.id, be, lane.head, 1, **{"ae/ncp": True})))
    assert unnamed.value.facts == {"reason": "party_not_named"}


async def test_a_party_has_one_lane_of_its_own_without_companions(
    room: Room, engine: Engine, three: list[Device]
) -> None:
    ocu, be, ke = three
    operation = await room.operation(ocu, ["ocu", "be"], companions=["ocu"])
    outgoing, charter, _ = await room.stage(engine, be, operation, lane=["be"])
    assert (await room.post(be, None, outgoing.body))[0] == (charter.digest, 1)
    again, _, _ = await room.stage(engine, be, operation, lane=["be"])
    with pytest.raises(LaneExists) as there:
        await room.post(be, None, again.body)
    assert there.value.facts == {"channel": charter.digest.hex()}
    with pytest.raises(EntryRefused) as seated:
        await room.post(be, charter.digest, stated(seats(charter.digest, be, charter.digest, 1, **{"ocu/ncp": True})))
    assert seated.value.facts == {"reason": "party_not_named"}
    for stranger in (ocu, ke):
        with pytest.raises(NotFound):
            await room.may_read(stranger, charter.digest)
    outside, _, _ = await room.stage(engine, ke, operation, lane=["ke"])
    with pytest.raises(EntryRefused) as refused:
        await room.post(ke, None, outside.body)
    assert refused.value.facts == {"reason": "not_participant"}


async def test_only_participants_found_channels(room: Room, engine: Engine, three: list[Device]) -> None:
    ocu, be, ke = three
    operation = await room.operation(ocu, ["ocu", "be"])
    for device, chosen in ((ke, operation), (be, bytes(32))):
        outgoing, _, _ = await room.stage(engine, device, chosen)
        with pytest.raises(EntryRefused) as refused:
            await room.post(device, None, outgoing.body)
        assert refused.value.facts == {"reason": "not_participant"}


async def test_a_channel_is_founded_once_whatever_the_post_id(room: Room, engine: Engine, three: list[Device]) -> None:
    ocu, be, _ = three
    operation = await room.operation(ocu, ["ocu", "be"])
    outgoing, charter, _ = await room.stage(engine, be, operation)
    answer = await room.post(be, None, outgoing.body)
    assert await room.post(be, None, outgoing.body) == answer
    renamed = outgoing.body.replace(str(outgoing.post_id).encode(), b"00000000-0000-4000-8000-000000000000")
    with pytest.raises(ChannelExists):
        await room.post(be, None, renamed)
    assert await room.post(be, charter.digest, sealed(0)) == [(charter.digest, 3)]


async def test_seated_offices_are_told_in_their_inbox(room: Room, engine: Engine, three: list[Device]) -> None:
    ocu, be, ke = three
    operation = await room.operation(ocu, ["ocu", "be", "ke"])
    channel = await room.found(engine, be, operation, seat=["ke/ncp"])
    for device in (be, ke):
        (notice,) = await room.inbox(device)
        assert (notice.kind, notice.device) == (Kind.NOTICE, "")
        assert notice.data == b'{"notice":"seated","channel":"%s"}' % channel.id.hex().encode()
    assert await room.inbox(ocu) == []


async def test_an_own_lane_is_founded_anew_once_its_last_device_is_revoked(room: Room, engine: Engine) -> None:
    ocu, lost, sibling, newcomer = [await room.enrol(party) for party in ("ocu", "be", "be", "be")]
    operation = await room.operation(ocu, ["ocu", "be", "ke"])
    await room.stock(sibling, engine)
    first = await room.found(engine, lost, operation, [sibling], lane=["be"])
    both = await room.found(engine, lost, operation, lane=["be", "ke"])

    async def refused(lane: list[str]) -> str:
        again, _, _ = await room.stage(engine, newcomer, operation, lane=lane)
        with pytest.raises(LaneExists) as there:
            await room.post(newcomer, None, again.body)
        return str(there.value.facts["channel"])

    assert await refused(["be"]) == first.id.hex()
    await room.revoke(lost)
    assert await refused(["be"]) == first.id.hex(), "a sibling's leaf lives there"
    await room.revoke(sibling)
    assert await refused(["be", "ke"]) == both.id.hex(), "a lane of several parties is unique for ever"
    staged = [await room.stage(engine, newcomer, operation, lane=["be"]) for _ in range(2)]
    answers = await asyncio.gather(
        *(room.post(newcomer, None, one.body) for one, _, _ in staged), return_exceptions=True
    )
    (second,) = [staged[n][1].digest for n, answer in enumerate(answers) if isinstance(answer, list)]
    assert [answer.facts for answer in answers if isinstance(answer, LaneExists)] == [{"channel": second.hex()}]
    assert await refused(["be"]) == second.hex(), "the newest is the party's own"
    registered = [entry.data for entry in await room.read(operation) if entry.kind is Kind.CHARTER and entry.seq > 1]
    assert [registered[0], len(registered)] == [first.charter.raw, 3]
    # The dead one is read as before: how long it is says which numbers were given.
    assert await room.may_read(newcomer, first.id) == 0
