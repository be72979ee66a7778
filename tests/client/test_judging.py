"""What `judge` makes of logs that no honest server sends, and of senders who saw another log."""

import json
import secrets
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from pratique.device import Device
from pratique.errors import ChannelStopped, ServerMistrusted
from pratique.sealing import Content, Place, seal, seal_link
from pratique.store.logs import LogPosition
from pratique.wire.entries import Entry, Kind, Seen, Urgency
from pratique.wire.events import Withheld
from tests.world import Room, contents, read, world


def forged(sender: Device, room: Room, kind: Kind, data: bytes, post_id: UUID | None = None, **more: object) -> Entry:
    """Make the next entry of the channel as a server would number it for this device."""
    at = sender._follower.logs.load(room.channel)
    made = Entry(
        room.channel,
        at.seq + 1,
        kind,
        str(sender.uri),
        at.state_epoch or 0,
        post_id or uuid4(),
        Urgency.ROUTINE,
        at.at_ms + 1,
        data,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def sealed_by(device: Device, room: Room, body: bytes, seen: Seen, post_id: UUID) -> bytes:
    """Seal a content that claims to have seen what its sender says."""
    follower = device._follower
    key = follower.keys.epochs(room.channel, follower.logs.load(room.channel).state_epoch or 0)[0]
    place = Place(room.channel, str(device.uri), post_id)
    return seal(Content("message", seen, body), place, key, follower.signer.key)


def position(device: Device, room: Room) -> LogPosition:
    return device._follower.logs.load(room.channel)


async def test_a_log_that_no_honest_server_sends_is_not_taken(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=2)
        device = room.devices[1]
        before = position(device, room)
        good = forged(device, room, Kind.NOTICE, b"{}", device="")
        bad: dict[str, Entry | Withheld] = {
            "out_of_order": replace(good, seq=before.seq + 2),
            "time_fell": replace(good, at_ms=before.at_ms - 1),
            "withheld": Withheld(room.channel, before.seq + 1, bytes(32)),
        }
        for code, event in bad.items():
            with pytest.raises(ServerMistrusted) as refused:
                await device._follower.take(room.channel, [event])
            assert refused.value.code == code
            assert position(device, room) == before
        assert await device._follower.take(room.channel, [good]) == 1


async def test_entries_from_another_log_are_refused_and_two_parties_stop_the_channel(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=3)
        reader, one, two = room.devices
        for device in room.devices:
            await device.sync()
        for sender, stopped in ((one, False), (two, True)):
            post_id = uuid4()
            seen = Seen(position(reader, room).seq, secrets.token_bytes(32))
            data = sealed_by(sender, room, b"from another log", seen, post_id)
            at = position(reader, room)
            entry = forged(sender, room, Kind.APPLICATION, data, post_id, seq=at.seq + 1, at_ms=at.at_ms)
            await reader._follower.take(room.channel, [entry])
            shown = contents(reader, room.channel)[-1]
            assert shown.body == b""
            assert shown.problem is not None
            assert shown.problem.startswith("seen_mismatch")
            assert str(sender.uri) in shown.problem
            assert (position(reader, room).trouble is not None) is stopped
        with pytest.raises(ChannelStopped) as refused:
            await reader.post(room.channel, "message", b"hello")
        assert "forked" in refused.value.detail


async def test_a_replayed_entry_counts_once_and_a_bundle_counts_whole(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=2)
        sender, reader = room.devices
        posted = await sender.post_many(room.channel, [("message", b"%d" % number) for number in range(70)])
        assert len({one.post_id for one in posted}) == 2
        await reader.sync()
        assert read(reader, room.channel) == [b"%d" % number for number in range(70)]
        old = next(row.entry for row in reader._follower.logs.rows(room.channel) if row.entry.seq == posted[3].seq)
        at = position(reader, room)
        await reader._follower.take(room.channel, [replace(old, seq=at.seq + 1, at_ms=at.at_ms)])
        assert len(read(reader, room.channel)) == 70
        assert (contents(reader, room.channel)[-1].problem or "").startswith("replayed")


async def test_an_entry_under_another_name_or_an_old_epoch_is_refused(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=3)
        reader, sender, other = room.devices
        await reader.sync()
        await sender.sync()
        at, post_id = position(reader, room), uuid4()
        data = sealed_by(sender, room, b"hello", Seen(at.seq, at.chain), post_id)
        stolen = forged(other, room, Kind.APPLICATION, data, post_id, seq=at.seq + 1, at_ms=at.at_ms)
        await reader._follower.take(room.channel, [stolen])
        assert (contents(reader, room.channel)[-1].problem or "").startswith("cannot_open")
        late = forged(sender, room, Kind.APPLICATION, data, post_id, seq=at.seq + 2, at_ms=at.at_ms, epoch=0)
        await reader._follower.take(room.channel, [late])
        assert (contents(reader, room.channel)[-1].problem or "").startswith("stale_epoch")


async def test_a_link_to_another_key_is_refused_by_those_who_hold_the_key(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=2)
        reader, liar = room.devices
        await reader.sync()
        await liar.sync()
        follower, post_id, at = liar._follower, uuid4(), position(reader, room)
        new = follower.keys.epochs(room.channel, 1)[0]
        wrong = replace(follower.keys.epochs(room.channel, 0)[0], key=secrets.token_bytes(32))
        place = Place(room.channel, str(liar.uri), post_id, Kind.LINK)
        data = seal_link(wrong, new, place, Seen(at.seq, at.chain), follower.signer.key)
        link = forged(liar, room, Kind.LINK, data, post_id, seq=at.seq + 1, at_ms=at.at_ms)
        await reader._follower.take(room.channel, [link])
        told = [one.problem for one in reader.opened(room.channel) if one.kind is Kind.LINK]
        assert len(told) == 1
        assert (told[0] or "").startswith("wrong_link")


async def test_a_commit_that_cannot_be_applied_is_kept_out_and_reported(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=2)
        victim, committer = room.devices
        await victim.sync()
        await committer.sync()
        follower, before = committer._follower, position(victim, room)
        assert await committer.update_leaf(room.channel)
        good = next(row.entry for row in follower.logs.rows(room.channel, before.seq) if row.entry.kind is Kind.COMMIT)
        # The confirmation tag stands right before the membership tag, the last 33 bytes; no signature covers it.
        data = bytearray(good.data)
        data[-34] ^= 1
        await victim._follower.take(room.channel, [replace(good, data=bytes(data))])
        after = position(victim, room)
        assert (after.state, after.state_epoch) == (before.state, before.state_epoch)
        assert (after.trouble or "").startswith("bad_commit")
        with pytest.raises(ChannelStopped):
            await victim.post(room.channel, "message", b"hello")
        report = victim._follower.outbox.waiting(room.channel)
        assert len(report) == 1
        assert json.loads(report[0].body)["drafts"][0]["kind"] == "roster"
