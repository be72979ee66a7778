"""Posts on both databases: judged one by one, saved together, answered once."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.errors import NotFound, StaleEpoch
from pratique.groups.engine_host import Engine
from pratique.wire.entries import Kind
from tests.delivery.server_room import Room, sealed, server


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[Room]:
    async with server(database_url) as built:
        yield built


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    async with Engine() as started:
        yield started


async def test_a_channel_is_founded_and_carries_posts(room: Room, engine: Engine) -> None:
    ocu, be, ke = [await room.enrol(party) for party in ("ocu", "be", "ke")]
    operation = await room.operation(ocu, ["ocu", "be", "ke"])
    await room.stock(ke, engine)
    channel = await room.found(engine, be, operation, [ke])
    kinds = [entry.kind for entry in await room.read(channel.id)]
    assert kinds == [Kind.CHARTER, Kind.GROUP_INFO, Kind.ROSTER, Kind.COMMIT, Kind.LINK]
    assert await room.post(ke, channel.id, sealed(1, 2)) == [(channel.id, 6), (channel.id, 7)]
    with pytest.raises(StaleEpoch) as stale:
        await room.post(be, channel.id, sealed(0))
    assert stale.value.facts == {"epoch": 1, "head_seq": 7}
    with pytest.raises(NotFound):
        await room.post(ocu, channel.id, sealed(1))
