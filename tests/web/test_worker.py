"""Hold the web client's worker to what its pages count on: offline, drafts, channels, members, words found again."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from pratique.contents.message import Message
from pratique.contents.movement import Movement
from pratique.contents.policy import Policy
from pratique.desk.dispatching import digest_of
from pratique.wire.entries import Urgency
from tests.desk.desks import announced, at, changed, desks
from tests.web.peers import PeerError
from tests.web.test_desk import Scene, plain
from tests.web.workers import Worker, bundle_worker, workers

JPEG = bytes.fromhex("ffd8ffe000064a464946ffe10016457869660000" + b"GPS 50.85 4.35".hex() + "ffda0004010112ffd9")


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the bundled worker."""
    return bundle_worker(tmp_path_factory.mktemp("worker"))


@pytest.fixture
async def scene(tmp_path: Path, sqlite_database_url: str, script: Path) -> AsyncIterator[Scene]:
    """Give Python desks of two Members, and a browser of the first."""
    async with desks(tmp_path, sqlite_database_url, ("be", "ke")) as made, workers(script, made.world.url) as process:
        web = Worker(process, "be")
        await web.enrol(made.world.officers["be"], "browser")
        await made.sync()
        await made.coordinator.sync()
        await web.act("sync_now")
        yield Scene(made, web)


async def test_what_is_asked_offline_goes_out_when_the_server_is_back(scene: Scene) -> None:
    web, server = scene.web, scene.desks.world.server
    await server.stop()
    await web.until(["connection"], "offline", "sync")
    given = {"operation": scene.operation, "announcement": plain(announced(("BEBRU", "KENBO"))), "urgency": "routine"}
    with pytest.raises(PeerError, match="kept"):
        await web.act("announce", **given)
    assert (await web.query("sync"))["unsent"] >= 1
    # What is known here is read as before.
    assert (await web.query("operations"))[0]["code"] == "STOP-III"
    assert await web.query("consignments") == []
    await server.start()
    await web.until(["unsent"], 0, "sync")
    (row,) = await web.query("consignments")
    await scene.desks.sync()
    assert [one.reference for one in scene.desks["ke"].board.ordered()] == [row["reference"]]


@pytest.mark.full
async def test_what_was_asked_offline_overwrites_nothing_that_a_colleague_sent_since(scene: Scene) -> None:
    web, be = scene.web, scene.desks["be"]
    said = announced(("BEBRU", "KENBO"), national="N-9")

    def given(flight: str, national: str = "N-9") -> dict[str, Any]:
        told = changed(said.model_copy(update={"national_reference": national}), legs__0__flight=flight)
        return {"operation": scene.operation, "announcement": plain(told), "urgency": "routine"}

    sent = await web.act("announce", **given("EK10"))
    await be.sync()
    await web.network(False)
    await web.until(["connection"], "offline", "sync")
    for flight, national in (("EK11", "N-9"), ("EK12", "N-10"), ("EK13", "N-11")):
        with pytest.raises(PeerError, match="kept"):
            await web.act("announce", **given(flight, national))
    with pytest.raises(PeerError, match="kept"):
        await web.act("report", reference=sent["reference"], type="withdrawal", said={"reason": "a mistake"})
    kept = await web.query("kept")
    assert [(one["act"], one.get("national_reference"), one["asks"]) for one in kept] == [
        ("announce", "N-9", False),
        ("announce", "N-10", False),
        ("announce", "N-11", False),
        ("withdrawal", None, False),
    ]
    assert kept[3]["reference"] == sent["reference"]
    # Nothing of it is sealed yet: what is discarded is not said at all.
    assert (await web.query("sync"))["unsent"] == 4
    for one in kept[2:]:
        await web.act("discard_kept", id=one["id"])
    # Meanwhile a colleague amends the one and announces the other.
    newer = changed(said, legs__0__flight="EK20")
    assert (await be.amend(sent["reference"], newer)).version == 2
    other = await be.announce(newer.model_copy(update={"national_reference": "N-10"}))
    await web.network(True)
    await web.until(["unsent"], 0, "sync")
    problems = (await web.query("sync"))["problems"]
    assert [one for one in problems if "a colleague sent a newer version" in one]
    await be.sync()
    assert len(be.board.consignments) == 2
    assert {one.state for one in be.board.consignments.values()} == {"SENT"}
    for reference, version in ((sent["reference"], 2), (other.reference, 1)):
        shown = await web.query("consignment", reference=reference)
        assert (shown["row"]["version"], shown["form"]["legs"][0]["flight"]) == (version, "EK20")
        assert be.board.consignments[reference].version == version


