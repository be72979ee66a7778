"""Posts on both databases: judged one by one under the lock, saved together, answered once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import uuid4

import pytest

from app.errors import DeviceRevoked, EntryRefused, NotFound, PostIdReused, Problem, StaleEpoch, StaleRoster
from pratique.groups.engine_host import Engine
from pratique.wire.entries import Kind
from tests.delivery.server_room import Channel, Room, sealed, seats, server, stated
from tests.faults.parties import Device


@dataclass
class Story:
    """A channel of BE's with KE in it, and the OCU outside."""

    ocu: Device
    be: Device
    ke: Device
    operation: bytes
    channel: Channel


@pytest.fixture
async def story(room: Room, engine: Engine) -> Story:
    ocu, be, ke = [await room.enrol(party) for party in ("ocu", "be", "ke")]
    operation = await room.operation(ocu, ["ocu", "be", "ke"])
    await room.stock(ke, engine)
    return Story(ocu, be, ke, operation, await room.found(engine, be, operation, [ke]))


async def test_a_channel_is_founded_and_carries_posts(room: Room, story: Story) -> None:
    channel = story.channel.id
    kinds = [entry.kind for entry in await room.read(channel)]
    assert kinds == [Kind.CHARTER, Kind.GROUP_INFO, Kind.ROSTER, Kind.COMMIT, Kind.LINK]
    assert await room.post(story.ke, channel, sealed(1, 2)) == [(channel, 6), (channel, 7)]
    with pytest.raises(StaleEpoch) as stale:
        await room.post(story.be, channel, sealed(0))
    assert stale.value.facts == {"epoch": 1, "head_seq": 7}
    # Readers are woken after the answer, so the wake-up of one post is certain only once the next is answered.
    assert room.woken[-1] == {channel}


async def test_unknown_and_forbidden_look_the_same(room: Room, story: Story) -> None:
    for device, channel in ((story.ocu, story.channel.id), (story.be, bytes(32))):
        with pytest.raises(NotFound) as refused:
            await room.post(device, channel, sealed(1))
        assert refused.value.to_json() == NotFound().to_json()
        with pytest.raises(NotFound):
            await room.may_read(device, channel)


async def test_concurrent_repeats_get_one_entry_and_one_answer(room: Room, story: Story) -> None:
    body = sealed(1)
    answers = await asyncio.gather(*(room.post(story.be, story.channel.id, body) for _ in range(12)))
    assert answers == [[(story.channel.id, 6)]] * 12
    assert await room.post(story.be, story.channel.id, body) == answers[0]
    assert len(await room.read(story.channel.id)) == 6


async def test_a_repeat_gets_its_answer_whatever_happened_since(room: Room, story: Story, engine: Engine) -> None:
    late = await room.enrol("ke")
    await room.stock(late, engine)
    adds = await room.claim(story.be, story.channel.id, [late])
    outgoing = await room.staged(engine, story.channel, story.be, adds=adds)
    answer = await room.post(story.be, story.channel.id, outgoing.body)
    # The answer was lost on its way, and the device that the commit added was revoked before it was asked for again.
    await room.revoke(late)
    assert await room.post(story.be, story.channel.id, outgoing.body) == answer


async def test_a_post_id_is_for_one_body_of_one_device(room: Room, story: Story) -> None:
    post_id = uuid4()
    await room.post(story.be, story.channel.id, sealed(1, post_id=post_id))
    with pytest.raises(PostIdReused):
        await room.post(story.be, story.channel.id, sealed(1, post_id=post_id))
    assert await room.post(story.ke, story.channel.id, sealed(1, post_id=post_id)) == [(story.channel.id, 7)]


async def test_a_refused_post_fails_no_neighbour_and_leaves_no_gap(room: Room, story: Story) -> None:
    good, stale = [sealed(1) for _ in range(20)], [sealed(7) for _ in range(20)]
    forged = stated(seats(story.channel.id, story.ke, story.channel.head, 2, **{"be/desk": True}))
    bodies = [body for pair in zip(good, stale, strict=True) for body in pair] + [forged]
    answers = await asyncio.gather(
        *(room.post(story.ke, story.channel.id, body) for body in bodies), return_exceptions=True
    )
    kinds = [type(answer) for answer in answers]
    assert kinds == [list, StaleEpoch] * 20 + [EntryRefused]
    assert [entry.seq for entry in await room.read(story.channel.id)] == list(range(1, 26))


