"""An evil server shows real devices another log than there is: dropped, repeated, moved, altered and forked entries."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from pratique.device import Device
from pratique.errors import ChannelStopped, ServerMistrusted
from pratique.opened import OpenedEntry
from pratique.posts import sealed_post
from pratique.store.outbox import Posting
from pratique.wire.entries import Entry, Urgency
from pratique.wire.events import Withheld
from tests.evil_server import Answered, Asked, Shown
from tests.faults.evil_room import EvilRoom, evil_room, renumbered, standing
from tests.world import DAY_MS, contents, read

TRUE = [b"the first word", b"the second word", b"the third word", b"the fourth word"]
# changes the four new entries; the fifth, if there is one, is the newest entry before them
Change = Callable[[list[Entry]], Sequence[Shown]]


@dataclass(frozen=True)
class Lie:
    """One lie about the four newest entries.

    Takes   opened: what is still believed; problems: the codes of what is not, in order; trouble: whether the channel
            stops because two parties saw another log
    """

    change: Change
    opened: list[bytes]
    problems: list[str]
    stops: bool = False
    renumber: bool = True


# What the list of channels says of a log's end, while the log itself is shown as it is.
LISTED: dict[str, tuple[dict[str, Any], str]] = {
    "an end before what is known": ({"head_seq": 1}, "became shorter"),
    "the known end with another entry": ({"head_chain": "ab" * 32}, "became another"),
    "no end": ({"head_seq": 0, "head_chain": ""}, "became shorter"),
}


def relisted(room: EvilRoom, what: str, log: bytes, said: dict[str, Any]) -> None:
    """Tell something else in a list about one log."""

    def change(_: Asked, answered: Answered) -> Answered:
        told = [one | said if one["id"] == log.hex() else one for one in answered.json()[what]]
        return answered.saying({what: told})

    room.evil.answer("GET", f"/v1/{what}", change)


@dataclass(frozen=True)
class Outrage:
    """A lie that no honest server can tell: nothing of what came with it is kept."""

    change: Change
    detail: str


def flipped(entry: Entry) -> Entry:
    return replace(entry, data=entry.data[:-1] + bytes([entry.data[-1] ^ 1]))


def withheld(entry: Entry) -> Withheld:
    return Withheld(entry.log, entry.seq, entry.digest())


# the senders take turns, BE and AE, and each has seen all that came before its own
LIES = {
    "the truth": Lie(lambda e: [*e], TRUE, []),
    "one dropped": Lie(lambda e: e[1:], [], ["seen_mismatch"] * 3, stops=True),
    "the last but one dropped": Lie(lambda e: [*e[:2], e[3]], TRUE[:2], ["seen_mismatch"]),
    "the last dropped": Lie(lambda e: [*e[:3]], TRUE[:3], []),  # like silence, this can only be noticed later
    "one repeated at the end": Lie(lambda e: [*e, e[0]], TRUE, ["replayed"]),
    "one repeated in between": Lie(lambda e: [*e[:2], e[0], *e[2:]], TRUE[:3], ["replayed", "seen_mismatch"]),
    "two swapped": Lie(lambda e: [e[1], e[0], *e[2:]], TRUE[:1], ["seen_mismatch"] * 3, stops=True),
    "a bit flipped": Lie(lambda e: [flipped(e[0]), *e[1:]], [], ["cannot_open", *["seen_mismatch"] * 3], stops=True),
    "another sender named": Lie(
        lambda e: [replace(e[0], device=e[1].device), *e[1:]], [], ["cannot_open", *["seen_mismatch"] * 3], stops=True
    ),
    "another post id": Lie(lambda e: [*e[:3], replace(e[3], post_id=e[2].post_id)], TRUE[:3], ["cannot_open"]),
    "another epoch": Lie(lambda e: [*e[:3], replace(e[3], epoch=e[3].epoch + 1)], TRUE[:3], ["stale_epoch"]),
    "another urgency": Lie(
        lambda e: [replace(e[0], urgency=Urgency.URGENT), *e[1:]], TRUE[:1], ["seen_mismatch"] * 3, stops=True
    ),
    "another instant": Lie(
        lambda e: [*e[:2], replace(e[2], at_ms=e[2].at_ms + 1), replace(e[3], at_ms=e[3].at_ms + 1)],
        TRUE[:3],
        ["seen_mismatch"],
    ),
}
OUTRAGES = {
    "an old entry at the end": Outrage(lambda e: [*e, replace(e[0], seq=e[3].seq + 1)], "older"),
    "a number left out": Outrage(lambda e: [e[1], e[2], e[3]], "expected entry"),
    "numbers moved on": Outrage(lambda e: [replace(one, seq=one.seq + 1) for one in e], "expected entry"),
    "a number given twice": Outrage(lambda e: [e[0], e[1], replace(e[2], seq=e[1].seq), e[3]], "expected entry"),
    "a number going back": Outrage(lambda e: [e[0], e[2], e[1], e[3]], "expected entry"),
    "time going back": Outrage(lambda e: [*e[:3], replace(e[3], at_ms=e[0].at_ms - 1)], "older"),
    "time far ahead": Outrage(lambda e: [*e[:3], replace(e[3], at_ms=e[3].at_ms + 60 * DAY_MS)], "in the future"),
    "an entry withheld": Outrage(lambda e: [e[0], withheld(e[1]), *e[2:]], "withholds"),
    "another log's entry": Outrage(lambda e: [replace(e[0], log=bytes(32)), *e[1:]], "expected entry"),
}


async def talk(room: EvilRoom) -> tuple[Device, Device, Device, int]:
    """Let the third device read on to some point, then BE and AE post in turn; give the three and that point."""
    first, second, victim = room.room.devices
    await first.post(room.channel, "message", b"an earlier word")
    for device in (second, victim):
        await device.sync()
    at = victim._follower.logs.load(room.channel).seq
    for number, body in enumerate(TRUE):
        poster = (first, second)[number % 2]
        await poster.sync()
        await poster.post(room.channel, "message", body)
    return first, second, victim, at


def told(change: Change, at: int, renumber: bool) -> Callable[[list[Shown]], list[Shown]]:
    """Give the whole log with its newest entries changed."""

    def forge(entries: list[Shown]) -> list[Shown]:
        new = change([entry for entry in entries[at:] if isinstance(entry, Entry)])
        return renumbered([*entries[:at], *new]) if renumber else [*entries[:at], *new]

    return forge


def codes(shown: list[OpenedEntry]) -> list[str]:
    """Give the codes of the refused contents."""
    return [one.problem.partition(":")[0] for one in shown if one.problem is not None]


async def test_what_is_told_of_the_newest_entries_is_held_against_what_their_senders_saw(
    tmp_path: Path, sqlite_database_url: str, subtests: pytest.Subtests
) -> None:
    async with evil_room(tmp_path, sqlite_database_url) as room:
        first, second, victim, at = await talk(room)
        before = standing(victim, room.channel)
        for name, lie in LIES.items():
            with subtests.test(name):
                room.evil.show(room.channel, told(lie.change, at, lie.renumber), str(victim.uri))
                async with room.copy(victim) as copy:
                    await copy.sync()
                    shown = contents(copy, room.channel, at)
                    assert [one.body for one in shown if one.problem is None] == lie.opened
                    assert codes(shown) == lie.problems
                    for one in shown:
                        if one.problem is not None and one.problem.startswith("seen_mismatch"):
                            assert one.device in one.problem and "the server's operator" in one.problem
                    assert standing(copy, room.channel) == before
                    state = next(one for one in copy.channels() if one.id == room.channel)
                    assert (state.trouble is not None) is lie.stops
                    if lie.stops:
                        assert state.trouble is not None and state.trouble.startswith("forked: the logs of ae, be")
                        with pytest.raises(ChannelStopped):
                            await copy.post(room.channel, "message", b"into the fork")
        for device in (first, second):
            await device.sync()
            assert read(device, room.channel) == [b"an earlier word", *TRUE]


async def test_what_no_honest_server_can_tell_is_not_taken_at_all(
    tmp_path: Path, sqlite_database_url: str, subtests: pytest.Subtests
) -> None:
    async with evil_room(tmp_path, sqlite_database_url) as room:
        _, _, victim, at = await talk(room)
        before = victim._follower.logs.load(room.channel)
        for name, outrage in OUTRAGES.items():
            with subtests.test(name):
                room.evil.show(room.channel, told(outrage.change, at, False), str(victim.uri))
                async with room.copy(victim) as copy:
                    report = await copy.sync()
                    assert len(report.problems) == 1 and outrage.detail in report.problems[0]
                    assert copy._follower.logs.load(room.channel) == before
                    room.evil.behave()
                    assert (await copy.sync()).problems == []
                    assert read(copy, room.channel, at) == TRUE
        with subtests.test("a log that became shorter"):
            await victim.sync()
            room.evil.show(room.channel, lambda entries: entries[: at + 1], str(victim.uri))
            report = await victim.sync()
            assert len(report.problems) == 1 and "shorter" in report.problems[0]
            room.evil.behave()
            assert (await victim.sync()).problems == []


async def test_a_list_that_ends_a_log_elsewhere_than_this_device_has_verified_is_refused(
    tmp_path: Path, sqlite_database_url: str, subtests: pytest.Subtests
) -> None:
    async with evil_room(tmp_path, sqlite_database_url) as room:
        first, _, victim, at = await talk(room)
        await victim.sync()
        before = victim._follower.logs.load(room.channel)
        other = await first.create_channel(room.room.operation, title="another", offices=["ke/ncp"])
        for number, (name, (said, detail)) in enumerate(LISTED.items()):
            with subtests.test(name):
                await first.post(other, "message", f"elsewhere {number}".encode())
                relisted(room, "channels", room.channel, said)
                problems = (await victim.sync()).problems
                assert len(problems) == 1 and detail in problems[0], problems
                assert victim._follower.logs.load(room.channel) == before
                assert read(victim, other)[-1] == f"elsewhere {number}".encode()
                room.evil.behave()
                assert (await victim.sync()).problems == []
        (known,) = await victim.operations()
        for name in ("no end", "the known end with another entry"):
            with subtests.test(f"{name}: an operation"):
                said, detail = LISTED[name]
                relisted(room, "operations", known.id, said)
                with pytest.raises(ServerMistrusted, match=detail) as refused:
                    await victim.operations()
                assert refused.value.code == "log_rolled_back"
                room.evil.behave()
                assert await victim.operations() == [known]
        assert read(victim, room.channel, at) == TRUE


async def test_a_lie_about_one_channel_with_an_unsent_post_stops_no_other(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with evil_room(tmp_path, sqlite_database_url) as room:
        first, _, victim, at = await talk(room)
        other = await first.create_channel(room.room.operation, title="another", offices=["ke/ncp"])
        await first.post(other, "message", b"a word elsewhere")
        position = victim._follower.logs.load(room.channel)
        epoch = victim._poster.current_key(position)
        unsent = sealed_post(
            victim._follower.signer, position, epoch, Posting(room.channel, [("message", b"not sent")])
        )
        victim._follower.outbox.put(unsent)
        await first.update_leaf(room.channel)
        room.evil.show(room.channel, told(OUTRAGES["time going back"].change, at, False), str(victim.uri))
        report = await victim.sync()
        assert len(report.problems) >= 1
        assert read(victim, other) == [b"a word elsewhere"]
        room.evil.behave()


async def test_a_lie_on_the_stream_is_a_lie(tmp_path: Path, sqlite_database_url: str) -> None:
    async with evil_room(tmp_path, sqlite_database_url) as room:
        _, _, victim, at = await talk(room)
        room.evil.show(room.channel, told(LIES["one dropped"].change, at, True), str(victim.uri))
        async with room.copy(victim) as copy:
            assert codes(await live(copy, room.channel, 3)) == ["seen_mismatch"] * 3
        room.evil.behave()
        async with room.copy(victim) as copy:
            assert [one.body for one in await live(copy, room.channel, 4)] == TRUE


async def live(device: Device, channel: bytes, entries: int) -> list[OpenedEntry]:
    """Watch until so many entries came."""
    seen: list[OpenedEntry] = []
    watching = device.watch([channel])
    async with asyncio.timeout(30), contextlib.aclosing(watching):
        async for one in watching:
            if isinstance(one, OpenedEntry):
                seen.append(one)
            if len(seen) == entries:
                break
    return seen


async def test_a_fork_between_two_members_is_found_by_what_they_say_next(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with evil_room(tmp_path, sqlite_database_url) as room:
        first, second, victim = room.room.devices
        for device in (first, second, victim):
            await device.sync()
        at = victim._follower.logs.load(room.channel).seq
        await first.post(room.channel, "message", b"hidden from the third")

        def hiding(entries: list[Shown]) -> list[Shown]:
            return renumbered([*entries[:at], *entries[at + 1 :]])

        room.evil.show(room.channel, hiding, str(victim.uri))
        await victim.post(room.channel, "message", b"it has seen nothing yet")
        await victim.sync()
        await victim.post(room.channel, "message", b"now it has seen another log")
        for device in (first, second):
            await device.sync()
            assert read(device, room.channel)[-1] == b"it has seen nothing yet"
            last = contents(device, room.channel)[-1]
            assert codes([last]) == ["seen_mismatch"] and last.device == str(victim.uri)
        await second.post(room.channel, "message", b"from the other side")
        await victim.sync()
        last = contents(victim, room.channel)[-1]
        assert codes([last]) == ["seen_mismatch"] and last.device == str(second.uri)
