"""What is past its retention in a `from_join` channel is gone from the store: bodies, and the keys that opened them."""

from pathlib import Path

from tests.world import contents, now_ms, read, world

DAY_MS = 86_400_000


async def test_keys_and_bodies_end_with_the_retention(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=2, history="from_join", retention_s=86_400)
        first, second = room.devices
        await first.post(room.channel, "message", b"old")
        await second.sync()
        await second.update_leaf(room.channel)
        await second.post(room.channel, "message", b"under the next epoch")
        await second.sync()
        keys, last = second._follower.keys, second.channels()[0].epoch
        assert [bool(keys.epochs(room.channel, epoch)) for epoch in (last - 1, last)] == [True, True]
        second._channels.forget(room.channel, now_ms())
        assert read(second, room.channel) == [b"old", b"under the next epoch"]
        second._channels.forget(room.channel, now_ms() + 2 * DAY_MS)
        assert read(second, room.channel) == []
        assert {(one.problem or "").partition(":")[0] for one in contents(second, room.channel)} == {"forgotten"}
        assert [bool(keys.epochs(room.channel, epoch)) for epoch in (last - 1, last)] == [False, True]
        # The channel goes on.
        await second.post(room.channel, "message", b"new")
        await second.sync()
        assert read(second, room.channel) == [b"new"]


async def test_a_full_channel_forgets_nothing(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=1, history="full", retention_s=1)
        await room.devices[0].post(room.channel, "message", b"kept")
        await room.devices[0].sync()
        room.devices[0]._channels.forget(room.channel, now_ms() + 2 * DAY_MS)
        assert read(room.devices[0], room.channel) == [b"kept"]
