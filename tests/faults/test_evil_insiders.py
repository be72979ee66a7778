"""An insider posts what the server cannot see through, or lies about what it has seen; the others are not fooled."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from pratique.device import Device
from pratique.errors import ChannelStopped, ServerMistrusted
from pratique.groups.committing import entries_path, post_body
from pratique.posts import seats_post
from pratique.sealing import EpochKey
from pratique.store.outbox import Outgoing
from pratique.wire import strict_json
from pratique.wire.bodies import BadCommit, SeatChange
from pratique.wire.entries import Draft, Entry, Kind, Seen
from pratique.wire.statements import Statement
from tests.evil_server import Answered, Asked, Shown
from tests.faults.evil_room import EvilRoom, Insider, evil_room, standing
from tests.world import contents, read

OLD = [b"sealed in the first epoch", b"and another there"]


def with_draft(post: Outgoing, kind: str, change: bytes) -> Outgoing:
    """Give a post with the bytes of one draft replaced."""
    told = json.loads(post.body)
    for draft in told["drafts"]:
        if draft["kind"] == kind:
            draft["data_base64"] = base64.b64encode(change).decode()
    return replace(post, body=strict_json.dumps(told))


def draft_of(post: Outgoing, kind: str) -> bytes:
    (data,) = (one["data_base64"] for one in json.loads(post.body)["drafts"] if one["kind"] == kind)
    return base64.b64decode(data)


async def take(device: Device, post: Outgoing) -> None:
    """Have the honest server take a post of a device, and follow it there."""
    device._follower.outbox.put(post)
    await device._poster.send(post)
    await device._follower.follow(post.log)


async def spoken(room: EvilRoom) -> None:
    """Say something in the first epoch."""
    for body in OLD:
        await room.room.devices[0].post(room.channel, "message", body)
    for device in room.room.devices[1:]:
        await device.sync()


async def test_a_link_to_another_key_is_refused_by_who_holds_the_true_one(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with evil_room(tmp_path, sqlite_database_url) as room:
        await spoken(room)
        owner, accomplice, victim = room.room.devices
        true = accomplice._poster.current_key(accomplice._follower.logs.load(room.channel))
        false = EpochKey(true.epoch, os.urandom(32), true.authenticator)
        await take(accomplice, await Insider(accomplice, room.channel).stage(old=false))
        before = victim._follower.keys.epochs(room.channel, true.epoch)
        for device in (owner, victim):
            await device.sync()
            (link,) = [one for one in device.opened(room.channel) if one.kind is Kind.LINK]
            assert link.device == str(accomplice.uri)
            assert link.problem is not None and link.problem.startswith("wrong_link")
            assert device._follower.keys.epochs(room.channel, true.epoch) == before
            assert read(device, room.channel) == OLD
        await victim.post(room.channel, "message", b"in the second epoch")
        # The newcomer has only that link: it cannot open what is older and says so; it is not shown anything else.
        newcomer = await room.world.device("be", person="second")
        await owner.sync()
        await newcomer.sync()
        shown = contents(newcomer, room.channel)
        assert [one.problem.partition(":")[0] for one in shown if one.problem] == ["cannot_open"] * len(shown[:-1])
        assert shown[-1].body == b"in the second epoch"


async def test_a_true_link_opens_the_past(tmp_path: Path, sqlite_database_url: str) -> None:
    async with evil_room(tmp_path, sqlite_database_url) as room:
        await spoken(room)
        owner, accomplice, victim = room.room.devices
        await take(accomplice, await Insider(accomplice, room.channel).stage())
        await victim.sync()
        assert [one for one in victim.opened(room.channel) if one.problem] == []
        newcomer = await room.world.device("be", person="second")
        await owner.sync()
        await newcomer.sync()
        assert read(newcomer, room.channel) == OLD
        assert [one for one in newcomer.opened(room.channel) if one.problem] == []


async def test_a_link_that_the_operator_makes_up_is_refused(tmp_path: Path, sqlite_database_url: str) -> None:
    async with evil_room(tmp_path, sqlite_database_url) as room:
        _, accomplice, victim = room.room.devices
        await take(accomplice, await Insider(accomplice, room.channel).stage())

        def forge(entries: list[Shown]) -> list[Shown]:
            return [
                replace(one, data=os.urandom(len(one.data)))
                if isinstance(one, Entry) and one.kind is Kind.LINK and one.epoch == 2
                else one
                for one in entries
            ]

        async with room.copy(victim) as copy:
            room.evil.show(room.channel, forge, str(victim.uri))
            await copy.sync()
            (link,) = [one for one in copy.opened(room.channel) if one.kind is Kind.LINK]
            assert link.problem is not None and link.problem.startswith("wrong_link")


async def test_who_claims_to_have_seen_another_log_is_refused_by_all(
    tmp_path: Path, sqlite_database_url: str, subtests: pytest.Subtests
) -> None:
    async with evil_room(tmp_path, sqlite_database_url) as room:
        await spoken(room)
        owner, accomplice, victim = room.room.devices
        follower = accomplice._follower
        position = follower.logs.load(room.channel)
        with subtests.test("a commit"):
            insider = Insider(accomplice, room.channel)
            post = await insider.stage(seen=Seen(position.seq, os.urandom(32)))
            assert await insider.refusal(post) == "bad_seen"
            before = standing(victim, room.channel)
            async with room.copy(victim) as copy:
                room.evil.show(room.channel, insider.taken(post), str(victim.uri))
                await copy.sync()
                assert standing(copy, room.channel) == before
                (shown,) = [one for one in copy.opened(room.channel) if one.kind is Kind.COMMIT and one.problem]
                assert shown.problem is not None and shown.problem.startswith("seen_mismatch")
            room.evil.behave()
        with subtests.test("a seat"):
            mine = owner._follower.logs.load(room.channel)
            change = [SeatChange(office="ocu/desk", seated=True)]
            forged = seats_post(owner._follower.signer, replace(mine, chain=os.urandom(32)), change)
            assert await Insider(owner, room.channel).refusal(forged) == "bad_seen"
            ahead = seats_post(owner._follower.signer, replace(mine, seq=mine.seq + 1), change)
            assert await Insider(owner, room.channel).refusal(ahead) == "bad_seen"
            await take(owner, seats_post(owner._follower.signer, mine, change))
        with subtests.test("the truth"):
            await follower.follow(room.channel)
            await take(accomplice, await Insider(accomplice, room.channel).stage())
            assert (await victim.sync()).problems == []


async def test_a_commit_that_nobody_can_apply_is_reported_and_moves_nothing(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with evil_room(tmp_path, sqlite_database_url) as room:
        await spoken(room)
        owner, accomplice, victim = room.room.devices
        post = await Insider(accomplice, room.channel).stage()
        commit = draft_of(post, "commit")
        # The membership tag is the last field; a server without secrets cannot check it.
        post = with_draft(post, "commit", commit[:-1] + bytes([commit[-1] ^ 1]))
        await accomplice._account.call("POST", post.path, post.body)
        for device in (owner, victim):
            held = standing(device, room.channel)[:3]
            report = await device.sync()
            assert standing(device, room.channel)[:3] == held
            assert any("bad_commit" in one and str(accomplice.uri) in one for one in report.problems)
            assert read(device, room.channel) == OLD
            with pytest.raises(ChannelStopped):
                await device.post(room.channel, "message", b"into the void")
        answer = await owner._account.call("GET", f"/v1/logs/{room.channel.hex()}/entries?after=0&limit=500")
        told = [base64.b64decode(event["data_base64"]) for event in json.loads(answer.content) if event["device"]]
        reports = [one for raw in told if (one := report_of(raw)) is not None]
        assert {one.signer for one in reports} == {str(owner.uri), str(victim.uri)}
        assert len({(one.read(BadCommit).seq, one.read(BadCommit).chain) for one in reports}) == 1


def report_of(raw: bytes) -> Statement | None:
    """Read a report of a bad commit; None where the bytes are something else."""
    try:
        statement = Statement.parse(raw)
    except ValueError:
        return None
    return statement if statement.label == BadCommit.LABEL else None


async def test_a_message_to_an_outsider_or_of_one_does_not_count(tmp_path: Path, sqlite_database_url: str) -> None:
    async with evil_room(tmp_path, sqlite_database_url) as room:
        await spoken(room)
        _, _, victim = room.room.devices
        outsider = await room.world.device("ae", office="desk")
        post_id = uuid4()
        body = post_body(post_id, [Draft(Kind.APPLICATION, b"x" * 300, epoch=1)])
        post = Outgoing(post_id, room.channel, entries_path(room.channel), body)
        assert await Insider(outsider, room.channel).refusal(post) == "not_found"
        room.evil.show(room.channel, Insider(outsider, room.channel).taken(post), str(victim.uri))
        async with room.copy(victim) as copy:
            await copy.sync()
            last = contents(copy, room.channel)[-1]
            assert last.problem is not None and last.problem.startswith("no_leaf")


async def test_party_lists_do_not_roll_back(tmp_path: Path, sqlite_database_url: str) -> None:
    async with evil_room(tmp_path, sqlite_database_url, devices=2) as room:
        victim = room.room.devices[1]
        before = victim._directory.authorities

        def rolled_back(asked: Asked, answered: Answered) -> Answered:
            told = answered.json()
            return answered.saying(told | {"party_lists": told["party_lists"][:-1]})

        room.evil.answer("GET", "/v1/deployment", rolled_back)
        with pytest.raises(ServerMistrusted) as refused:
            await victim.sync()
        assert refused.value.code == "party_list_rollback"
        assert victim._directory.authorities is before
        room.evil.behave()
        await victim.sync()