async def test_one_writes_and_another_releases(scene: Scene) -> None:
    web, be = scene.web, scene.desks["be"]
    await be.set_policy(Policy(four_eyes=True))
    given = {"operation": scene.operation, "announcement": plain(announced(("BEBRU", "KENBO"), national="N-7"))}
    await web.act("sync_now")
    with pytest.raises(PeerError, match="needs_release"):
        await web.act("announce", urgency="routine", **given)
    (draft,) = [await web.act("save_draft", **given)]
    named = {"id": draft["id"], "operation": scene.operation}
    await web.act("submit_draft", **named)
    (row,) = await web.query("drafts")
    assert (row["id"], row["state"], row["title"], row["mine"]) == (draft["id"], "PENDING_RELEASE", "N-7", True)
    with pytest.raises(PeerError, match="not_released"):
        await web.act("release_draft", urgency="routine", **named)
    await be.sync()
    sent = await be.release(draft["id"])
    await web.until([0, "reference"], sent.reference, "consignments")
    await web.until(["length"], 0, "drafts")
    # The other way: a colleague writes, the browser is told and releases.
    later = await be.save_draft(announced(("BEBRU", "KENBO"), national="N-8"))
    await be.submit(later)
    today = await web.until(["answers", 0, "draft"], later, "today")
    assert today["answers"][0]["text"] == "N-8 · officer"
    released = await web.act("release_draft", id=later, operation=scene.operation, urgency="routine")
    assert (await web.query("today"))["answers"] == []
    assert released["reference"] != sent.reference
    # A change is seen by four eyes too: it is the next text of the draft that was sent.
    changes = given | {"announcement": plain(announced(("BEBRU", "KENBO"), national="N-7", departs_h=99))}
    assert (await web.act("save_draft", reference=sent.reference, **changes))["id"] == draft["id"]
    await web.act("submit_draft", **named)
    (row,) = await web.query("drafts")
    assert (row["reference"], row["state"]) == (sent.reference, "PENDING_RELEASE")
    await be.sync()
    assert (await be.release(draft["id"])).version == 2
    # And another way: its draft says from what it goes on, and why; whoever releases it replaces the old one.
    await be.report(sent.reference, Movement, {"step": "DEPARTED", "happened_at": at(-1), "transport_document": "1"})
    told: dict[str, Any] = {
        "relates_to": [sent.reference],
        "overrides": [{"field": "relates_to", "reason": "Dubai is closed."}],
    }
    way = await be.save_draft(announced(("BELGG", "KENBO"), **told))
    await be.submit(way)
    await web.until(["answers", 0, "draft"], way, "today")
    new = await web.act("release_draft", id=way, operation=scene.operation, urgency="priority")
    await be.sync()
    old = be.board.consignments[sent.reference]
    assert (old.state, old.replaced_by) == ("REPLACED", new["reference"])


async def test_a_form_that_was_sent_is_not_offered_again(scene: Scene) -> None:
    web, announcement = scene.web, announced(("BEBRU", "KENBO"))
    given = {"operation": scene.operation, "announcement": plain(announcement), "urgency": "routine"}
    typed = {"form": {"note": "as it was typed"}, "saved_ms": 1}
    await web.act("save_local_draft", key="new", value=typed)
    await web.act("announce", kept="new", **given)
    assert await web.act("local_draft", key="new") is None
    # The browser was killed after the server had it, and before the form was put away.
    await web.act("save_local_draft", key="new", value=typed | {"sending": digest_of(announcement)})
    assert await web.act("local_draft", key="new") is None
    # Killed before the server had it: the form is there.
    other = typed | {"sending": digest_of(announced(("BEBRU", "KENBO"), departs_h=99))}
    await web.act("save_local_draft", key="new", value=other)
    assert await web.act("local_draft", key="new") == other


