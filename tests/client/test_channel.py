"""Real devices on a real server: make a channel, post, read."""

from pathlib import Path

import pytest

from pratique.sealing import SealRefused
from tests.world import contents, read, world


async def test_three_devices_read_what_each_posts(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=3)
        for number, device in enumerate(room.devices):
            await device.post(room.channel, "message", b"from %d" % number)
        for device in room.devices:
            report = await device.sync()
            assert report.problems == []
            assert read(device, room.channel) == [b"from 0", b"from 1", b"from 2"]
            assert next(one.type for one in contents(device, room.channel)) == "title"


async def test_what_is_larger_than_64_kib_is_refused_and_nothing_is_posted(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=2)
        first, second = room.devices
        await second.sync()
        *_, newest = second.opened(room.channel)
        with pytest.raises(SealRefused) as refused:
            await first.post(room.channel, "message", b"x" * 65_536)
        assert refused.value.code == "content_too_large"
        await first.post(room.channel, "message", b"y" * 65_000)
        await second.sync()
        assert [(one.seq, one.body) for one in second.opened(room.channel, newest.seq)] == [
            (newest.seq + 1, b"y" * 65_000)
        ]
