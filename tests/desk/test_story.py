"""A consignment's whole way through real desks: announced, amended, asked about, held, moved, counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from pratique.contents.acknowledgement import Acknowledgement
from pratique.contents.answer import Answer
from pratique.contents.content import ContentRefused
from pratique.contents.hold import Hold
from pratique.contents.movement import Movement
from pratique.contents.query import Query
from pratique.contents.reconciliation import Reconciliation
from pratique.contents.reply import Reply
from pratique.wire.entries import Urgency
from tests.desk.desks import announced, at, changed, desks


async def test_be_tells_ae_and_ke_and_ke_closes_the_loop(tmp_path: Path, database_url: str) -> None:
    async with desks(tmp_path, database_url) as d:
        be, ae, ke = d["be"], d["ae"], d["ke"]
        shipment = announced(mode="REPLY")
        checked = be.check(shipment)
        assert (checked.problems, checked.findings, checked.parties) == ((), (), ("be", "ae", "ke"))
        assert checked.deadlines.keys() == {"ae", "ke"}
        sent = await be.announce(shipment)
        assert [(lane.part, lane.parties) for lane in sent.lanes] == [
            ("goods", ("be", "ke")),
            ("route", ("ae", "be", "ke")),
        ]
        reference = sent.reference
        await d.sync("ae", "ke")
        assert [desk.find(reference).state for desk in (be, ae, ke)] == ["SENT"] * 3

        # Read and acknowledged; transit sees that, not what was answered.
        await ke.opened(reference)
        await ke.opened(reference)
        await ke.report(reference, Acknowledgement, {})
        await ae.report(reference, Acknowledgement, {})
        query = await ke.report(reference, Query, {"text": "Which cold store?"})
        await d.sync("be", "ae")
        assert [leg.state for leg in be.find(reference).legs] == ["ACKNOWLEDGED", "QUERY"]
        await be.report(reference, Reply, {"query": query.id, "text": "The national one."})
        await ke.sync()
        await ke.report(reference, Answer, {"answer": "NO_OBJECTION"})
        await d.sync("be", "ae")
        assert _leg(ae, reference, "ke") == "ANSWERED"
        assert _leg(be, reference, "ke") == "NO_OBJECTION"

        # A later arrival of a day takes the answers back.
        later = changed(shipment, legs__1__eta_at=at(80 + 18 + 24))
        amended = await be.amend(reference, later)
        assert amended.version == 2
        assert [(change.path, change.material) for change in amended.changes] == [("legs[1].eta_at", True)]
        await d.sync("ae", "ke")
        assert _leg(be, reference, "ke") == _leg(ke, reference, "ke") == "PENDING"
        assert ke.find(reference).versions[-1].changes == amended.changes
        assert (await be.amend(reference, later)).repeated

        # Held, and lifted in agreement.
        await ae.report(reference, Hold, {"step": "REQUEST", "reason_code": "security", "text": "Seal broken"})
        await be.sync()
        await be.report(reference, Hold, {"step": "CONFIRM"})
        await d.sync("ae", "ke")
        assert [desk.find(reference).state for desk in (be, ae, ke)] == ["ON_HOLD"] * 3
        await ae.report(reference, Hold, {"step": "LIFT"})
        await d.sync("be", "ke")
        assert [desk.find(reference).state for desk in (be, ae, ke)] == ["SENT"] * 3

        await be.report(reference, Movement, {"step": "DEPARTED", "happened_at": at(0)})
        await d.sync("ae")
        await ae.report(reference, Movement, {"step": "TRANSIT_IN", "happened_at": at(0)})
        await ae.report(reference, Movement, {"step": "TRANSIT_OUT", "happened_at": at(0)})
        await d.sync("ke")
        await ke.report(reference, Movement, {"step": "ARRIVED", "happened_at": at(0)})
        lots = [{"batch": "SBX4471", "doses": 70200}, {"batch": "SBX4472", "doses": 70000, "damaged_doses": 200}]
        counted = {"outcome": "DISCREPANCY", "counted_at": at(0), "lots": lots}
        torn = {**counted, "lots": [{**lots[0], "vials": 1}, *lots[1:]]}
        with pytest.raises(ContentRefused) as refused:
            await ke.report(reference, Reconciliation, torn)
        assert [(one.path, one.code) for one in refused.value.problems] == [("lots[0].doses", "rule")]
        closed = await ke.report(reference, Reconciliation, counted)
        await d.sync("be", "ae")
        for desk in (be, ae, ke):
            one = desk.find(reference)
            assert (one.state, one.outcome) == ("CLOSED", "DISCREPANCY")
            assert one.marks == ()
        assert ae.find(reference).reconciliation is None
        alarms = [
            entry.urgency for lane in closed.lanes for entry in be.device.opened(lane.channel) if entry.seq == lane.seq
        ]
        assert alarms == [Urgency.URGENT] * 2


def _leg(desk: object, reference: str, party: str) -> str:
    leg = desk.find(reference).leg_of(party)  # type: ignore[attr-defined]
    return str(leg.state)
