"""Hold the web client's desk to the Python one: consignments in both directions over a real server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pratique.contents.acknowledgement import Acknowledgement
from pratique.contents.fields import instant_ms
from pratique.contents.movement import Movement
from pratique.contents.prenotification import Announcement
from pratique.contents.query import Query
from pratique.desk.desk import Desk
from pratique.desk.reminders import offices, plans
from pratique.wire.bodies import Reminder
from tests.desk.desks import Desks, announced, at, changed, desks
from tests.web.peers import PeerError
from tests.web.workers import Worker, bundle_worker, workers


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the bundled worker."""
    return bundle_worker(tmp_path_factory.mktemp("worker"))


@dataclass
class Scene:
    """An operation of Python desks, and a worker of a browser for one of the Members."""

    desks: Desks
    web: Worker

    @property
    def operation(self) -> str:
        """The operation's id, as pages know it."""
        return self.desks.operation.id.hex()

    async def row(self, reference: str) -> dict[str, Any]:
        """Give a consignment's row as the browser shows it."""
        found: dict[str, Any] = (await self.web.query("consignment", reference=reference))["row"]
        return found


@pytest.fixture
async def scene(
    tmp_path: Path, sqlite_database_url: str, script: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Scene]:
    """Give the scene; the browser is of the Member that the test names."""
    party = request.param
    async with desks(tmp_path, sqlite_database_url) as made, workers(script, made.world.url) as process:
        web = Worker(process, party)
        await web.enrol(made.world.officers[party], "browser")
        # The devices that are there let the new one in, and it reads what was said before.
        await made.sync()
        await made.coordinator.sync()
        await web.act("sync_now")
        yield Scene(made, web)


def plain(announcement: Announcement) -> dict[str, Any]:
    """Give an announcement as a page hands it in."""
    return announcement.model_dump(mode="json", exclude_none=True)


@pytest.mark.parametrize("scene", ["be"], indirect=True)
async def test_be_announces_in_a_browser_and_ke_answers_in_python(scene: Scene) -> None:
    shipment = announced(mode="REPLY", national="NAT-1")
    given = {"operation": scene.operation, "announcement": plain(shipment), "urgency": "priority"}
    checked = await scene.web.query("check", **given)
    by_python = scene.desks["be"].check(shipment)
    assert (checked["problems"], checked["findings"]) == ([], [])
    assert checked["parties"] == list(by_python.parties)
    for party, at_ in by_python.deadlines.items():
        told = checked["deadlines"][party]
        assert told["reconcile_days"] == at_.reconcile_days
        assert abs(_ms(told["acknowledge_at"]) - _ms(at_.acknowledge_at)) < 60_000
        assert abs(_ms(told["reply_at"]) - _ms(at_.reply_at)) < 60_000
    sent = await scene.web.act("announce", **given)
    reference = sent["reference"]
    assert (sent["version"], sent["parties"]) == (1, ["ae", "be", "ke"])
    assert await scene.web.act("announce", **given) == sent, "the same again is not the same"
    await scene.desks.sync()
    for party in ("be", "ae", "ke"):
        one = scene.desks[party].find(reference)
        assert (one.state, one.marks, one.transit) == ("SENT", (), ("ae",))
    assert scene.desks["be"].known.of_national["NAT-1"].reference == reference

    for party in ("ae", "ke"):
        assert _rings(scene.desks[party], reference, party) == _planned(scene.desks[party], reference, party)

    ke = scene.desks["ke"]
    await ke.report(reference, Acknowledgement, {})
    query = await ke.report(reference, Query, {"text": "Which cold store?"})
    await scene.web.until(["answers", 0, "kind"], "query", "today")
    page = await scene.web.query("consignment", reference=reference)
    can = {one["act"]: one for one in page["can"]}
    assert can["reply"]["choices"] == [query.id]
    assert "refused" in can["acknowledgement"]
    assert page["row"]["unread"]
    assert [line["type"] for line in page["timeline"] if line["kind"] == "content"] == [
        "prenotification",
        "prenotification",
        "acknowledgement",
        "query",
    ]
    await scene.web.act("opened", reference=reference)
    assert not (await scene.row(reference))["unread"]
    await scene.web.act("report", reference=reference, type="reply", said={"query": query.id, "text": "At BRU."})
    await ke.sync()
    (asked,) = next(leg.queries for leg in ke.find(reference).legs if leg.party == "ke")
    assert asked.reply == "At BRU."

    later = changed(shipment, legs__1__eta_at=at(80 + 18 + 24))
    amended = await scene.web.act("amend", reference=reference, announcement=plain(later), urgency="priority")
    assert amended["version"] == 2
    assert [(one["path"], one["material"]) for one in amended["changes"]] == [("legs[1].eta_at", True)]
    await scene.desks.sync()
    assert scene.desks["ke"].find(reference).version == 2
    await scene.web.act("report", reference=reference, type="withdrawal", said={"reason": "not sold"})
    await scene.desks.sync()
    assert {scene.desks[party].find(reference).state for party in ("be", "ae", "ke")} == {"WITHDRAWN"}


