"""A device is killed between any two steps and loses no key, no position and no post; each by a real SIGKILL."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from pratique.device import Device
from tests.world import Room, World, read, unlock, world


async def kill(w: World, device: Device, room: Room, action: str, *point: str) -> None:
    """Run an action of a device in a process of its own, which dies at the point."""
    arguments = [str(w.store_of(device)), action, room.channel.hex(), *point]
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.client.dying", *arguments)
    assert await child.wait() == -signal.SIGKILL


Points = list[tuple[str, ...]]
POSTING: Points = [("before", "Account.call", "1", "/entries"), ("after", "Account.call", "1", "/entries")]
MORE_POSTING: Points = [("before", "Outbox.sent", "1"), ("after", "Outbox.sent", "1")]
COMMITTING: Points = [
    ("before", "Account.call", "1", "/entries"),
    ("after", "Account.call", "1", "/entries"),
    ("after", "Keys.put_epoch", "1"),
]
MORE_COMMITTING: Points = [
    ("after", "Outbox.sent", "1"),
    ("before", "Logs.advance", "1"),
    ("after", "Logs.advance", "1"),
    ("before", "Keys.put_epoch", "1"),
]
JOINING: Points = [("before", "Logs.advance", "2"), ("after", "Keys.put_epoch", "1")]
MORE_JOINING: Points = [("before", "Logs.advance", "1"), ("before", "Keys.put_epoch", "1")]


def sizes(few: Points, more: Points) -> pytest.MarkDecorator:
    """Run a test over a few points, and over the others in the long run."""
    return pytest.mark.parametrize(
        "points", [pytest.param(few, id="few"), pytest.param(more, id="more", marks=pytest.mark.full)]
    )


@sizes(POSTING, MORE_POSTING)
async def test_a_post_survives_a_kill_exactly_once(tmp_path: Path, sqlite_database_url: str, points: Points) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=2)
        dying, other = room.devices
        expected = []
        for point in points:
            await kill(w, dying, room, "post", *point)
            revived = await w.again(dying)
            assert (await revived.sync()).problems == [], point
            await revived.post(room.channel, "message", b"alive")
            expected += [b"from the dying", b"alive"]
            for device in (revived, other):
                await device.sync()
                assert read(device, room.channel) == expected, point


@sizes([("after", "Account.call", "1", "/entries")], [("before", "Account.call", "1", "/entries"), *MORE_POSTING])
async def test_posts_that_were_kept_together_survive_a_kill(
    tmp_path: Path, sqlite_database_url: str, points: Points
) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=2)
        dying, other = room.devices
        expected = []
        for point in points:
            await kill(w, dying, room, "post_all", *point)
            assert await other.update_leaf(room.channel)
            revived = await w.again(dying)
            assert (await revived.sync()).problems == [], point
            expected += [b"first words", b"last words"]
            for device in (revived, other):
                await device.sync()
                assert read(device, room.channel) == expected, point


async def test_a_post_that_was_overtaken_is_sealed_again(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=2)
        dying, other = room.devices
        await kill(w, dying, room, "post", "before", "Account.call", "1", "/entries")
        assert await other.update_leaf(room.channel)
        revived = await w.again(dying)
        assert (await revived.sync()).problems == []
        for device in (revived, other):
            await device.sync()
            assert read(device, room.channel) == [b"from the dying"]


@sizes(COMMITTING, MORE_COMMITTING)
async def test_a_commit_survives_a_kill(tmp_path: Path, sqlite_database_url: str, points: Points) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=2)
        dying, other = room.devices
        expected = []
        for point in points:
            await dying.sync()
            before = dying.channels()[0].epoch
            await kill(w, dying, room, "update", *point)
            revived = await w.again(dying)
            assert (await revived.sync()).problems == [], point
            await revived.post(room.channel, "message", b"alive")
            await other.sync()
            await other.post(room.channel, "message", b"still with us")
            expected += [b"alive", b"still with us"]
            for device in (revived, other):
                await device.sync()
                assert read(device, room.channel) == expected, point
                assert device.channels()[0].epoch == before + 1, point


@sizes(JOINING, MORE_JOINING)
async def test_a_join_survives_a_kill(tmp_path: Path, sqlite_database_url: str, points: Points) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=1)
        await room.devices[0].post(room.channel, "message", b"welcome")
        for point in points:
            newcomer = await w.device("be", person="second")
            assert (await room.devices[0].sync()).added == [str(newcomer.uri)], point
            await kill(w, newcomer, room, "sync", *point)
            revived = await w.again(newcomer)
            assert (await revived.sync()).problems == [], point
            assert read(revived, room.channel) == [b"welcome"], point


async def test_key_packages_survive_a_kill_after_their_upload(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=1)
        officer = w.officers["ke"]
        ticket = await officer.invite("ncp", "officer")
        folder = tmp_path / "ke-ncp-aaaa"
        device, fingerprint = await Device.begin_enrolment(folder, w.url, ticket, "aaaa", unlock)
        await officer.approve(ticket.id, fingerprint)
        await device.aclose()
        arguments = [str(folder), "finish", room.channel.hex(), "before", "Keys.mark_uploaded", "1"]
        child = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.client.dying", *arguments)
        assert await child.wait() == -signal.SIGKILL
        await room.devices[0].change_seats(room.channel, seat=["ke/ncp"])
        revived = await Device.open(folder, unlock, engine=w.engine)
        w.devices.append(revived)
        assert (await revived.sync()).joined == [room.channel]
