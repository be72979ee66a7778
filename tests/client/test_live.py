"""Live: what one device posts, another sees at once; a newcomer is added while everybody only watches."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from pratique.device import Device
from pratique.opened import Notice, OpenedEntry
from tests.world import now_ms, read, world


class Watching:
    """A device that watches in the background, and what it has seen."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.seen: list[OpenedEntry | Notice] = []
        self._grew = asyncio.Condition()
        self._task = asyncio.create_task(self._run(device.watch()))

    async def _run(self, watch: AsyncIterator[OpenedEntry | Notice]) -> None:
        async for one in watch:
            async with self._grew:
                self.seen.append(one)
                self._grew.notify_all()

    def bodies(self) -> list[bytes]:
        """Give the messages seen, in order."""
        return [one.body for one in self.seen if isinstance(one, OpenedEntry) and one.type == "message"]

    async def until(self, *bodies: bytes) -> None:
        """Wait until exactly these messages were seen."""
        async with asyncio.timeout(30), self._grew:
            await self._grew.wait_for(lambda: len(self.bodies()) >= len(bodies))
        assert self.bodies() == list(bodies)

    async def until_seen(self, enough: Callable[[list[OpenedEntry | Notice]], bool]) -> None:
        """Wait until what was seen is enough."""
        async with asyncio.timeout(30), self._grew:
            await self._grew.wait_for(lambda: enough(self.seen))

    async def stop(self) -> None:
        """End the watch."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def test_a_post_is_seen_live_once_and_in_order(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=2)
        first, second = room.devices
        watching = Watching(second)
        for number in range(10):
            await first.post(room.channel, "message", b"%d" % number)
        await watching.until(*(b"%d" % number for number in range(10)))
        await watching.stop()
        assert read(second, room.channel) == [b"%d" % number for number in range(10)]


async def test_a_new_channel_and_a_newcomer_arrive_live(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        operation = await w.operation()
        first, second = await w.device("be"), await w.device("ke")
        watching = Watching(second)
        channel = await first.create_channel(operation, title="late", offices=["ke/ncp"])
        await first.post(channel, "message", b"seen by a watch that began before the channel")
        await watching.until(b"seen by a watch that began before the channel")
        # Nobody syncs: the watching member's device adds the newcomer by itself.
        newcomer = await w.device("be", person="second")
        arrived = Watching(newcomer)
        await arrived.until(b"seen by a watch that began before the channel")
        await newcomer.post(channel, "message", b"added by a watch")
        await watching.until(b"seen by a watch that began before the channel", b"added by a watch")
        await watching.stop()
        await arrived.stop()


async def test_a_channel_that_a_sync_met_first_arrives_live_too(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=2)
        first, second = room.devices
        watch = second.watch()
        await first.post(room.channel, "message", b"the stream is there")
        async with asyncio.timeout(30):
            async for one in watch:
                if isinstance(one, OpenedEntry) and one.body == b"the stream is there":
                    break
            # Nobody pulls at the watch now, and a sync takes what the inbox says of the new channel.
            other = await first.create_channel(room.operation, title="met", offices=[second.uri.office_id])
            await second.sync()
            await first.post(other, "message", b"after the sync")
            async for one in watch:
                if isinstance(one, OpenedEntry) and one.body == b"after the sync":
                    break
        await watch.aclose()


async def test_a_newcomer_to_a_from_join_channel_is_let_in_while_it_watches(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=2, history="from_join")
        first = room.devices[0]
        await first.post(room.channel, "message", b"before")
        newcomer = await w.device("be", person="second")
        watching = Watching(newcomer)
        # It stands at the end of the log, with all of it withheld, when the commit that adds it comes live.
        async with asyncio.timeout(30):
            head = first._follower.logs.load(room.channel).seq
            while newcomer._follower.logs.load(room.channel).seq < head:
                await asyncio.sleep(0.01)
        assert (await first.sync()).added == [str(newcomer.uri)]
        await first.post(room.channel, "message", b"after")
        await watching.until(b"after")
        await watching.stop()


async def test_a_watch_outlives_its_server(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=2)
        first, second = room.devices
        watching = Watching(second)
        await first.post(room.channel, "message", b"before")
        await watching.until(b"before")
        await w.server.stop()
        await w.server.start()
        await first.post(room.channel, "message", b"after")
        await watching.until(b"before", b"after")
        await watching.stop()


async def test_a_clock_that_is_far_off_is_told(
    tmp_path: Path, sqlite_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        device = await w.device("be")
        assert (await device.sync()).problems == []
        monkeypatch.setattr(type(device._follower), "now_ms", lambda _: now_ms() - 6 * 60_000)
        (told,) = (await device.sync()).problems
        assert "clock" in told
        async with asyncio.timeout(30):
            first = await anext(device.watch())
        assert isinstance(first, Notice)
        assert first.facts["notice"] == "clock_off"
        assert abs(int(first.facts["skew_ms"]) - 6 * 60_000) < 60_000
