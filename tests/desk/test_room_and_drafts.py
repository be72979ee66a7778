"""What the operation tells its desks, and what a Member's own rules keep back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pratique.contents.adaptation import Adaptation
from pratique.contents.desk import DeskHours
from pratique.contents.fields import instant_ms
from pratique.contents.movement import Movement
from pratique.contents.policy import Policy
from pratique.desk.desk import Desk
from pratique.desk.room import open_room
from pratique.errors import PratiqueError
from pratique.wire.bodies import Participant
from tests.desk.desks import HOUR_MS, announced, at, changed, desks
from tests.world import now_ms


async def test_the_coordinator_adapts_and_each_desk_tells_its_hours(tmp_path: Path, sqlite_database_url: str) -> None:
    async with desks(tmp_path, sqlite_database_url) as d:
        be, ke, ocu = d["be"], d["ke"], d.coordinator
        assert await open_room(ocu.device, d.operation) == ocu.reading.rooms[0]
        adapted = Adaptation.check(
            {"hide": ["documents"], "require": ["importer"], "deadlines": {"air": {"acknowledge": 2}}}
        )
        with pytest.raises(PratiqueError) as refused:
            await be.adapt(adapted)
        assert refused.value.code == "not_coordinator"
        # A Member that posts one all the same is not heard.
        await be.device.post(be.reading.rooms[0], Adaptation.TYPE, Adaptation(require=("note",)).write())
        await ocu.adapt(adapted)
        await ke.set_desk(DeskHours(duty_phone="+254202345678", second_office="ke/duty", head_office="be/ncp"))
        await d.sync()
        assert be.room.adaptation == ke.room.adaptation == adapted
        paths = {field.path for field in be.template.fields()}
        assert "documents[].kind" not in paths
        with pytest.raises(PratiqueError) as missing:
            await be.announce(changed(announced(), importer=None))
        assert "importer" in missing.value.detail
        shipment = announced()
        del shipment.form["documents"]
        sent = await be.announce(shipment)
        due = instant_ms(sent.deadlines["ke"].acknowledge_at)
        assert abs(due - now_ms() - 2 * HOUR_MS) < 60_000
        await ke.sync()
        assert ke.find(sent.reference).part.contacts == {"ke": "+254202345678"}


async def test_four_eyes_see_everything_that_is_sent(tmp_path: Path, sqlite_database_url: str) -> None:
    async with desks(tmp_path, sqlite_database_url) as d:
        be = d["be"]
        await be.set_policy(Policy(four_eyes=True, receipts=False))
        shipment = announced(national="BE-1")
        with pytest.raises(PratiqueError) as refused:
            await be.announce(shipment)
        assert refused.value.code == "needs_release"
        (refused_too,) = await be.announce_many([shipment])
        assert isinstance(refused_too, PratiqueError)
        assert be.drafts.by_id == {}
        draft = await be.save_draft(shipment)
        with pytest.raises(PratiqueError) as early:
            await be.release(draft)
        assert early.value.code == "not_released"
        await be.submit(draft)
        with pytest.raises(PratiqueError) as alone:
            await be.release(draft)
        assert alone.value.code == "not_released"
        second = await d.second("be")
        await second.give_back(draft, "The flight is another one.")
        await be.sync()
        assert be.drafts.by_id[draft].comment == "The flight is another one."
        await be.save_draft(changed(shipment, legs__0__flight="EK1"), draft)
        await be.submit(draft)
        await second.sync()
        sent = await second.release(draft)
        assert (await second.release(draft)).repeated
        await d.sync("be", "ke")
        assert be.drafts.by_id[draft].state == "SENT"
        assert d["ke"].find(sent.reference).shipment.legs[0].flight == "EK1"
        # A change is seen by four eyes too.
        with pytest.raises(PratiqueError) as later:
            await be.announce(changed(shipment, legs__0__flight="EK2"))
        assert later.value.code == "needs_release"
        with pytest.raises(PratiqueError) as amended:
            await be.amend(sent.reference, changed(shipment, legs__0__flight="EK2"))
        assert amended.value.code == "needs_release"
        assert (await be.amend(sent.reference, changed(shipment, legs__0__flight="EK1"))).repeated
        # So a change is a draft again: of the same pre-notification, for its national reference is one.
        assert await be.save_draft(changed(shipment, legs__0__flight="EK2")) == draft
        await be.submit(draft)
        await second.sync()
        amended_by_two = await second.release(draft)
        assert (amended_by_two.reference, amended_by_two.version) == (sent.reference, 2)
        # Another way names what it replaces, and why; whoever releases it has read both, and the old one is replaced.
        await be.sync()
        await be.report(
            sent.reference, Movement, {"step": "DEPARTED", "happened_at": at(-1), "transport_document": "AWB"}
        )
        why = "Brussels is closed."
        with pytest.raises(PratiqueError) as rerouted:
            await be.reroute(sent.reference, announced(("BELGG", "KENBO")), why)
        assert rerouted.value.code == "needs_release"
        told: dict[str, Any] = {"relates_to": [sent.reference], "overrides": [{"field": "relates_to", "reason": why}]}
        way = await be.save_draft(announced(("BELGG", "KENBO"), **told))
        await be.submit(way)
        await second.sync()
        new = await second.release(way)
        assert (await second.release(way)).repeated
        await d.sync("be", "ke")
        old = d["ke"].find(sent.reference)
        assert (old.state, old.replaced_by) == ("REPLACED", new.reference)
        # Receipts are this Member's own to give.
        there = await d["ke"].announce(announced(("KENBO", "BEBRU")))
        await be.sync()
        await be.opened(there.reference)
        assert be.find(there.reference).legs[0].state == "PENDING"


async def test_who_joins_later_is_reached_after_a_sync(tmp_path: Path, sqlite_database_url: str) -> None:
    async with desks(tmp_path, sqlite_database_url, ("be", "ke"), strangers=("ae",)) as d:
        be, ocu = d["be"], d.coordinator
        assert be.check(announced()).unreachable == ("ae",)
        terms = ocu.operation.terms
        joined = Participant(party="ae", roles=("transit",))
        terms = terms.model_copy(update={"number": 2, "participants": (*terms.participants, joined)})
        operation = await ocu.device.amend_operation(d.operation.id, terms)
        await open_room(ocu.device, operation)
        await be.sync()
        sent = await be.announce(announced())
        ae = await Desk.open(await d.world.device("ae"), operation)
        await be.sync()
        await ae.sync()
        assert ae.find(sent.reference).transit == ("ae",)
        assert ae.reading.rooms == be.reading.rooms
