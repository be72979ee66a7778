"""An evil server and an insider welcome a device elsewhere than into the group whose log it reads."""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pratique.device import Device
from pratique.http import text
from pratique.store.outbox import Outgoing
from pratique.wire.entries import Entry, Kind, inbox_id
from pratique.wire.events import Withheld
from pratique.wire.welcomes import Welcome
from tests.evil_server import Answered, Asked, Shown
from tests.faults.evil_room import EvilRoom, Insider, evil_room, ghost_uri, key_package
from tests.world import contents, now_ms, read

OLD = [b"said before the join", b"and this"]


@dataclass(frozen=True)
class Fork:
    """Commits that add the newcomer from the same epoch.

    Takes   true: the one that the server took; twin: another like it; other: one that adds a stranger too;
            before: the newest entry before them
    """

    room: EvilRoom
    insider: Insider
    newcomer: Device
    true: Outgoing
    twin: Outgoing
    other: Outgoing
    before: int

    def welcome(self, post: Outgoing) -> bytes:
        return next(data for kind, data in drafts(post) if kind == "welcome")

    def show_inbox(self, change: Callable[[Entry], bytes | None]) -> None:
        """Change the welcome in the newcomer's inbox, or drop it."""

        def forge(entries: list[Shown]) -> list[Shown]:
            shown: list[Shown] = []
            for entry in entries:
                assert isinstance(entry, Entry)
                data = change(entry) if entry.kind is Kind.WELCOME else entry.data
                if data is not None:
                    shown.append(replace(entry, data=data))
            return [replace(entry, seq=number) for number, entry in enumerate(shown, 1)]

        self.room.evil.show(inbox_id(str(self.newcomer.uri)), forge)

    def show_group(self, change: Callable[[dict[str, str]], dict[str, str]]) -> None:
        """Change the GroupInfo and the tree that the newcomer fetches."""

        def changed(asked: Asked, answered: Answered) -> Answered:
            return answered.saying(change(answered.json()))

        path = f"/v1/channels/{self.room.channel.hex()}/group-info"
        self.room.evil.answer("GET", path, changed, str(self.newcomer.uri))

    def show_log(self, change: Callable[[Entry], Entry]) -> None:
        """Change entries of the channel's log from the join on."""

        def forge(entries: list[Shown]) -> list[Shown]:
            return [change(one) if isinstance(one, Entry) and one.seq > self.before else one for one in entries]

        self.room.evil.show(self.room.channel, forge, str(self.newcomer.uri))

    def show_other(self, told: dict[str, str]) -> dict[str, str]:
        """Give GroupInfo and tree of the other commit."""
        body = json.loads(self.other.body)
        return told | {"group_info": body["group_info"], "ratchet_tree": body["ratchet_tree"]}

    def as_other(self, entry: Entry) -> Entry:
        """Give an entry of the true commit's post as it would be had the other been taken."""
        if str(entry.post_id) != json.loads(self.true.body)["post_id"]:
            return entry
        data = dict(drafts(self.other))[entry.kind.word]
        return replace(entry, data=data, post_id=self.other.post_id)


def drafts(post: Outgoing) -> list[tuple[str, bytes]]:
    return [(draft["kind"], base64.b64decode(draft["data_base64"])) for draft in json.loads(post.body)["drafts"]]


@contextlib.asynccontextmanager
async def forked(folder: Path, database_url: str) -> AsyncIterator[Fork]:
    """Let an insider add a newcomer by one commit and keep another back, with a stranger in it."""
    async with evil_room(folder, database_url, devices=2) as room:
        owner, accomplice = room.room.devices
        for body in OLD:
            await owner.post(room.channel, "message", body)
        await accomplice.sync()
        newcomer = await room.world.device("be", person="second")
        yield await split(room, newcomer)


