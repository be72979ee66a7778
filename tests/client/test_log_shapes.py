"""Shapes of a log that `judge` meets before any engine: the wrong beginning, what is withheld, what cannot be read."""

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from pratique.errors import ServerMistrusted
from pratique.store.logs import LogPosition
from pratique.sync import judge, mistrust, named, party_of
from pratique.wire.entries import Entry, Kind, Urgency
from pratique.wire.events import Withheld
from tests.world import Room, World, world

NOBODY = "pratique://xx.stop.example/ncp/nobody/aaaa"


def entries(room: Room) -> list[Entry]:
    return [row.entry for row in room.devices[0]._follower.logs.rows(room.channel)]


async def founded(w: World, history: str) -> tuple[Room, list[Entry]]:
    room = await w.make_channel(devices=2, history=history)  # type: ignore[arg-type]
    await room.devices[0].sync()
    return room, entries(room)


async def test_a_log_without_its_charter_is_no_channel(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room, log = await founded(w, "full")
        directory = room.devices[0]._directory
        empty = LogPosition(room.channel, 0, room.channel)
        for first in (replace(log[1], seq=1), replace(log[0], data=log[0].data + b"x"), replace(log[0], device=NOBODY)):
            with pytest.raises(ServerMistrusted):
                judge(empty, first, NOBODY, directory, lambda _: None)
        with pytest.raises(ServerMistrusted) as withheld:
            judge(empty, Withheld(room.channel, 1, bytes(32)), NOBODY, directory, lambda _: None)
        assert withheld.value.code == "withheld"
        assert judge(empty, log[0], NOBODY, directory, lambda _: None).after.membership is not None


async def test_unreadable_and_strange_entries_change_nothing_but_the_chain(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room, log = await founded(w, "full")
        device = room.devices[0]
        before = device._follower.logs.load(room.channel)
        for kind in (Kind.COMMIT, Kind.ROSTER, Kind.WELCOME, Kind.CHARTER, Kind.GROUP_INFO, Kind.APPLICATION):
            entry = Entry(
                room.channel, before.seq + 1, kind, NOBODY, 1, uuid4(), Urgency.ROUTINE, before.at_ms, b"\xff garbage"
            )
            assert named(entry) <= {NOBODY}
            judged = judge(before, entry, str(device.uri), device._directory, lambda _: None)
            assert judged.row.state == "refused", kind
            assert judged.after.membership is not None
            assert before.membership is not None
            assert judged.after.membership == replace(before.membership, seq=entry.seq), kind
            assert judged.after.chain != before.chain
        assert len(log) == before.seq


async def test_a_device_that_reads_before_its_join_folds_rosters_and_steps_over_the_rest(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room, log = await founded(w, "from_join")
        device, own = room.devices[0], str(room.devices[0].uri)
        at = LogPosition(room.channel, 0, room.channel)
        chains = {0: room.channel}
        for entry in log:
            shown = (
                entry if entry.kind in (Kind.CHARTER, Kind.ROSTER) else Withheld(entry.log, entry.seq, entry.digest())
            )
            at = judge(at, shown, own, device._directory, chains.get).after
            chains[at.seq] = at.chain
        whole = device._follower.logs.load(room.channel)
        assert (at.seq, at.chain) == (whole.seq, whole.chain)
        assert at.membership is not None
        assert whole.membership is not None
        assert (at.membership.seated, dict(at.membership.leaves)) == (whole.membership.seated, {})
        states = []
        for kind, data in ((Kind.APPLICATION, b"x"), (Kind.COMMIT, b"x"), (Kind.COMMIT, log[3].data)):
            entry = Entry(room.channel, at.seq + 1, kind, NOBODY, 0, uuid4(), Urgency.ROUTINE, at.at_ms, data)
            judged = judge(at, entry, own, device._directory, lambda _: None)
            states.append((judged.row.state, judged.adds_us))
        assert states == [("before", False), ("refused", False), ("counted", False)]
        joined = judge(
            at,
            replace(log[3], seq=at.seq + 1, at_ms=at.at_ms),
            str(room.devices[1].uri),
            device._directory,
            lambda _: None,
        )
        assert joined.adds_us


def test_mistrust_counts_parties_not_devices() -> None:
    at = LogPosition(bytes(32), 5, bytes(32))
    once = mistrust(mistrust(at, NOBODY), NOBODY.replace("aaaa", "bbbb"))
    assert (once.mistrusted, once.trouble) == (frozenset({"xx"}), None)
    twice = mistrust(once, NOBODY.replace("xx.", "yy."))
    assert (twice.trouble or "").startswith("forked")
    assert party_of("not a device") == "not a device"
