"""Hold the browser's SDK to the Python one over a real server: enrol, found, join, post and open in both directions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pratique.authority import RootHolder
from pratique.device import Device
from pratique.invitations import InvitationTicket
from pratique.opened import OpenedEntry
from pratique.wire.statements import sign
from tests.web.peers import PeerError, peer
from tests.web.scenes import Scene
from tests.world import DEPLOYMENT, read, unlock, world


@pytest.fixture
async def scene(tmp_path: Path, sqlite_database_url: str, script: Path) -> AsyncIterator[Scene]:
    """Give a running deployment and a peer."""
    async with world(tmp_path, sqlite_database_url) as made, peer(script, made.url) as web:
        yield Scene(made, web)


async def members(scene: Scene, operation: bytes) -> tuple[bytes, Device]:
    """Found a channel of be, ae and ke from a Python device of be."""
    founder = await scene.world.device("be")
    channel = await founder.create_channel(operation, title="both", offices=["be/ncp", "ae/ncp", "ke/ncp"])
    return channel, founder


async def test_both_sides_post_and_open_what_the_other_sealed(scene: Scene) -> None:
    operation = await scene.world.operation()
    channel, python = await members(scene, operation)
    await python.post(channel, "message", b"before you came")
    uri = await scene.enrol("ae", "ae")
    await python.sync()
    report = await scene.web.ask("ae", "sync")
    assert report["problems"] == []
    assert report["joined"] == [channel.hex()]
    assert (await scene.web.read("ae", channel)) == ["before you came"], "the history was not opened by the links"
    await scene.web.ask("ae", "post", channel=channel.hex(), text="from the browser — ميناء")
    await python.post(channel, "message", b"from Python")
    await python.sync()
    await scene.web.ask("ae", "sync")
    said = ["before you came", "from the browser — ميناء", "from Python"]
    assert [body.decode() for body in read(python, channel)] == said
    assert await scene.web.read("ae", channel) == said
    state = await scene.state("ae", channel)
    assert (state["own_leaf"], state["trouble"]) == (True, None)
    assert uri in {device for one in python.channels() for device in one.devices}
    cursors = await scene.web.ask("ae", "cursors", channel=channel.hex())
    assert cursors[uri] == state["seq"] == (await python.cursors(channel))[uri]


async def test_the_browser_founds_channels_lanes_and_tends_them(scene: Scene) -> None:
    operation = await scene.world.operation(companions=["ocu"])
    python = await scene.world.device("ke")
    await scene.enrol("be", "be")
    operations = await scene.web.ask("be", "operations")
    assert [one["id"] for one in operations] == [operation.hex()]
    assert operations[0]["terms"]["code"] == "STOP-III"
    channel = bytes.fromhex(
        await scene.web.ask("be", "create_channel", operation=operation.hex(), offices=["be/ncp", "ke/ncp"])
    )
    lane = bytes.fromhex(await scene.web.ask("be", "lane", operation=operation.hex(), parties=["ke"]))
    assert await python.lane(operation, ["be"]) == lane
    sent = await scene.web.ask("be", "post_all", channels=[channel.hex(), lane.hex()], text="to two places")
    assert [len(one["posted"]) for one in sent] == [1, 1]
    await python.sync()
    assert [read(python, one) for one in (channel, lane)] == [[b"to two places"], [b"to two places"]]
    # A second Python device is added by the browser alone, and reads what was said before it came.
    late = await scene.world.device("ke")
    report = await scene.web.ask("be", "sync")
    assert sorted(report["added"]) == [str(late.uri)] * 2
    await late.sync()
    assert read(late, channel) == [b"to two places"]
    await scene.web.ask("be", "change_seats", channel=channel.hex(), seat=["ae/ncp"], unseat=["ke/ncp"])
    state = await scene.state("be", channel)
    assert (state["seated"], state["surplus"]) == (["ae/ncp", "be/ncp"], [])
    assert not any("ke." in device for device in state["devices"])
    assert await scene.web.ask("be", "update_leaf", channel=lane.hex())
    await python.sync()
    await python.post(lane, "message", b"after the update")
    await scene.web.ask("be", "sync")
    assert (await scene.web.read("be", lane))[-1] == "after the update"


async def test_a_locked_store_opens_where_it_was_and_a_wiped_one_is_gone(scene: Scene) -> None:
    operation = await scene.world.operation()
    channel, python = await members(scene, operation)
    await scene.enrol("ae", "ae")
    await python.sync()
    await scene.web.ask("ae", "sync")
    before = await scene.state("ae", channel)
    await scene.web.ask("ae", "reopen")
    assert await scene.state("ae", channel) == before
    await python.post(channel, "message", b"while it was locked")
    assert (await scene.web.ask("ae", "sync"))["problems"] == []
    assert await scene.web.read("ae", channel) == ["while it was locked"]
    assert all(check["good"] for check in await scene.web.ask("ae", "doctor"))
    assert await scene.web.ask("ae", "wipe") == []


async def test_an_enrolment_that_is_refused_leaves_nothing(scene: Scene, tmp_path: Path) -> None:
    ticket = await scene.world.officers["ae"].invite("ncp", "officer")
    with pytest.raises(PeerError, match="bad_invitation"):
        await scene.web.ask("ae", "enrol", ticket="pratique-invitation-AAAA", label="webae")
    with pytest.raises(PeerError, match="name_refused"):
        await scene.web.ask("ae", "enrol", ticket=ticket.text(), label="NO")
    other = RootHolder.create(tmp_path / "other", DEPLOYMENT, unlock)
    body = ticket.invitation.model_copy(update={"root": other.digest})
    forged = InvitationTicket(sign(body, signer="ae.stop.example", key=Ed25519PrivateKey.generate()), ticket.token)
    with pytest.raises(PeerError, match="wrong_root"):
        await scene.web.ask("ae", "enrol", ticket=forged.text(), label="webae")
    stolen = InvitationTicket(ticket.statement, bytes(32))
    with pytest.raises(PeerError, match="enrolment_refused"):
        await scene.web.ask("ae", "enrol", ticket=stolen.text(), label="webae")
    assert await scene.web.ask("ae", "databases") == []
    await scene.web.ask("ae", "enrol", ticket=ticket.text(), label="webae")
    with pytest.raises(PeerError, match="file_exists"):
        await scene.web.ask("ae", "enrol", ticket=ticket.text(), label="webae")
    assert not await scene.web.ask("ae", "finish")


async def test_a_browser_that_lost_its_state_is_added_anew(scene: Scene) -> None:
    operation = await scene.world.operation()
    channel, python = await members(scene, operation)
    await scene.enrol("ae", "ae")
    await python.sync()
    await scene.web.ask("ae", "sync")
    await scene.web.ask("ae", "rejoin", channel=channel.hex())
    assert not (await scene.state("ae", channel))["own_leaf"]
    await python.sync()
    assert (await scene.web.ask("ae", "sync"))["joined"] == [channel.hex()]
    await scene.web.ask("ae", "post", channel=channel.hex(), text="back again")
    await python.sync()
    assert read(python, channel) == [b"back again"]


async def test_watching_shows_what_comes_and_comes_back_after_a_restart(scene: Scene) -> None:
    operation = await scene.world.operation()
    channel, python = await members(scene, operation)
    await scene.enrol("ae", "ae")
    await python.sync()
    await scene.web.ask("ae", "watch")
    await python.post(channel, "message", b"live")
    async with asyncio.timeout(30):
        await scene.web.ask("ae", "heard", text="live")
    await scene.world.server.stop()
    await scene.world.server.start()
    await python.post(channel, "message", b"after the restart")
    async with asyncio.timeout(30):
        await scene.web.ask("ae", "heard", text="after the restart")
    # A device that comes now is added by whoever is awake: of the members, only the browser is.
    late = await scene.world.device("ke")
    async with asyncio.timeout(30), aclosing(late.watch([channel])) as entries:
        async for one in entries:
            if isinstance(one, OpenedEntry) and one.body == b"after the restart":
                break
    await scene.web.ask("ae", "unwatch")


async def test_what_is_posted_without_a_server_is_sent_once_it_is_back(scene: Scene) -> None:
    operation = await scene.world.operation()
    channel, python = await members(scene, operation)
    await scene.enrol("ae", "ae")
    await python.sync()
    await scene.web.ask("ae", "sync")
    await scene.world.server.stop()
    with pytest.raises(PeerError, match="unreachable"):
        await scene.web.ask("ae", "post", channel=channel.hex(), text="kept in the browser")
    assert await scene.web.ask("ae", "unsent") == 1
    await scene.web.ask("ae", "reopen")
    assert await scene.web.ask("ae", "unsent") == 1
    await scene.world.server.start()
    # An epoch later the same content has to be sealed again.
    await python.update_leaf(channel)
    assert (await scene.web.ask("ae", "sync"))["problems"] == []
    assert await scene.web.ask("ae", "unsent") == 0
    await python.sync()
    assert read(python, channel) == [b"kept in the browser"]


async def test_the_browser_invites_approves_renews_and_revokes(scene: Scene, tmp_path: Path) -> None:
    operation = await scene.world.operation()
    channel, python = await members(scene, operation)
    await scene.enrol("ae", "ae")
    given = {"file": str(tmp_path / "ae.ca"), "passphrase": "test passphrase"}
    with pytest.raises(PeerError, match="wrong_passphrase"):
        await scene.web.ask("ae", "take_authority", **(given | {"passphrase": "another"}))
    with pytest.raises(PeerError, match="wrong_party"):
        await scene.web.ask("ae", "take_authority", **(given | {"file": str(tmp_path / "ke.ca")}))
    assert await scene.web.ask("ae", "take_authority", **given) == "ae"
    invited = await scene.web.ask("ae", "invite", office="ncp", person="second")
    begun = await scene.web.ask("second", "enrol", ticket=invited["text"], label="webtwo")
    assert await scene.web.ask("ae", "waiting", invitation=invited["id"]) == begun["fingerprint"]
    wrong = begun["fingerprint"][:-1] + ("A" if begun["fingerprint"][-1] != "A" else "B")
    with pytest.raises(PeerError, match="wrong_fingerprint"):
        await scene.web.ask("ae", "approve", invitation=invited["id"], fingerprint=wrong)
    elsewhere = await scene.world.officers["ae"].invite("ncp", "third")
    third = await scene.web.ask("third", "enrol", ticket=elsewhere.text(), label="webthree")
    with pytest.raises(PeerError, match="unknown_invitation"):
        await scene.web.ask("ae", "approve", invitation=elsewhere.id.hex(), fingerprint=third["fingerprint"])
    said = begun["fingerprint"].replace("-", " ").lower()
    assert await scene.web.ask("ae", "approve", invitation=invited["id"], fingerprint=said) == begun["uri"]
    assert await scene.web.ask("second", "finish")
    await scene.web.ask("ae", "renew", uri=begun["uri"])
    await python.sync()
    for name in ("ae", "second"):
        assert (await scene.web.ask(name, "sync"))["joined"] == [channel.hex()]
    assert await scene.web.ask("ae", "revoke", uri=begun["uri"]) == 1
    await python.sync()
    assert begun["uri"] not in {device for one in python.channels() for device in one.devices}
    with pytest.raises(PeerError):
        await scene.web.ask("second", "post", channel=channel.hex(), text="from a revoked device")
