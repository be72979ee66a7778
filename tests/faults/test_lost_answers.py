"""The server saved it and the answer was lost: the same bytes are sent again, and it stands there once."""

from __future__ import annotations

from pathlib import Path

from pratique.device import Device
from pratique.wire.entries import Entry, Kind
from pratique.wire.events import decode_batch
from tests.evil_server import Answered, Asked, problem
from tests.faults.evil_room import EvilRoom, evil_room
from tests.world import read

LOST = problem(503, "busy", retry_after_s=0)


def losing(room: EvilRoom, path: str, answers: int) -> list[bytes]:
    """Lose the first answers to POSTs; give the bodies to which the server did answer, as they come."""
    taken: list[bytes] = []

    def change(asked: Asked, answered: Answered) -> Answered:
        taken.append(asked.body)
        assert answered.status == 201
        return LOST if len(taken) <= answers else answered

    room.evil.answer("POST", path, change)
    return taken


async def entries(device: Device, channel: bytes) -> list[Entry]:
    """Read the whole log as it is."""
    answer = await device._account.call("GET", f"/v1/logs/{channel.hex()}/entries?after=0&limit=500")
    return [entry for entry in decode_batch(answer.content) if isinstance(entry, Entry)]


async def test_a_lost_answer_doubles_nothing(tmp_path: Path, sqlite_database_url: str) -> None:
    async with evil_room(tmp_path, sqlite_database_url, devices=2) as room:
        first, second = room.room.devices
        before = await entries(first, room.channel)
        bodies = losing(room, f"/v1/channels/{room.channel.hex()}/entries", 2)
        posted = await first.post(room.channel, "message", b"said only once")
        assert len(bodies) == 3 and len(set(bodies)) == 1
        room.evil.behave()
        after = await entries(first, room.channel)
        assert [(entry.seq, entry.post_id) for entry in after[len(before) :]] == [(posted.seq, posted.post_id)]
        await second.sync()
        assert read(second, room.channel) == [b"said only once"]


async def test_a_lost_answer_to_a_commit_or_a_founding_doubles_nothing(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with evil_room(tmp_path, sqlite_database_url, devices=2) as room:
        first, second = room.room.devices
        bodies = losing(room, f"/v1/channels/{room.channel.hex()}/entries", 1)
        assert await first.update_leaf(room.channel)
        assert len(bodies) == 2 and len(set(bodies)) == 1
        room.evil.behave()
        commits = [entry for entry in await entries(first, room.channel) if entry.kind is Kind.COMMIT]
        assert [entry.epoch for entry in commits] == [0, 1]
        bodies = losing(room, "/v1/channels", 1)
        other = await first.create_channel(room.room.operation, title="another room", offices=["be/ncp", "ae/ncp"])
        assert len(bodies) == 2 and len(set(bodies)) == 1
        room.evil.behave()
        await first.post(other, "message", b"here as well")
        await second.sync()
        assert read(second, other) == [b"here as well"]
        assert second._follower.logs.load(room.channel).state_epoch == 2
