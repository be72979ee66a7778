"""Keep the reminder plans in step with what was said: an answer ends them, a question moves them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pratique.contents.acknowledgement import Acknowledgement
from pratique.contents.content import Event
from pratique.contents.fields import instant_ms
from pratique.contents.hold import Hold
from pratique.contents.leg_update import LegUpdate
from pratique.contents.query import Query
from pratique.contents.receipt import Receipt
from pratique.contents.reply import Reply
from pratique.contents.rerouting import Rerouting
from pratique.contents.withdrawal import Withdrawal
from pratique.desk.deadlines import HOUR_MS, instant_text
from pratique.desk.reminders import offices, plan

if TYPE_CHECKING:
    from pratique.contents.prenotification import Deadlines
    from pratique.desk.desk import Desk
    from pratique.views.consignment import Consignment
    from pratique.wire.bodies import Ring

LONGEST_PAUSE_MS = 24 * HOUR_MS


@dataclass(frozen=True)
class Reminding:
    """What an event does to the reminders of one addressee."""

    begins: tuple[str, tuple[Ring, ...]] | None = None
    ends: tuple[int, ...] = ()


def reminding(desk: Desk, one: Consignment, event: Event) -> dict[str, Reminding]:
    """Give what to do, by addressee."""
    match event:
        case Withdrawal() | Rerouting() if one.origin == desk.party:
            return {party: _ended(desk, one, party) for party in desk.reading.parts(one.reference)}
        case Reply(query=asked):
            leg = next(leg for leg in one.legs if any(query.id == asked for query in leg.queries))
            at_ms = next(query.at_ms for query in leg.queries if query.id == asked)
            pause = min(max(desk.now_ms() - at_ms, 0), LONGEST_PAUSE_MS)
            return {leg.party: _anew(desk, one, leg.party, pause)}
        case Query():
            return {desk.party: _anew(desk, one, desk.party, LONGEST_PAUSE_MS)}
        case Acknowledgement() if one.mode == "REPLY":
            return {desk.party: _anew(desk, one, desk.party, 0)}
        case Receipt() | LegUpdate() | Hold(step="AGREE" | "LIFT"):
            return {}
        case _ if one.origin != desk.party:
            return {desk.party: _ended(desk, one, desk.party)}
    return {}


def _ended(desk: Desk, one: Consignment, party: str) -> Reminding:
    return Reminding(ends=desk.reading.waiting(one.reference, party, desk.reading.parts(one.reference)[party][0]))


def _anew(desk: Desk, one: Consignment, party: str, pause_ms: int) -> Reminding:
    """End what waits and, where an answer is still to come, wait for it alone, that much later."""
    ended = _ended(desk, one, party)
    deadlines: Deadlines = desk.reading.parts(one.reference)[party][2].deadlines
    if deadlines.reply_at is None or not ended.ends:
        return ended
    later = deadlines.model_copy(update={"reply_at": instant_text(instant_ms(deadlines.reply_at) + pause_ms)})
    called = offices(party, desk.room.desks.get(party), desk.operation.terms)
    return Reminding((party, plan(later, desk.now_ms(), called, acknowledged=True)), ended.ends)
