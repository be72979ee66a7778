"""What transit Members can read: exactly their own row, proved by opening everything that their devices can open."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pratique.contents.acknowledgement import Acknowledgement
from pratique.contents.answer import Answer
from pratique.contents.desk import DeskHours
from pratique.contents.movement import Movement
from pratique.contents.prenotification import Override
from pratique.contents.query import Query
from pratique.contents.reconciliation import Reconciliation
from pratique.contents.reply import Reply
from pratique.desk.desk import Desk
from tests.desk.desks import announced, at, changed, desks

WAY = ("BEBRU", "AEDXB", "ETADD", "KENBO")


async def test_a_transit_device_opens_its_own_leg_and_nothing_more(tmp_path: Path, sqlite_database_url: str) -> None:
    async with desks(tmp_path, sqlite_database_url, ("be", "ae", "et", "ke")) as d:
        be, ke = d["be"], d["ke"]
        await be.set_desk(DeskHours(duty_phone="+3222222222"))
        await d["ae"].set_desk(DeskHours(duty_phone="+97144444444"))
        await be.sync()
        shipment = changed(
            announced(WAY, mode="REPLY"),
            **{f"legs__{n}__flight": f"EK{n}77" for n in range(3)},
            **{f"legs__{n}__seals": [f"SEAL-OF-LEG-{n}"] for n in range(3)},
            legs__1__awb="176-12345676",
        )
        reasons = (
            Override(field="legs[1].awb", reason="as printed on the paper"),
            Override(field="goods[0].gtin", reason="as printed on the box"),
        )
        shipment = shipment.model_copy(update={"overrides": reasons})
        sent = await be.announce(shipment)
        reference = sent.reference
        for desk in (d["ae"], d["et"], ke):
            await desk.sync()
        await ke.report(reference, Acknowledgement, {"remark": "remark for the origin"})
        asked = await ke.report(reference, Query, {"text": "secret question"})
        await be.sync()
        await be.report(reference, Reply, {"query": asked.id, "text": "secret reply"})
        await ke.sync()
        conditions = {"answer": "NO_OBJECTION_WITH_CONDITIONS", "reason_code": "licence", "text": "secret condition"}
        await ke.report(reference, Answer, conditions)
        left = {"place": "BEBRU", "transport_document": "020-81140743", "remark": "secret departure"}
        await be.report(reference, Movement, {"step": "DEPARTED", "happened_at": at(0), **left})
        await ke.sync()
        came = {"place": "KENBO", "remark": "secret arrival"}
        await ke.report(reference, Movement, {"step": "ARRIVED", "happened_at": at(0), **came})
        lots = [{"batch": "SBX4471", "doses": 54321, "temperature": "ALARM"}]
        await ke.report(reference, Reconciliation, {"outcome": "DISCREPANCY", "counted_at": at(0), "lots": lots})
        await d.sync()

        said = ("remark for the origin", "secret", "as printed on the box", "licence", "54321", "ALARM", "+97144444444")
        for party, own, awb_told in (("ae", {0, 1}, True), ("et", {1, 2}, True)):
            opened = _opened(d[party])
            view = be.template.project(shipment.form, party)
            hidden = {value for value in _values(shipment.form) if value not in set(_values(view))}
            assert len(hidden) > 40, "the search has something to look for"
            told = json.dumps(opened)
            values = {str(value) for value in _values(opened)}
            assert sorted(str(value) for value in hidden if str(value) in values) == []
            assert [word for word in said if word in told] == []
            assert ("as printed on the paper" in told) == awb_told
            assert ("020-81140743" in told) == (party == "ae"), "the document of the first leg is of those who see it"
            for number in range(3):
                assert (f"SEAL-OF-LEG-{number}" in told, f"EK{number}77" in told) == (number in own,) * 2
            one = d[party].find(reference)
            assert (one.goods, one.transit, one.outcome) == (None, (party,), "DISCREPANCY")
            assert one.part.contacts == {"be": "+3222222222"}
            assert one.marks == d["ke"].find(reference).marks == ()
            # Nobody else's lane: its own, the route lane, the operation room.
            lanes = [c.charter.parties for c in d[party].device.channels() if c.charter.purpose == "lane"]
            assert [parties for parties in lanes if len(parties) > 1] == [tuple(sorted(("be", party, "ke")))]


def _opened(desk: Desk) -> list[Any]:
    """Give everything that a device can open of an operation, but its Member's own words."""
    return [
        json.loads(entry.body)
        for channel in desk.device.channels()
        for entry in desk.device.opened(channel.id)
        if entry.party != desk.party and entry.type not in ("", "members", "desk", "reminder", "reminder_end")
    ]


def _values(value: Any) -> Iterator[Any]:
    """Give every leaf of a form that is worth finding: one or two signs occur anywhere."""
    match value:
        case dict():
            for inner in value.values():
                yield from _values(inner)
        case list() | tuple():
            for inner in value:
                yield from _values(inner)
        case bool() | None:
            return
        case _ if len(str(value)) > 2:
            yield value


async def test_transit_learns_of_no_consignment_that_never_came_its_way(
    tmp_path: Path, sqlite_database_url: str
) -> None:
    async with desks(tmp_path, sqlite_database_url, ("be", "ae", "et", "ke")) as d:
        be = d["be"]
        old = await be.announce(announced(("BEBRU", "AEDXB", "KENBO")))
        await be.report(old.reference, Movement, {"step": "DEPARTED", "happened_at": at(0)})
        new = await be.reroute(old.reference, announced(WAY), "storm at Nairobi")
        await d.sync()
        related = {party: d[party].find(new.reference).relates_to for party in ("ae", "et", "ke")}
        assert related == {"ae": (old.reference,), "et": (), "ke": (old.reference,)}
        assert old.reference not in json.dumps(_opened(d["et"]))
