"""One consignment as other programs read it."""

from __future__ import annotations

from typing import Any

from pratique.views.consignment import Consignment, LegState, Said, state_at
from pratique.views.flags import flags, reply_due_ms


def consignment_json(one: Consignment, now_ms: int) -> dict[str, Any]:
    """Give everything known of one consignment at an instant, with what is late."""
    state, outcome = state_at(one, now_ms)
    return {
        "reference": one.reference,
        "kind": one.kind,
        "mode": one.mode,
        "tlp": one.tlp,
        "state": state,
        "outcome": outcome,
        "origin": one.origin,
        "transit": list(one.transit),
        "destination": one.destination,
        "sent_ms": one.sent_ms,
        "version": one.version,
        "sees": one.part.part,
        "way": list(one.way),
        "etd_ms": one.etd_ms,
        "eta_ms": one.eta_ms,
        "departed_at": one.departed_at,
        "closed_ms": one.closed_ms if state == one.state else one.lapses_ms,
        "relates_to": list(one.relates_to),
        "replaced_by": one.replaced_by,
        "hold": None if one.hold is None else {**vars(one.hold)},
        "legs": [_leg(leg, now_ms) for leg in one.legs],
        "lots": [{**vars(lot)} for lot in one.lots],
        "versions": [
            {
                "version": version.version,
                "at_ms": version.at_ms,
                "changes": [
                    {"path": change.path, "before": change.before, "after": change.after, "material": change.material}
                    for change in version.changes
                ],
            }
            for version in one.versions
        ],
        "reconciliation": None if one.reconciliation is None else one.reconciliation.model_dump(mode="json"),
        "late": [{"flag": late.flag, "party": late.party, "since_ms": late.since_ms} for late in flags(one, now_ms)],
        "marks": [_mark(said) for said in one.marks],
    }


def _leg(leg: LegState, now_ms: int) -> dict[str, Any]:
    return {
        "party": leg.party,
        "role": leg.role,
        "state": leg.state,
        "answer": leg.answer,
        "answer_text": leg.answer_text,
        "opened_ms": leg.opened_ms,
        "acknowledged_ms": leg.acknowledged_ms,
        "answered_ms": leg.answered_ms,
        "acknowledge_at": leg.deadlines.acknowledge_at if leg.deadlines else None,
        "reply_at": leg.deadlines.reply_at if leg.deadlines else None,
        "reply_due_ms": reply_due_ms(leg, now_ms),
        "queries": [{**vars(asked)} for asked in leg.queries],
        "moved": dict(leg.moved),
    }


def _mark(said: Said) -> dict[str, Any]:
    return {
        "log": said.place.log,
        "seq": said.place.seq,
        "party": said.party,
        "type": said.content.TYPE,
        "mark": said.mark,
    }