async def split(room: EvilRoom, newcomer: Device) -> Fork:
    """Have the accomplice add a newcomer of BE to a room of two, and keep another commit back."""
    accomplice = room.room.devices[1]
    follower = accomplice._follower
    office = await follower.directory.fetch_office(accomplice._account, "be/ncp")
    wanted = [device for device in office if device.uri == str(newcomer.uri)]
    (package,) = await accomplice._stock.claim(room.channel, wanted, now_ms())
    insider = Insider(accomplice, room.channel)
    stranger = await key_package(accomplice, str(ghost_uri("ke")), Ed25519PrivateKey.generate())
    other = await insider.stage([package, stranger])
    twin, true = await insider.stage([package]), await insider.stage([package])
    before = follower.logs.load(room.channel).seq
    follower.outbox.put(true)
    await accomplice._poster.send(true)
    await follower.follow(room.channel)
    return Fork(room, insider, newcomer, true, twin, other, before)


def flipped(data: bytes, place: int) -> bytes:
    changed = bytearray(data)
    changed[place] ^= 1
    return bytes(changed)


async def lies_of(fork: Fork) -> dict[str, tuple[Callable[[], None], str]]:
    """Give what the server may tell a newcomer, each with what the newcomer says of it."""
    path = f"/v1/channels/{fork.room.channel.hex()}/group-info?epoch=1"
    earlier = (await fork.insider.device._account.call("GET", path)).json()
    other_tree = json.loads(fork.other.body)["ratchet_tree"]
    signer = fork.room.room.devices[0]

    def of_other(entry: Entry) -> bytes:
        return fork.welcome(fork.other)

    def by_other_signer(entry: Entry) -> bytes:
        welcome = Welcome.decode(entry.data)
        return replace(welcome, committer=str(signer.uri)).sign(signer._account.key).encode()

    def unsigned(told: dict[str, str]) -> dict[str, str]:
        return told | {"group_info": text(flipped(base64.b64decode(told["group_info"]), -1))}

    def older_tree(told: dict[str, str]) -> dict[str, str]:
        return told | {"ratchet_tree": earlier["ratchet_tree"]}

    def strange_tree(told: dict[str, str]) -> dict[str, str]:
        return told | {"ratchet_tree": other_tree}

    def older_info(told: dict[str, str]) -> dict[str, str]:
        return told | {"group_info": earlier["group_info"]}

    return {
        "an older epoch's tree": (lambda: fork.show_group(older_tree), "verify tree hash"),
        "a tree with a stranger": (lambda: fork.show_group(strange_tree), "not_certified"),
        "an older epoch's GroupInfo": (lambda: fork.show_group(older_info), "private_fork"),
        "a GroupInfo that nobody signed": (lambda: fork.show_group(unsigned), "signature_refused"),
        "another commit's GroupInfo": (lambda: fork.show_group(fork.show_other), "private_fork"),
        "another commit's welcome": (lambda: fork.show_inbox(of_other), "verify tree hash"),
        "a welcome by who did not commit": (lambda: fork.show_inbox(by_other_signer), "wrong_welcome"),
        "a welcome that was altered": (lambda: fork.show_inbox(lambda e: flipped(e.data, 200)), "bad_signature"),
        "no welcome": (lambda: fork.show_inbox(lambda e: None), "no_welcome"),
    }


async def test_a_newcomer_joins_the_logged_group_or_none(
    tmp_path: Path, sqlite_database_url: str, subtests: pytest.Subtests
) -> None:
    async with forked(tmp_path, sqlite_database_url) as fork:
        for name, (lie, code) in (await lies_of(fork)).items():
            with subtests.test(name):
                fork.room.evil.behave()
                lie()
                async with fork.room.copy(fork.newcomer) as copy:
                    report = await copy.sync()
                    state = next(one for one in copy.channels() if one.id == fork.room.channel)
                    assert report.joined == [] and not state.own_leaf
                    assert state.trouble is not None and code in state.trouble
                    assert read(copy, fork.room.channel) == []
                    assert copy._follower.logs.load(fork.room.channel).state is None
        with subtests.test("the truth"):
            fork.room.evil.behave()
            report = await fork.newcomer.sync()
            assert (report.joined, report.problems) == ([fork.room.channel], [])
            assert read(fork.newcomer, fork.room.channel) == OLD
        with subtests.test("a new try after a lie"):
            again = await fork.room.world.device("be", person="third")
            await fork.insider.device.sync()
            fork.room.evil.show(inbox_id(str(again.uri)), lambda entries: [])
            assert (await again.sync()).joined == []
            fork.room.evil.behave()
            await again.rejoin(fork.room.channel)
            await fork.insider.device.sync()
            assert (await again.sync()).joined == [fork.room.channel]
            assert read(again, fork.room.channel) == OLD


