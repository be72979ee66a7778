"""Who can read what: newcomers, revoked and unseated devices, rejoins; each by real devices on a real server."""

import asyncio
import shutil
from pathlib import Path

import pytest

from pratique.authority import NewParty, PartyOfficer
from pratique.contents.title import Title
from pratique.device import Device
from pratique.errors import ChannelStopped, Problem
from pratique.groups.engine_host import Engine
from pratique.http import text
from pratique.reading import newest_title
from pratique.wire import mls
from pratique.wire.bodies import PartyKind
from pratique.wire.entries import Kind
from tests.wire.mls.making import Signer, message
from tests.world import DEPLOYMENT, contents, now_ms, read, unlock, world


async def test_a_new_device_joins_without_a_human_and_reads_the_file(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=2)
        first, second = room.devices
        for number in range(3):
            await first.post(room.channel, "message", b"before %d" % number)
            if number == 1:
                await second.update_leaf(room.channel)
        newcomer = await w.device("be", person="second")
        assert (await newcomer.sync()).joined == []
        report = await first.sync()
        assert report.added == [str(newcomer.uri)]
        assert (await newcomer.sync()).joined == [room.channel]
        await newcomer.post(room.channel, "message", b"thanks")
        for device in (first, second, newcomer):
            assert (await device.sync()).problems == []
            assert read(device, room.channel) == [b"before 0", b"before 1", b"before 2", b"thanks"]
        # The others see who came.
        shown = [one.body for one in second.opened(room.channel) if one.kind is Kind.COMMIT]
        assert str(newcomer.uri).encode() in shown[-1]


async def test_an_engine_that_does_not_answer_accuses_nobody_and_ends_no_sync(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=2)
        first, second = room.devices
        await first.update_leaf(room.channel)
        await first.post(room.channel, "message", b"after the update")
        async with Engine(timeout_s=0.0001) as hurried:
            waiting = await Device.open(w.store_of(second), unlock, engine=hurried)
            assert [problem.partition(": ")[0] for problem in (await waiting.sync()).problems] == [
                f"channel {room.channel.hex()[:8]}"
            ]
            await waiting.aclose()
        assert (await second.sync()).problems == []
        assert read(second, room.channel) == [b"after the update"]


async def test_a_newcomer_to_a_from_join_channel_sees_nothing_earlier(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=2, history="from_join")
        first, second = room.devices
        await first.post(room.channel, "message", b"before")
        newcomer = await w.device("be", person="second")
        await newcomer.sync()
        await second.sync()
        await first.post(room.channel, "message", b"after")
        report = await newcomer.sync()
        assert (report.joined, report.problems) == ([room.channel], [])
        assert [(one.type, one.problem) for one in contents(newcomer, room.channel)] == [
            ("title", None),
            ("message", None),
        ]
        assert read(newcomer, room.channel) == [b"after"]
        await newcomer.post(room.channel, "message", b"me too")
        await second.sync()
        assert read(second, room.channel) == [b"before", b"after", b"me too"]


async def test_a_newcomer_to_a_from_join_channel_is_told_its_title(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=2, history="from_join")
        first, second = room.devices
        await second.sync()
        await second.post(room.channel, Title.TYPE, Title(title="Duty desk", purpose="operation").write())
        await first.sync()
        newcomer = await w.device("be", person="second")
        assert (await first.sync()).added == [str(newcomer.uri)]
        await newcomer.sync()
        title = newest_title(newcomer.opened(room.channel))
        assert title is not None
        assert (title.title, title.purpose) == ("Duty desk", "operation")


async def test_an_office_that_gets_its_seat_back_in_a_from_join_channel_reads_on(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=2, history="from_join")
        owner, other = room.devices
        await owner.post(room.channel, "message", b"before")
        assert (await other.sync()).problems == []
        office = other.uri.office_id
        await owner.change_seats(room.channel, unseat=[office])
        await owner.post(room.channel, "message", b"among us")
        await owner.change_seats(room.channel, seat=[office])
        await owner.post(room.channel, "message", b"welcome back")
        # The commit that removed it and what was said meanwhile are withheld; its own fold says why.
        report = await other.sync()
        assert (report.joined, report.problems) == ([], [])
        assert read(other, room.channel) == [b"before", b"welcome back"]
        await other.post(room.channel, "message", b"thanks")
        await owner.sync()
        assert read(owner, room.channel) == [b"before", b"among us", b"welcome back", b"thanks"]