async def test_a_channel_shows_messages_mentions_photos_and_who_reads(scene: Scene) -> None:
    web, ke = scene.web, scene.desks["ke"].device
    made = {"operation": scene.operation, "title": "Seals at BRU", "offices": ["ke/ncp"]}
    channel = (await web.act("create_channel", history="full", retention_s=0, **made))["id"]
    log = bytes.fromhex(channel)
    photo = {"name": "seal.jpg", "type": "image/jpeg", "width": 4, "height": 3, "keep_metadata": False}
    await web.act(
        "post_message",
        channel=channel,
        text="Broken seal BE-778812",
        mentions=["ke"],
        photos=[{**photo, "bytes": {"base64": base64.b64encode(JPEG).decode()}}],
        urgency="priority",
    )
    await ke.sync()
    (said,) = [Message.read(one.body) for one in ke.opened(log) if one.type == "message"]
    assert said.mentions == ("ke",)
    assert said.photos is not None
    seen = await ke.get_file(log, said.photos[0])
    assert (b"GPS" in JPEG, b"GPS" in seen, seen[:2]) == (True, False, b"\xff\xd8")
    place = next(one.seq for one in ke.opened(log) if one.type == "message")
    reply = {"text": "Seen, thank you", "follows": {"log": channel, "seq": place}, "mentions": ["be"]}
    await ke.post(log, "message", Message.check(reply).write(), Urgency.URGENT)
    await web.until(["unread", 0, "mentions"], 1, "today")
    today = await web.query("today")
    assert [(one["kind"], one["text"]) for one in today["urgent"]] == [("channel", "Seen, thank you")]
    page = await web.query("channel", id=channel)
    (row,) = [one for one in await web.query("channels") if one["id"] == channel]
    assert (row["title"], row["unread"], row["mentions"], row["last_text"]) == ("Seals at BRU", 1, 1, "Seen, thank you")
    assert (row["history"], row["parties"], page["may_seat"]) == ("full", ["be", "ke"], True)
    messages = [line for line in page["lines"] if line["type"] == "message"]
    assert [line["mine"] for line in messages] == [True, False]
    assert messages[1]["content"]["follows"] == reply["follows"]
    assert page["first_unread_seq"] == messages[1]["seq"]
    assert {"kind": "members"}.items() <= page["lines"][0].items()
    (shown,) = messages[0]["content"]["photos"]
    assert "key" not in shown
    opened = await web.query("photo", channel=channel, seq=messages[0]["seq"], id=shown["id"])
    assert (opened["type"], base64.b64decode(opened["bytes"]["base64"])) == ("image/jpeg", seen)
    await web.act("mark_read", channel=channel, seq=messages[1]["seq"])
    await ke.post(log, "read_mark", b'{"since":1,"upto":%d}' % place)
    await web.until(["readers", 0, "read"], [[1, messages[1]["seq"]]], "channel", id=channel)
    page = await web.until(["readers", 1, "read"], [[1, place]], "channel", id=channel)
    assert not (await web.query("today"))["unread"] and "read_mark" not in {line["type"] for line in page["lines"]}
    await ke.sync()
    await web.until(["readers", 1, "delivered"], True, "channel", id=channel)
    # Words of messages, of channels and of consignments are found again on this device alone.
    await web.act(
        "announce", operation=scene.operation, announcement=plain(announced(("BEBRU", "KENBO"))), urgency="routine"
    )
    assert [(one["kind"], one["id"]) for one in await web.query("search", text="broken sea")][:1] == [
        ("message", f"{channel}/{messages[0]['seq']}")
    ]
    assert {one["kind"] for one in await web.query("search", text="seals")} == {"channel", "message"}
    assert {one["kind"] for one in await web.query("search", text="SBX4471")} == {"consignment"}
    assert len(await web.query("consignments", text="SBX4471")) == 1
    assert await web.query("consignments", text="nothing like it") == []
    # Its operation is closed: asked anew, the browser knows and writes nothing more.
    terms = scene.desks.coordinator.operation.terms
    closed = terms.model_copy(update={"phase": "closed", "number": terms.number + 1})
    await scene.desks.coordinator.device.amend_operation(bytes.fromhex(scene.operation), closed)
    await web.act("sync_now")
    assert [one["phase"] for one in await web.query("operations")] == ["closed"]
    with pytest.raises(PeerError, match="operation_closed"):
        await web.act("post_message", channel=channel, text="too late", urgency="routine")