async def test_a_whole_private_fork_with_a_stranger_is_refused(tmp_path: Path, sqlite_database_url: str) -> None:
    async with forked(tmp_path, sqlite_database_url) as fork:
        # The other commit in the log, its welcome in the inbox, its tree and GroupInfo: a fork without a seam.
        fork.show_log(fork.as_other)
        fork.show_inbox(lambda entry: fork.welcome(fork.other))
        fork.show_group(fork.show_other)
        report = await fork.newcomer.sync()
        assert report.joined == [] and fork.newcomer._follower.logs.load(fork.room.channel).state is None
        refused = [one for one in fork.newcomer.opened(fork.room.channel, fork.before) if one.problem]
        assert refused[0].kind is Kind.COMMIT and "not_certified" in (refused[0].problem or "")


async def test_between_two_forks_nothing_crosses(tmp_path: Path, sqlite_database_url: str) -> None:
    async with forked(tmp_path, sqlite_database_url) as fork:
        owner, accomplice = fork.room.room.devices
        # The newcomer never sees the commit that the others follow, but a twin of it that is as good.
        twin = replace(fork, other=fork.twin)
        twin.show_log(twin.as_other)
        twin.show_inbox(lambda entry: twin.welcome(twin.other))
        twin.show_group(twin.show_other)
        assert (await fork.newcomer.sync()).joined == [fork.room.channel]
        await owner.sync()
        await owner.post(fork.room.channel, "message", b"to whom it may concern")
        await fork.newcomer.sync()
        last = contents(fork.newcomer, fork.room.channel)[-1]
        assert last.problem is not None and last.problem.startswith("cannot_open")
        await fork.newcomer.post(fork.room.channel, "message", b"is anybody there")
        for device in (owner, accomplice):
            await device.sync()
            last = contents(device, fork.room.channel)[-1]
            assert last.device == str(fork.newcomer.uri)
            assert last.problem is not None and last.problem.startswith("cannot_open")


async def test_a_newcomer_to_a_from_join_channel_is_not_told_another_past(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with evil_room(tmp_path, sqlite_database_url, devices=2, history="from_join") as room:
        owner, member = room.room.devices
        for body in OLD:
            await owner.post(room.channel, "message", body)
        newcomer = await room.world.device("be", person="second")
        await member.sync()

        def other_past(entries: list[Shown]) -> list[Shown]:
            past = [one for one in entries if isinstance(one, Withheld)]
            assert len(past) > len(OLD)
            return [replace(one, digest=bytes(32)) if one is past[-1] else one for one in entries]

        room.evil.show(room.channel, other_past, str(newcomer.uri))
        async with room.copy(newcomer) as copy:
            assert (await copy.sync()).joined == []
            state = next(one for one in copy.channels() if one.id == room.channel)
            assert state.trouble is not None and "seen_mismatch" in state.trouble
        room.evil.behave()
        assert (await newcomer.sync()).joined == [room.channel]
        assert read(newcomer, room.channel) == []
        await owner.post(room.channel, "message", b"said to the newcomer too")

        def hiding(entries: list[Shown]) -> list[Shown]:
            last = entries[-1]
            assert isinstance(last, Entry)
            return [*entries[:-1], Withheld(last.log, last.seq, last.digest())]

        room.evil.show(room.channel, hiding, str(newcomer.uri))
        before = newcomer._follower.logs.load(room.channel)
        report = await newcomer.sync()
        assert len(report.problems) == 1 and "withholds" in report.problems[0]
        assert newcomer._follower.logs.load(room.channel) == before
        room.evil.behave()
        await newcomer.sync()
        assert read(newcomer, room.channel) == [b"said to the newcomer too"]
