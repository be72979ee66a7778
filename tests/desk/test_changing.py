"""What was announced changes: another way, another destination, taken back, gone on with, called off."""

from __future__ import annotations

from pathlib import Path

import pytest

from pratique.contents.acknowledgement import Acknowledgement
from pratique.contents.movement import Movement
from pratique.contents.prenotification import RoutePart
from pratique.contents.reconciliation import Reconciliation
from pratique.contents.reopening import Reopening
from pratique.errors import PratiqueError
from pratique.wire.entries import Urgency
from tests.desk.desks import announced, at, changed, desks


async def test_another_way_tells_the_old_transit_and_the_new_one(tmp_path: Path, sqlite_database_url: str) -> None:
    async with desks(tmp_path, sqlite_database_url, ("be", "ae", "et", "ke")) as d:
        be, ae, et, ke = d["be"], d["ae"], d["et"], d["ke"]
        sent = await be.announce(announced())
        await d.sync("ae", "ke")
        for desk in (ae, ke):
            await desk.report(sent.reference, Acknowledgement, {})
        await be.sync()
        other = announced(("BEBRU", "ETADD", "KENBO"))
        amended = await be.amend(sent.reference, other)
        assert [lane.parties for lane in amended.lanes] == [("be", "ke"), ("be", "et", "ke")]
        assert any(change.path == "legs[0].to_place" and change.material for change in amended.changes)
        await d.sync("ae", "et", "ke")
        assert [desk.find(sent.reference).state for desk in (be, ae, et, ke)] == ["SENT", "WITHDRAWN", "SENT", "SENT"]
        for desk in (be, ke):
            legs = desk.find(sent.reference).legs
            assert [(leg.party, leg.state) for leg in legs] == [("et", "PENDING"), ("ke", "PENDING")]
            assert desk.find(sent.reference).marks == ()
        # A word that changes nothing that weighs resets nobody.
        await ke.report(sent.reference, Acknowledgement, {})
        await be.sync()
        noted = await be.amend(sent.reference, changed(other, note="Please be quick."))
        assert [(change.path, change.material) for change in noted.changes] == [("note", False)]
        await ke.sync()
        assert be.find(sent.reference).leg_of("ke").state == "ACKNOWLEDGED"  # type: ignore[union-attr]
        assert ke.find(sent.reference).legs[-1].state == "ACKNOWLEDGED"
        assert noted.deadlines == amended.deadlines
        with pytest.raises(PratiqueError) as refused:
            await ke.amend(sent.reference, other)
        assert refused.value.code == "not_the_sender"
        with pytest.raises(PratiqueError) as refused:
            await be.amend(sent.reference, announced(("BEBRU", "AEDXB")))
        assert refused.value.code == "destination_changed"
        await be.withdraw(sent.reference, "The order is cancelled.")
        await d.sync("et", "ke")
        assert [desk.find(sent.reference).state for desk in (be, et, ke)] == ["WITHDRAWN"] * 3
        with pytest.raises(PratiqueError) as refused:
            await ke.report(sent.reference, Acknowledgement, {})
        assert refused.value.code == "withdrawn"


async def test_what_was_urgent_stays_so_until_somebody_says_otherwise(tmp_path: Path, sqlite_database_url: str) -> None:
    async with desks(tmp_path, sqlite_database_url, ("be", "ae", "ke")) as d:
        be, ae = d["be"], d["ae"]

        async def heard(reference: str) -> list[Urgency]:
            await ae.sync()
            return [one.urgency for one in ae.board.said[reference] if isinstance(one.content, RoutePart)]

        why = announced().model_copy(update={"urgency_reason": "The seal is broken."})
        sent = await be.announce(why)
        later = changed(why, note="Please be quick.")
        await be.amend(sent.reference, later)
        assert await heard(sent.reference) == [Urgency.URGENT] * 2
        # Who takes the reason back says that it is urgent no more.
        calm = later.model_copy(update={"urgency_reason": None})
        await be.amend(sent.reference, calm)
        await be.amend(sent.reference, calm, urgency=Urgency.ROUTINE)
        assert (await be.amend(sent.reference, calm)).repeated
        await be.amend(sent.reference, changed(calm, note="There is time."))
        assert (await heard(sent.reference))[2:] == [Urgency.PRIORITY, Urgency.ROUTINE, Urgency.ROUTINE]
        with pytest.raises(PratiqueError) as refused:
            await be.amend(sent.reference, calm, urgency=Urgency.URGENT)
        assert refused.value.code == "bad_form"
        await be.report(sent.reference, Movement, {"step": "DEPARTED", "happened_at": at(0)})
        new = await be.reroute(sent.reference, changed(calm, legs__0__flight="EK9"), "Another flight.")
        assert await heard(new.reference) == [Urgency.ROUTINE]


