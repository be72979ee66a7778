"""Several processes share one store: the command line and a watch, with posts, commits and reads at once."""

import asyncio
import sys
from pathlib import Path

from tests.world import contents, read, world


async def test_two_processes_share_a_store(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=2)
        first, second = room.devices
        arguments = [sys.executable, "-m", "tests.client.dying", str(w.store_of(first))]
        children = [
            await asyncio.create_subprocess_exec(*arguments, action, room.channel.hex())
            for action in ("post", "update", "post", "sync")
        ]
        for number in range(5):
            await first.post(room.channel, "message", b"%d" % number)
        assert [await child.wait() for child in children] == [0, 0, 0, 0]
        for device in (first, second):
            assert (await device.sync()).problems == []
        bodies = read(second, room.channel)
        assert [body for body in bodies if body != b"from the dying"] == [b"%d" % number for number in range(5)]
        assert bodies.count(b"from the dying") == 2
        assert read(first, room.channel) == bodies
        assert not [one for one in contents(first, room.channel) if one.problem]


async def test_two_openings_of_one_store_take_the_same_entries_once(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=2)
        first, second = room.devices
        twin = await w.again(second)
        for number in range(20):
            await first.post(room.channel, "message", b"%d" % number)
            if number % 5 == 0:
                await first.update_leaf(room.channel)
        await asyncio.gather(second.sync(), twin.sync(), second.sync(), twin.sync())
        for device in (second, twin):
            assert read(device, room.channel) == [b"%d" % number for number in range(20)]
        await twin.post(room.channel, "message", b"from the twin")
        await second.post(room.channel, "message", b"from the other")
        await second.sync()
        assert read(twin, room.channel)[-2:] == [b"from the twin", b"from the other"]
