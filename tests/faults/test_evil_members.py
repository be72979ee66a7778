"""An evil server and an insider show real devices a membership that no signed statement asks for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pratique.certificates import issue_authority, issue_device, make_root
from pratique.device import Device
from pratique.errors import ChannelStopped
from pratique.groups.engine_host import EngineError
from pratique.http import text
from pratique.store.trust import Trust
from pratique.wire.entries import Kind
from tests.evil_server import Answered, Asked, problem
from tests.faults.evil_room import EvilRoom, Insider, evil_room, ghost_uri, key_package, standing
from tests.world import DEPLOYMENT, now_ms, read


async def refused_by(
    room: EvilRoom, victim: Device, insider: Insider, adds: Sequence[bytes] = (), removes: Sequence[int] = ()
) -> tuple[str, str]:
    """Let the insider commit; give the codes by which the honest server and then the victim refuse it."""
    post = await insider.stage(adds, removes)
    honest = await insider.refusal(post)
    before, read_before = standing(victim, room.channel), read(victim, room.channel)
    room.evil.show(room.channel, insider.taken(post), str(victim.uri))
    report = await victim.sync()
    assert standing(victim, room.channel) == before
    assert read(victim, room.channel) == read_before
    assert (report.added, report.removed, report.joined) == ([], [], [])
    shown = [one for one in victim.opened(room.channel) if one.kind is Kind.COMMIT and one.problem]
    assert len(shown) == 1 and shown[0].device == str(insider.device.uri) and shown[0].problem is not None
    return honest, shown[0].problem.partition(":")[0]


def vouched(room: EvilRoom, uri: str, *certificates: bytes) -> None:
    """Let the evil server vouch for a device that nobody enrolled."""

    def change(asked: Asked, answered: Answered) -> Answered:
        told = {"device": uri, "certificates": [text(der) for der in certificates], "state": "active"}
        return Answered(200, headers={"content-type": "application/json"}).saying({"devices": [told]})

    room.evil.invent("GET", "/v1/devices", lambda asked: change(asked, Answered(200)))


async def test_what_the_owner_seated_is_added(tmp_path: Path, sqlite_database_url: str) -> None:
    async with evil_room(tmp_path, sqlite_database_url) as room:
        owner, insider, victim = room.room.devices
        newcomer = await room.world.device("ae", office="desk")
        await owner.change_seats(room.channel, seat=["ae/desk"])
        await insider.sync()
        for device in (victim, newcomer):
            assert (await device.sync()).problems == []
        await newcomer.post(room.channel, "message", b"here")
        await victim.sync()
        assert read(victim, room.channel) == [b"here"]


async def test_a_strangers_certificate_lets_nobody_in(
    tmp_path: Path, sqlite_database_url: str, subtests: pytest.Subtests
) -> None:
    async with evil_room(tmp_path, sqlite_database_url) as room:
        _, insider, victim = room.room.devices
        uri, key, ca_key = ghost_uri("ke"), Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
        public, other = key.public_key().public_bytes_raw(), room.world.officers["ae"]
        root_key = Ed25519PrivateKey.generate()
        root = make_root(DEPLOYMENT, root_key, now_ms())
        own_ca = issue_authority("ke", root, root_key, ca_key.public_key().public_bytes_raw(), now_ms())
        others_ca = issue_authority("ke", root, root_key, other.public, now_ms())
        genuine = next(iter(Trust(victim._store).certificates(str(victim.uri))))
        vouchers = {
            "nobody's": (),
            "a self-made CA's": (issue_device(uri, public, own_ca, ca_key, now_ms()),),
            "another Member's CA's": (issue_device(uri, public, others_ca, other._key, now_ms()),),
            "another device's": (genuine,),
        }
        for whose, certificates in vouchers.items():
            with subtests.test(whose):
                room.evil.behave()
                vouched(room, str(uri), *certificates)
                package = await key_package(victim, str(uri), key)
                asked = room.evil.count("GET", "/v1/devices")
                async with room.copy(victim) as copy:
                    codes = await refused_by(room, copy, Insider(insider, room.channel), [package])
                assert codes == ("device_revoked", "not_certified")
                assert room.evil.count("GET", "/v1/devices") > asked, "the victim never saw the false certificate"


async def test_an_insider_cannot_bend_the_roster(
    tmp_path: Path, sqlite_database_url: str, subtests: pytest.Subtests
) -> None:
    async with evil_room(tmp_path, sqlite_database_url) as room:
        owner, insider, victim = room.room.devices
        member = insider._follower.logs.load(room.channel).membership
        assert member is not None
        index = member.leaf_of(str(owner.uri))
        assert index is not None
        outsider = await room.world.device("ae", office="desk")
        package = await key_package(outsider, str(outsider.uri), outsider._account.key)
        again = await key_package(victim, str(victim.uri), victim._account.key)
        with subtests.test("a genuine device of an office that no owner seated"):
            async with room.copy(victim) as copy:
                codes = await refused_by(room, copy, Insider(insider, room.channel), [package])
            # the server lends nobody a key package of a device that has no seat
            assert codes == ("key_package_not_claimed", "not_seated")
        with subtests.test("the removal of a good leaf"):
            async with room.copy(victim) as copy:
                codes = await refused_by(room, copy, Insider(insider, room.channel), removes=[index])
            assert codes == ("not_surplus", "not_surplus")
        with subtests.test("a second leaf for a device that has one"):
            with pytest.raises(EngineError) as refused:
                await Insider(insider, room.channel).stage([again])
            assert refused.value.code in {"refused", "duplicate_key"}


async def test_a_false_removal_pending_removes_nobody(tmp_path: Path, sqlite_database_url: str) -> None:
    async with evil_room(tmp_path, sqlite_database_url) as room:
        _, other, victim = room.room.devices
        posts = f"/v1/channels/{room.channel.hex()}/entries"
        before, sent = standing(victim, room.channel), room.evil.count("POST", posts)
        claim = problem(409, "removal_pending", leaves=[{"leaf": 1, "device": str(other.uri)}])
        room.evil.invent("POST", posts, lambda asked: claim, str(victim.uri))
        with pytest.raises(ChannelStopped) as stopped:
            await victim.post(room.channel, "message", b"one")
        assert stopped.value.code == "false_removal"
        drafts = [
            draft["kind"] for asked in room.evil.asked[sent:] if asked.path == posts for draft in asked.json()["drafts"]
        ]
        assert "commit" not in drafts
        assert standing(victim, room.channel) == before
        room.evil.behave()
        await victim.post(room.channel, "message", b"two")
        await other.sync()
        assert b"two" in read(other, room.channel)


async def test_a_true_removal_pending_is_obeyed(tmp_path: Path, sqlite_database_url: str) -> None:
    async with evil_room(tmp_path, sqlite_database_url) as room:
        _, other, victim = room.room.devices
        await room.world.officers[other.uri.party].revoke(str(other.uri), "stolen")
        await victim.post(room.channel, "message", b"among us")
        member = victim._follower.logs.load(room.channel).membership
        assert member is not None and member.leaf_of(str(other.uri)) is None
