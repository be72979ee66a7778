"""Real devices on a real server: make a channel, post, read."""

from pathlib import Path

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