async def test_drafts_of_one_post_stand_or_fall_together(room: Room, story: Story) -> None:
    mixed = sealed(1, 3).replace(b'"epoch":1', b'"epoch":0', 1)
    with pytest.raises(StaleEpoch):
        await room.post(story.be, story.channel.id, mixed)
    assert len(await room.read(story.channel.id)) == 5


async def test_numbers_have_no_gap_under_concurrent_posts(room: Room, story: Story) -> None:
    posters = [story.be, story.ke] * 20
    answers = await asyncio.gather(
        *(room.post(poster, story.channel.id, sealed(1, 1 + place % 3)) for place, poster in enumerate(posters))
    )
    numbers = [seq for answer in answers for _, seq in answer]
    assert sorted(numbers) == list(range(6, 6 + len(numbers)))
    entries = await room.read(story.channel.id)
    assert [entry.seq for entry in entries] == list(range(1, 6 + len(numbers)))
    assert [entry.at_ms for entry in entries] == sorted(entry.at_ms for entry in entries)


async def test_no_post_of_an_office_comes_after_the_end_of_its_seat(room: Room, story: Story) -> None:
    ended = stated(seats(story.channel.id, story.be, story.channel.head, 2, **{"ke/ncp": False}))
    waiting = [asyncio.create_task(room.post(story.ke, story.channel.id, sealed(1))) for _ in range(10)]
    ending = asyncio.create_task(room.post(story.be, story.channel.id, ended))
    waiting += [asyncio.create_task(room.post(story.ke, story.channel.id, sealed(1))) for _ in range(30)]
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    ((_, end),) = await ending
    entries = await room.read(story.channel.id)
    assert [entry.seq for entry in entries if entry.device == str(story.ke.uri) and entry.seq > end] == []
    assert sum(isinstance(answer, NotFound) for answer in answers) == 45 - len(entries) + 1 > 0


async def test_two_rosters_of_one_number_leave_one(room: Room, story: Story) -> None:
    rosters = [
        stated(seats(story.channel.id, story.be, story.channel.head, 2, **{f"be/desk{n}": True})) for n in range(4)
    ]
    answers = await asyncio.gather(
        *(room.post(story.be, story.channel.id, roster) for roster in rosters), return_exceptions=True
    )
    stale = [answer.facts for answer in answers if isinstance(answer, StaleRoster)]
    assert stale == [{"number": 2}] * 3


async def test_only_offices_of_the_operation_are_seated(room: Room, story: Story) -> None:
    with pytest.raises(EntryRefused) as refused:
        await room.post(
            story.be,
            story.channel.id,
            stated(seats(story.channel.id, story.be, story.channel.head, 2, **{"ae/ncp": True})),
        )
    assert refused.value.facts == {"reason": "not_participant"}


async def test_a_revoked_device_posts_nothing_even_where_it_is_remembered(room: Room, story: Story) -> None:
    await room.post(story.ke, story.channel.id, sealed(1))
    await room.revoke(story.ke)
    refused: type[Problem] = DeviceRevoked
    with pytest.raises(refused):
        await room.post(story.ke, story.channel.id, sealed(1))


@pytest.mark.postgres
async def test_two_processes_share_one_order(postgres_database_url: str, engine: Engine) -> None:
    async with server(postgres_database_url) as first:
        ocu, be, ke = [await first.enrol(party) for party in ("ocu", "be", "ke")]
        operation = await first.operation(ocu, ["ocu", "be", "ke"])
        await first.stock(ke, engine)
        channel = await first.found(engine, be, operation, [ke])
        async with server(postgres_database_url, first.certified) as second:
            repeated = sealed(1)
            bodies = [sealed(1) for _ in range(60)] + [repeated] * 10
            rooms = [first, second] * 35
            answers = await asyncio.gather(
                *(room.post(ke, channel.id, body) for room, body in zip(rooms, bodies, strict=True))
            )
            assert [entry.seq for entry in await second.read(channel.id)] == list(range(1, 6 + 61))
            assert len({str(answer) for answer in answers[60:]}) == 1
            ended = stated(seats(channel.id, be, channel.head, 2, **{"ke/ncp": False}))
            await second.post(be, channel.id, ended)
            # The first process still remembers the seat: its knock lets pass, its look under the lock does not.
            with pytest.raises(NotFound):
                await first.post(ke, channel.id, sealed(1))
