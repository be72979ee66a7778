"""Let desks say one of every content there is: what the search for plaintext then looks for."""

from __future__ import annotations

import json
import secrets
from typing import Any

from pratique.contents.acknowledgement import Acknowledgement
from pratique.contents.adaptation import Adaptation
from pratique.contents.answer import Answer
from pratique.contents.claim import Claim
from pratique.contents.desk import DeskHours
from pratique.contents.hold import Hold
from pratique.contents.leg_update import LegUpdate
from pratique.contents.message import Message
from pratique.contents.movement import Movement
from pratique.contents.policy import Policy
from pratique.contents.query import Query
from pratique.contents.read_mark import ReadMark
from pratique.contents.reconciliation import Reconciliation
from pratique.contents.reopening import Reopening
from pratique.contents.reply import Reply
from pratique.wire.entries import Kind
from tests.desk.desks import Desks, announced, at, changed


async def say_everything(d: Desks) -> None:
    """Set up, announce, ask, hold, amend, move, count, reopen, re-route, withdraw."""
    be, ae, ke = d["be"], d["ae"], d["ke"]
    await _settle(d)
    reference = (await be.announce(announced(mode="REPLY", national="BE-NAT-88123"))).reference
    await d.sync("ae", "ke")
    await ke.opened(reference)
    await ke.report(reference, Acknowledgement, {"remark": "The night shift has it."})
    query = await ke.report(reference, Query, {"text": "Which cold store takes the boxes?"})
    await be.sync()
    await be.report(reference, Reply, {"query": query.id, "text": "The one behind hangar nine."})
    await ke.sync()
    doubt = {"answer": "NO_OBJECTION_WITH_CONDITIONS", "reason_code": "licence", "text": "Show permit at gate four."}
    await ke.report(reference, Answer, doubt)
    await ae.report(reference, Hold, {"step": "REQUEST", "reason_code": "security", "text": "Seal looks scratched"})
    await be.sync()
    await be.report(reference, Hold, {"step": "REFUSE", "text": "The seal was scratched at loading"})
    fewer = {"goods__0__lots__2__vials": 5_783, "goods__0__lots__2__doses": 34_698, "legs__0__flight": "EK188"}
    await be.amend(reference, changed(announced(mode="REPLY"), **fewer))
    await be.report(
        reference, Movement, {"step": "DEPARTED", "happened_at": at(0), "transport_document": "176-12345675"}
    )
    await d.sync("ae", "ke")
    leg = {"from_place": "AEDXB", "to_place": "KENBO", "vehicle": "tail A6-EFK", "seals": ["AE-SEAL-55810"]}
    await ae.report(reference, LegUpdate, {"legs": [leg]})
    await ke.report(reference, Movement, {"step": "ARRIVED", "happened_at": at(0), "place": "KENBO"})
    lots = [{"batch": "SBX4471", "doses": 70_193, "damaged_doses": 12, "missing_doses": 7, "temperature": "ALARM"}]
    lots += [{"batch": batch, "doses": doses} for batch, doses in (("SBX4472", 70_200), ("SBX4490", 34_698))]
    counted = {"outcome": "DISCREPANCY", "counted_at": at(0), "lots": lots, "arrival_report": "KE-VAR-2026-0313"}
    await ke.report(reference, Reconciliation, counted | {"missing_documents": ["lot release of SBX4472"]})
    await ke.report(reference, Reopening, {"reason": "One box stood in the corner."})
    await _take_back(d)
    await d.sync()
    await d.coordinator.sync()


async def _settle(d: Desks) -> None:
    be, ke = d["be"], d["ke"]
    adaptation = {"require": ["emergency_phone"], "hide": ["customs.licence_issuer"], "on_silence": "must_chase"}
    await d.coordinator.sync()
    await d.coordinator.adapt(Adaptation.check(adaptation))
    hours = {"duty_phone": "+254205550117", "holidays": ["2026-12-12"], "second_office": "ke/night-watch"}
    await ke.set_desk(DeskHours.check(hours | {"utc_offset_minutes": 180}))
    await be.sync()
    await be.set_policy(Policy(four_eyes=False, receipts=True))
    await be.save_draft(announced(national="BE-DRAFT-77201"))
    room = d.coordinator.reading.rooms[0]
    await be.device.post(room, Message.TYPE, Message(text="Two shipments leave on Friday.").write())
    await ke.device.post(room, ReadMark.TYPE, ReadMark(since=1, upto=2).write())
    claim = Claim(endpoint=secrets.token_hex(16), items=(f"{secrets.token_hex(32)}/7",), state="CLAIMED")
    await ke.device.post(await ke.outward.own_lane(), Claim.TYPE, claim.write())


async def _take_back(d: Desks) -> None:
    be = d["be"]
    diverted = (await be.announce(announced(departs_h=200))).reference
    await be.report(diverted, Movement, {"step": "DEPARTED", "happened_at": at(0)})
    await be.reroute(diverted, announced(("BEBRU", "AEDXB"), departs_h=210), "Fog in Nairobi, it stays in Dubai.")
    taken_back = (await be.announce(announced(departs_h=300))).reference
    await be.withdraw(taken_back, "The buyer has stepped back.")


def contents_of(d: Desks) -> dict[str, list[Any]]:
    """Give every content that a device can open, by its type."""
    found: dict[str, list[Any]] = {}
    for desk in (d.coordinator, *d.by_party.values()):
        for channel in desk.device.channels():
            for entry in desk.device.opened(channel.id):
                if entry.kind is Kind.APPLICATION:
                    assert entry.problem is None, entry.problem
                    found.setdefault(entry.type, []).append(json.loads(entry.body))
    return found
