"""Posting to several channels: kept together before anything leaves, sent in order, sealed again where need be."""

import asyncio
from pathlib import Path

import pytest

from pratique.device import Device, Posting
from pratique.errors import PratiqueError, Problem, Unreachable
from pratique.sealing import SealRefused
from pratique.wire.bodies import Ring
from tests.world import DAY_MS, World, now_ms, read, world

SOON = (Ring(at_ms=now_ms() + DAY_MS, offices=("ke/ncp",)),)


async def rooms(w: World) -> tuple[Device, Device, bytes, bytes]:
    """Give BE, KE, BE's own lane and the lane of both."""
    operation = await w.operation()
    be, ke = await w.device("be"), await w.device("ke")
    own, shared = await be.lane(operation, []), await be.lane(operation, ["ke"])
    await ke.sync()
    return be, ke, own, shared


def three(own: bytes, shared: bytes) -> list[Posting]:
    """Write what one act says in two channels."""
    return [
        Posting(own, [("message", b"a draft")]),
        Posting(shared, [("message", b"goods"), ("message", b"more goods")], reminders=(("ke", SOON),)),
        Posting(own, [("message", b"sent")]),
    ]


def stated(device: Device, channel: bytes) -> list[str]:
    """List the reminders and ends of a channel."""
    return [one.type for one in device.opened(channel) if one.type.startswith("reminder")]


async def test_places_come_back_in_order(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        be, ke, own, shared = await rooms(w)
        before = next(one.seq for one in be.channels() if one.id == shared)
        first, second, third = await be.post_all(three(own, shared))
        assert [place.seq for place in second.posted] == [before + 1, before + 2]
        assert (first.reminders, second.reminders, third.reminders) == ((), (before + 3,), ())
        assert await be.post_all([]) == []
        for device in (be, ke):
            await device.sync()
        assert (read(be, own), read(ke, shared)) == ([b"a draft", b"sent"], [b"goods", b"more goods"])
        cursors = await be.cursors(shared)
        assert cursors == {str(be.uri): before + 3, str(ke.uri): before + 3}


async def test_without_a_network_all_is_kept_and_sent_once_later(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        be, ke, own, shared = await rooms(w)
        await w.server.stop()
        with pytest.raises(Unreachable):
            await be.post_all(three(own, shared))
        assert len(be._follower.outbox.waiting()) == 3
        await w.server.start()
        # The lane moves on meanwhile: what was sealed is sealed again, and what was stated is stated again.
        assert await ke.update_leaf(shared)
        assert (await be.sync()).problems == []
        assert (await be.sync()).problems == []
        await ke.sync()
        assert be._follower.outbox.waiting() == []
        assert (read(be, own), read(ke, shared)) == ([b"a draft", b"sent"], [b"goods", b"more goods"])
        assert stated(ke, shared) == ["reminder"]


async def test_what_cannot_be_sealed_keeps_everything_back(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        be, _, own, shared = await rooms(w)
        postings = three(own, shared)
        with pytest.raises(SealRefused):
            await be.post_all([*postings, Posting(own, [("message", bytes(70_000))])])
        with pytest.raises(PratiqueError) as much:
            await be.post_all([*postings, Posting(shared, [("message", b"x")] * 64, reminders=(("ke", SOON),))])
        assert much.value.code == "wrong_size"
        assert be._follower.outbox.waiting() == []
        await be.sync()
        assert read(be, own) == read(be, shared) == []


async def test_nothing_follows_a_posting_that_is_refused(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        be, _, own, shared = await rooms(w)
        first, second, third = three(own, shared)
        outside = (Ring(at_ms=now_ms() + DAY_MS, offices=("zz/ncp",)),)
        refused = Posting(shared, second.contents, reminders=(("ke", outside),))
        with pytest.raises(Problem) as problem:
            await be.post_all([first, refused, third])
        assert problem.value.facts["reason"] == "not_participant"
        assert be._follower.outbox.waiting() == []
        await be.sync()
        assert (read(be, own), read(be, shared)) == ([b"a draft"], [])


async def test_nor_does_it_when_the_network_comes_back(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        be, _, own, shared = await rooms(w)
        first, second, third = three(own, shared)
        outside = (Ring(at_ms=now_ms() + DAY_MS, offices=("zz/ncp",)),)
        await w.server.stop()
        for act in ([first, Posting(shared, second.contents, reminders=(("ke", outside),)), third], [second, third]):
            with pytest.raises(Unreachable):
                await be.post_all(act)
        await w.server.start()
        (lost,) = (await be.sync()).problems
        assert "not sent" in lost
        assert be._follower.outbox.waiting() == []
        # The act that was refused ends there; the one behind it is whole.
        assert (read(be, own), read(be, shared)) == ([b"a draft", b"sent"], [b"goods", b"more goods"])


async def test_what_is_sealed_again_keeps_its_place(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        be, _, own, shared = await rooms(w)
        await w.server.stop()
        with pytest.raises(Unreachable):
            await be.post_all(three(own, shared))
        outbox = be._follower.outbox
        first, *_ = before = [post.post_id for post in outbox.waiting()]
        outbox.put(next(post for post in outbox.waiting() if post.post_id == first))
        assert [post.post_id for post in outbox.waiting()] == before


async def test_two_processes_of_a_device_send_one_post_once(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        be, ke, own, shared = await rooms(w)
        await w.server.stop()
        with pytest.raises(Unreachable):
            await be.post_all(three(own, shared))
        await w.server.start()
        assert await ke.update_leaf(shared)
        other = await w.again(be)
        reports = await asyncio.gather(other.sync(), be.sync())
        assert [report.problems for report in reports] == [[], []]
        await ke.sync()
        assert read(ke, shared) == [b"goods", b"more goods"]
        assert stated(ke, shared) == ["reminder"]