async def test_an_insiders_bad_key_packages_keep_nobody_else_out(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=2)
        first, second = room.devices
        insider, newcomer = await w.device("be", person="insider"), await w.device("ke")
        # Sound by themselves, but each with a key that a leaf of the channel has: no engine adds them.
        path = f"/v1/channels/{room.channel.hex()}/group-info?epoch=1"
        tree = mls.parse_ratchet_tree((await insider._account.call("GET", path)).get("ratchet_tree", bytes))
        soon = now_ms() // 1000
        bad = [
            Signer(
                str(insider.uri),
                insider._account.key,
                tree.leaves[0].encryption_key,
                not_before=soon - 3600,
                not_after=soon + 86_400,
            ).key_package()
            for _ in range(5)
        ]
        stock = {"key_packages": [text(message(5, one)) for one in bad], "last_resort": None}
        await insider._account.call("POST", "/v1/key-packages", stock)
        # A careless device adds one: the server refuses what the others' engines would not follow.
        found = await first._directory.fetch_office(first._account, "be/ncp")
        (wanted,) = [one for one in found if one.uri == str(insider.uri)]
        adds = await first._stock.claim(room.channel, [wanted], now_ms())
        assert mls.parse_key_package(adds[0]).encryption_key == tree.leaves[0].encryption_key
        assert not await first._poster.commit(room.channel, adds)
        await first.change_seats(room.channel, seat=["ke/ncp"])
        report = await second.sync()
        assert report.problems == []
        await newcomer.sync()
        await newcomer.post(room.channel, "message", b"here all the same")
        for device in (first, second):
            assert (await device.sync()).problems == []
            assert read(device, room.channel) == [b"here all the same"]


async def test_a_stolen_store_opens_nothing_after_its_revocation(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=3)
        first, second, stolen = room.devices
        await first.post(room.channel, "message", b"for all three")
        await stolen.sync()
        copy = tmp_path / "copy"
        shutil.copytree(w.store_of(stolen), copy)
        await w.officers[stolen.uri.party].revoke(str(stolen.uri), "stolen")
        await second.post(room.channel, "message", b"next sender removes")
        await first.sync()
        for number in range(100):
            await first.post(room.channel, "message", b"secret %d" % number)
        await second.sync()
        assert read(second, room.channel)[-1] == b"secret 99"
        with pytest.raises(Problem):
            await stolen.sync()

        thief = await Device.open(copy, unlock, engine=w.engine)
        w.devices.append(thief)
        # The thief even gets the entries, from somebody who can read the log.
        follower, other = thief._follower, second._follower
        pages = [row.entry for row in other.logs.rows(room.channel, follower.logs.load(room.channel).seq)]
        follower.account = second._follower.account
        await follower.take(room.channel, pages)
        later = [one for one in contents(thief, room.channel) if one.seq > 0 and one.body.startswith(b"secret")]
        assert later == []
        assert read(thief, room.channel) == [b"for all three"]
        refused = [one for one in contents(thief, room.channel) if one.problem]
        assert len(refused) == 101
        with pytest.raises((ChannelStopped, Problem)):
            await thief.post(room.channel, "message", b"hello")


async def test_a_revocation_by_a_ca_listed_a_moment_ago_counts_at_once(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=2)
        first, lost = room.devices
        newer = PartyOfficer.create(tmp_path / "newer.ca", "ae", DEPLOYMENT, unlock)
        w.root.list_parties([NewParty("ae", PartyKind.MEMBER, "AE", newer.public)])
        await w.root.publish(w.server.url)
        await newer.adopt(w.server.url, w.root.digest)
        assert await newer.revoke(str(lost.uri), "stolen") == 1
        # It looks at no party list between, and yet its fold has to agree with the server's.
        await first.post(room.channel, "message", b"without the lost device")
        assert first.channels()[0].devices == (str(first.uri),)
        assert (await first.sync()).problems == []
        assert read(first, room.channel) == [b"without the lost device"]


async def test_an_unseated_office_is_removed_and_a_seated_one_added(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=2)
        owner, other = room.devices
        third = await w.device("ke")
        await owner.change_seats(room.channel, seat=["ke/ncp"], unseat=["ae/ncp"])
        await third.sync()
        state = owner.channels()[0]
        assert state.devices == tuple(sorted([str(owner.uri), str(third.uri)]))
        assert state.seated == ("be/ncp", "ke/ncp")
        await owner.post(room.channel, "message", b"without ae")
        await third.sync()
        assert read(third, room.channel) == [b"without ae"]
        with pytest.raises(Problem) as gone:
            await other.sync(room.channel)
            await other.post(room.channel, "message", b"am I here")
        assert gone.value.code == "not_found"


async def test_a_device_that_lost_its_state_rejoins(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=2)
        first, second = room.devices
        await first.post(room.channel, "message", b"one")
        await second.rejoin(room.channel)
        with pytest.raises(ChannelStopped):
            await second.post(room.channel, "message", b"not now")
        await first.sync()
        await first.post(room.channel, "message", b"two")
        assert (await second.sync()).joined == [room.channel]
        await second.post(room.channel, "message", b"three")
        for device in (first, second):
            await device.sync()
            assert read(device, room.channel) == [b"one", b"two", b"three"]


async def test_two_devices_that_add_the_same_newcomer_do_it_once(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=3)
        newcomer = await w.device("ke", person="second")
        reports = await asyncio.gather(*(device.sync() for device in room.devices))
        added = [uri for report in reports for uri in report.added]
        assert added == [str(newcomer.uri)]
        await newcomer.sync()
        await newcomer.post(room.channel, "message", b"hello")
        for device in room.devices:
            assert (await device.sync()).problems == []
            assert read(device, room.channel) == [b"hello"]
            assert device.channels()[0].epoch == newcomer.channels()[0].epoch