async def test_goods_that_go_elsewhere_are_replaced_and_linked(tmp_path: Path, sqlite_database_url: str) -> None:
    async with desks(tmp_path, sqlite_database_url, ("be", "ae", "et", "ke")) as d:
        be = d["be"]
        old = await be.announce(announced(national="BE-7"))
        there = announced(("BEBRU", "AEDXB", "ETADD"), national="BE-7")
        with pytest.raises(PratiqueError) as refused:
            await be.reroute(old.reference, there, "Nairobi is closed.")
        assert refused.value.code == "out_of_turn"
        assert len(be.board.consignments) == 1
        await be.report(old.reference, Movement, {"step": "DEPARTED", "happened_at": at(0)})
        new = await be.reroute(old.reference, there, "Nairobi is closed.")
        assert new.reference != old.reference
        assert (await be.reroute(old.reference, there, "Nairobi is closed.")).repeated
        await d.sync()
        for party in ("be", "ae", "ke"):
            one = d[party].find(old.reference)
            assert (one.state, one.replaced_by, one.marks) == ("REPLACED", new.reference, ())
        assert d["et"].find(new.reference).relates_to == (old.reference,)
        assert new.reference not in d["ke"].board.consignments
        # The national system goes on with its own number.
        later = await be.announce(changed(there, legs__0__flight="EK9"))
        assert (later.reference, later.version) == (new.reference, 2)


async def test_a_transit_member_goes_on_by_itself(tmp_path: Path, sqlite_database_url: str) -> None:
    async with desks(tmp_path, sqlite_database_url) as d:
        be, ae, ke = d["be"], d["ae"], d["ke"]
        sent = await be.announce(announced())
        await ae.sync()
        onward = announced(("AEDXB", "KENBO"), kind="onward", relates_to=(sent.reference,))
        on = await ae.announce(onward)
        assert on.reference.startswith("PN-STOP-III-AE-")
        await d.sync("be", "ke")
        assert on.reference not in be.board.consignments
        assert ke.find(on.reference).relates_to == (sent.reference,)
        # It is told where the way changed: its own lane, and the destination's new number.
        await be.report(sent.reference, Movement, {"step": "DEPARTED", "happened_at": at(0)})
        await ae.sync()
        new = await ae.reroute(sent.reference, changed(onward, legs__0__flight="EK5"), "Another aircraft.")
        await d.sync("be", "ke")
        assert [desk.find(sent.reference).replaced_by for desk in (be, ae, ke)] == [new.reference] * 3


async def test_a_series_is_called_off(tmp_path: Path, sqlite_database_url: str) -> None:
    async with desks(tmp_path, sqlite_database_url) as d:
        be, ke = d["be"], d["ke"]
        series = announced(kind="series")
        form = series.form
        form["legs"] = [{name: leg[name] for name in ("mode", "from_place", "to_place")} for leg in form["legs"]]
        del form["goods"][0]["lots"], form["packages"]["sscc"], form["temperature"]["loggers"]
        form["series"] = {"from": at(0)[:10], "until": at(24 * 150)[:10], "shipments": 6}
        checked = be.check(series)
        assert ([str(one) for one in checked.problems], checked.findings) == ([], ())
        header = await be.announce(series)
        called = be.call_off(header.reference)
        assert (called.kind, called.relates_to, "series" in called.form) == ("call_off", (header.reference,), False)
        full = announced()
        off = await be.announce(changed(called, legs=full.form["legs"], goods=full.form["goods"]))
        await ke.sync()
        assert ke.find(header.reference).kind == "series"
        assert ke.find(off.reference).relates_to == (header.reference,)
        assert be.last().form == be.announcement_of(off.reference).form


async def test_the_coordinating_unit_agrees_to_a_reopening(tmp_path: Path, sqlite_database_url: str) -> None:
    async with desks(tmp_path, sqlite_database_url, ("be", "ke"), companions=("ocu",)) as d:
        be, ke, ocu = d["be"], d["ke"], d.coordinator
        sent = await be.announce(announced(("BEBRU", "KENBO")))
        assert sent.lanes[0].parties == ("be", "ke", "ocu")
        await be.report(sent.reference, Movement, {"step": "DEPARTED", "happened_at": at(0)})
        await ke.sync()
        await ke.report(sent.reference, Reconciliation, {"outcome": "NOT_ARRIVED", "counted_at": at(0)})
        await ocu.sync()
        with pytest.raises(PratiqueError) as refused:
            await ocu.report(sent.reference, Reopening, {"reason": "nobody asked for it"})
        assert refused.value.code == "not_your_leg"
        await be.sync()
        await be.report(sent.reference, Reopening, {"reason": "It was found."})
        await d.sync()
        assert ke.find(sent.reference).state == "CLOSED"
        await ocu.sync()
        await ocu.report(sent.reference, Reopening, {"reason": "Agreed."})
        await d.sync()
        assert be.find(sent.reference).state == ke.find(sent.reference).state == "DEPARTED"
        with pytest.raises(PratiqueError) as stranger:
            await ocu.report(sent.reference, Acknowledgement, {})
        assert stranger.value.code == "not_yours"
