"""Keep the reminder plans in step with what was said: an answer ends them, a question moves them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pratique.contents.acknowledgement import Acknowledgement
from pratique.contents.answer import Answer
from pratique.contents.content import Event
from pratique.contents.movement import Movement
from pratique.contents.query import Query
from pratique.contents.reconciliation import Reconciliation
from pratique.contents.reply import Reply
from pratique.contents.rerouting import Rerouting
from pratique.contents.withdrawal import Withdrawal
from pratique.desk.deadlines import HOUR_MS
from pratique.desk.reminders import offices, rings
from pratique.views.flags import reply_due_ms

if TYPE_CHECKING:
    from pratique.desk.desk import Desk
    from pratique.desk.open_reminders import Awaited
    from pratique.desk.reminders import Plan
    from pratique.views.consignment import Consignment, LegState


@dataclass(frozen=True)
class Reminding:
    """What an event does to the reminders of one addressee."""

    begins: tuple[Plan, ...] = ()
    ends: tuple[int, ...] = ()


def reminding(desk: Desk, one: Consignment, event: Event) -> dict[str, Reminding]:
    """Give what to do, by addressee."""
    match event:
        case Withdrawal() | Rerouting() if one.origin == desk.party:
            return {party: _ended(desk, one, party) for party in desk.reading.parts(one.reference)}
        case Reply(query=asked):
            leg = next(leg for leg in one.legs if any(query.id == asked for query in leg.queries))
            return {leg.party: _anew(desk, one, leg)}
        case Acknowledgement():
            return {desk.party: _ended(desk, one, desk.party, "acknowledgement")}
        case Query():  # its clock stands still; the reply starts it again
            return {desk.party: _ended(desk, one, desk.party, "answer")}
        case Answer() | Reconciliation() | Movement() if one.origin != desk.party:
            return {desk.party: _ended(desk, one, desk.party)}
    return {}


def _ended(desk: Desk, one: Consignment, party: str, awaited: Awaited | None = None) -> Reminding:
    lane = desk.reading.parts(one.reference)[party][0]
    return Reminding(ends=desk.reading.waiting(one.reference, party, lane, awaited))


def _anew(desk: Desk, one: Consignment, leg: LegState) -> Reminding:
    """Wait for the answer again, as much later as the clock stood still."""
    ends, now = _ended(desk, one, leg.party, "answer").ends, desk.now_ms()
    due = reply_due_ms(leg, now)
    if due is None or leg.answered_ms is not None:
        return Reminding(ends=ends)
    called = offices(leg.party, desk.room.desks.get(leg.party), desk.operation.terms)
    return Reminding(((leg.party, rings(now, max(due, now + HOUR_MS), called)),), ends)