@pytest.mark.parametrize("scene", ["ae"], indirect=True)
async def test_a_browser_in_transit_sees_its_own_legs_and_moves_them(scene: Scene) -> None:
    be = scene.desks["be"]
    reference = (await be.announce(announced(("BEBRU", "AEDXB", "KENBO")))).reference
    today = await scene.web.until(["answers", 0, "kind"], "acknowledge", "today")
    assert today["answers"][0]["reference"] == reference
    page = await scene.web.query("consignment", reference=reference)
    assert (page["sees"], page["row"]["our_role"]) == ("route", "transit")
    assert [lane["parties"] for lane in page["lanes"]] == [["ae", "be", "ke"]]
    await scene.desks["ae"].sync()
    python = scene.desks["ae"].find(reference)
    assert page["form"] == python.part.form
    assert (page["view"]["way"], page["row"]["product"]) == (list(python.way), "Vaccines for humans")
    with pytest.raises(PeerError, match="not_yours"):
        await scene.web.query("announcement_of", reference=reference)
    await scene.web.act("report", reference=reference, type="acknowledgement", said={})
    await be.report(reference, Movement, {"step": "DEPARTED", "happened_at": at(0)})
    page = await scene.web.until(["row", "state"], "DEPARTED", "consignment", reference=reference)
    can = {one["act"]: one for one in page["can"]}
    assert can["movement"]["choices"] == ["TRANSIT_IN", "TRANSIT_OUT"]
    assert can["answer"]["refused"]
    assert "refused" in can["withdrawal"]
    await scene.web.act(
        "report", reference=reference, type="movement", said={"step": "TRANSIT_IN", "happened_at": at(0)}
    )
    await be.sync()
    log, _, _ = be.reading.parts(reference)["ae"]
    assert be.reading.waiting(reference, "ae", log) == (), "reminders ring for what was said in the browser"
    leg = be.find(reference).leg_of("ae")
    assert leg is not None
    assert (leg.state, list(leg.moved)) == ("TRANSIT_IN", ["TRANSIT_IN"])


def _rings(desk: Desk, reference: str, party: str) -> list[list[tuple[int, tuple[str, ...]]]]:
    """Give the reminders that stand behind a party's part, in minutes from its posting."""
    log, seq, _ = desk.reading.parts(reference)[party]
    part = next(one for one in desk.device.opened(log, seq - 1))
    posted = [one for one in desk.device.opened(log, seq) if one.post_id == part.post_id and one.type == "reminder"]
    found = []
    for one in posted:
        said = Reminder.model_validate_json(one.body)
        found.append([(round((ring.at_ms - part.at_ms) / 60_000), ring.offices) for ring in said.rings])
    return found


def _planned(desk: Desk, reference: str, party: str) -> list[list[tuple[int, tuple[str, ...]]]]:
    """Give what the Python desk would have planned."""
    log, seq, part = desk.reading.parts(reference)[party]
    at_ms = next(one for one in desk.device.opened(log, seq - 1)).at_ms
    called = offices(party, desk.room.desks.get(party), desk.operation.terms)
    return [
        [(round((ring.at_ms - at_ms) / 60_000), ring.offices) for ring in rings]
        for _, rings in plans(part, at_ms, called)
    ]


def _ms(instant: str | None) -> int:
    assert instant is not None
    return instant_ms(instant)
