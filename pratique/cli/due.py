"""Say what is due at a consignment, from whom and by when, in the words that board, show and watch share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pratique.cli.wording import instant_of, moment, weekday_moment
from pratique.contents.fields import instant_ms
from pratique.views.consignment import state_at
from pratique.views.flags import reply_due_ms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pratique.views.consignment import Consignment, HoldOf, LegState
    from pratique.views.flags import Late
    from pratique.views.links import Link

_LATE = {
    "OVERDUE_ACK": "no acknowledgement",
    "OVERDUE_REPLY": "no answer",
    "LAPSED": "no answer",
    "OVERDUE_ARRIVAL": "no arrival reported",
    "OVERDUE_RECONCILE": "not reconciled",
    "NOT_DEPARTED": "no departure reported",
}
_LINKED = {
    "transport_document": "the same transport document",
    "container": "the same container in the same week",
    "lot": "the same lot, quantity and destination",
    "call_off": "a shipment of that series",
    "onward": "goes on from there",
    "replaces": "takes its place",
    "related": "named as related",
}
_WAITING = ("SENT", "ON_HOLD", "DEPARTED")
_BEFORE_ACKNOWLEDGING = ("PENDING", "OPENED")
_BEFORE_ANSWERING = (*_BEFORE_ACKNOWLEDGING, "ACKNOWLEDGED", "QUERY")


def late_text(flag: Late) -> str:
    """Write one thing that is late; always as silence, never as consent."""
    return f"{_LATE.get(flag.flag, flag.flag)} by {moment(flag.since_ms)}"


def due_text(one: Consignment, leg: LegState, now_ms: int) -> str:
    """Write what a Member is asked for next and by when; empty where nothing is."""
    if leg.deadlines is None or state_at(one, now_ms)[0] not in _WAITING:
        return ""
    asked: list[str] = []
    if leg.acknowledged_ms is None and leg.state in _BEFORE_ACKNOWLEDGING:
        asked.append(f"acknowledge by {instant_of(leg.deadlines.acknowledge_at)}")
    if leg.answer is None and leg.state in _BEFORE_ANSWERING and (by := reply_due_ms(leg, now_ms)) is not None:
        asked.append(f"answer by {weekday_moment(by)}")
    return "\n".join(asked)


def mine(one: Consignment, party: str, flags: Iterable[Late], now_ms: int) -> list[str]:
    """List what one's own Member should do about a consignment now, most urgent first."""
    late = {flag.flag for flag in flags if flag.party == party}
    asked = []
    for leg in one.legs:
        if leg.party == party and (text := due_text(one, leg, now_ms)):
            asked += [f"{line}{', late' if late else ''}" for line in text.split("\n")]
    if party == one.destination and one.state == "ARRIVED":
        asked.append("reconcile" + (", late" if "OVERDUE_RECONCILE" in late else ""))
    if party == one.origin and one.state in (*_WAITING, "ARRIVED"):
        asked += [f"reply to {leg.party.upper()}" for leg in one.legs for query in leg.queries if query.reply is None]
        if one.hold is not None and one.hold.state == "REQUESTED":
            asked.append(f"confirm or refuse the hold that {(one.hold.party or '?').upper()} asks for")
    return asked


def reminded(leg: LegState, now_ms: int) -> str:
    """Write what a reminder is about: what is asked, or what was not said in time."""
    if leg.deadlines is None:
        return "an answer is asked"
    what, no, by = "acknowledge", "no acknowledgement", instant_ms(leg.deadlines.acknowledge_at)
    if leg.acknowledged_ms is not None:
        what, no, by = "answer", "no answer", reply_due_ms(leg, now_ms) or by
    return f"{no} by {moment(by)} UTC" if now_ms >= by else f"{what} by {moment(by)} UTC"


def state_words(state: str, outcome: str | None) -> str:
    """Write a header state with its outcome: CLOSED reads as how it ended."""
    return outcome or state


def hold_text(hold: HoldOf) -> str:
    """Write how far a hold is: whose it is, and the last word said about it."""
    who = hold.party.upper() if hold.party else "another Member"
    told = {
        "REQUESTED": f"{who} asks for a hold",
        "CONFIRMED": f"on hold, as {who} asked",
        "REFUSED": f"not held, although {who} asked",
        "AGREED": f"on hold; {who} agrees to let it go",
        "LIFTED": f"the hold is lifted by {who}",
    }[hold.state]
    return told + (f": {hold.text}" if hold.text else "")


def why_linked(link: Link) -> str:
    """Write why two consignments belong together."""
    return linked_by(link.why)


def linked_by(why: str) -> str:
    """Write a link's reason, which is a token, in words."""
    return _LINKED.get(why, why)