async def test_an_officer_invites_approves_and_revokes_in_the_browser(scene: Scene, tmp_path: Path) -> None:
    web = scene.web
    files = {
        name: {"base64": base64.b64encode((tmp_path / file).read_bytes()).decode()}
        for name, file in (("file", "be.ca"), ("key_file", "be.ca.key"))
    }
    with pytest.raises(PeerError, match="no_authority"):
        await web.act("invite", office="ncp", person="ana", valid_s=3600)
    assert await web.act("import_authority", passphrase="test passphrase", **files) == {"party": "be"}
    invited = await web.act("invite", office="ncp", person="ana", valid_s=3600)
    second = Worker(web.peer, "second")
    unlock = {"by": "passkey", "credential": "second", "salt": "c2FsdA", "prf": [9] * 32}
    begun = await second.act("enrol", ticket=invited["ticket"], device="phone", unlock=unlock)
    # The one who may approve is told; and after an unlock knows it already, so that it is told once.
    await web.act("sync_now")
    told = await web.until(["urgent", 0, "kind"], "approve", "today")
    await web.act("lock")
    await web.act("unlock", by="passkey", credential="be", prf=[7] * 32)
    assert [one["id"] for one in (await web.query("today"))["urgent"]] == [one["id"] for one in told["urgent"]]
    await web.until(["caught_up"], True, "sync")
    (waiting,) = [one for one in await web.query("waiting") if one["invitation"] == invited["invitation"]]
    assert (waiting["state"], waiting["person"], waiting["fingerprint"]) == ("waiting", "ana", begun["fingerprint"])
    with pytest.raises(PeerError, match="wrong_fingerprint"):
        await web.act("approve", invitation=invited["invitation"], fingerprint="AAAA-AAAA")
    await web.act("approve", invitation=invited["invitation"], fingerprint=begun["fingerprint"])
    assert await second.act("finish_enrolment")
    rows = {one["uri"]: one for one in await web.query("devices")}
    assert (rows[begun["uri"]]["state"], rows[begun["uri"]]["this_one"]) == ("active", False)
    await web.act("rename_device", device=begun["uri"], label="Ana's phone")
    await web.act("revoke", device=begun["uri"], reason="lost")
    rows = {one["uri"]: one for one in await web.query("devices")}
    assert (rows[begun["uri"]]["state"], rows[begun["uri"]]["label"]) == ("revoked", "Ana's phone")
    parties = {one["party"]: one for one in await web.query("parties")}
    assert (parties["ocu"]["kind"], parties["be"]["offices"]) == ("ocu", ["be/ncp"])


async def test_a_locked_browser_tells_nothing_and_forgets_nothing(scene: Scene) -> None:
    web = scene.web
    await web.act("save_local_draft", key="new", value={"form": {"legs": []}})
    await web.act("set_preferences", theme="dark", language="ar")
    await web.act("lock")
    session = await web.query("session")
    assert session["state"] == "locked"
    assert {"uri", "party", "person"}.isdisjoint(session), "a locked browser tells whose it is"
    for name in ("today", "consignments", "operations", "preferences"):
        with pytest.raises(PeerError, match="store_locked"):
            await web.query(name)
    wrong: dict[str, Any] = {"by": "passkey", "credential": "be", "prf": [8] * 32}
    with pytest.raises(PeerError, match="wrong_passkey"):
        await web.act("unlock", **wrong)
    await web.act("unlock", **(wrong | {"prf": [7] * 32}))
    assert await web.act("local_draft", key="new") == {"form": {"legs": []}}
    preferences = await web.query("preferences")
    assert (preferences["theme"], preferences["language"]) == ("dark", "ar")
    form = await web.query("template", operation=scene.operation, language="ar")
    assert (form["template"], form["language"]) == ("prenotification/1", "ar")
    assert any(one["code"] == "BEBRU" for one in await web.query("codes", list="unlocode", text="brux", language="en"))
    assert await web.query("scan", text="010541394611223317270331109SBX4471") is not None
    assert all(check["good"] for check in await web.query("doctor"))
    await web.act("logout", revoke=False)
    assert (await web.query("session"))["state"] == "none"
