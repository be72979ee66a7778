"""How a consignment ends and begins again: withdrawn, on another way, counted, reopened (18, 19, 21, 25, 26)."""

from __future__ import annotations

from pratique.contents.fields import reference_party
from pratique.contents.reconciliation import Reconciliation
from pratique.contents.reopening import Reopening
from pratique.contents.rerouting import Rerouting
from pratique.contents.withdrawal import Withdrawal
from pratique.views.consignment import DAY_MS, Said
from pratique.views.story import Closing, Story

REOPEN_WITHIN_MS = 30 * DAY_MS
NOT_AGREED = "not_agreed_by_ocu"


def withdraw(story: Story, one: Said, event: Withdrawal) -> str | None:
    """19: the origin takes it back."""
    if not story.is_origin(one):
        return "not_the_sender"
    if story.state not in ("SENT", "ON_HOLD", "DEPARTED"):
        return "out_of_turn"
    story.turn("WITHDRAWN", one.place.at_ms)
    story.closed_ms = one.place.at_ms
    return None


def reroute(story: Story, one: Said, event: Rerouting) -> str | None:
    """21: it goes on under a reference of whoever changed the way: the origin, or a transit Member."""
    leg = story.legs.get(one.party)
    if not story.is_origin(one) and (leg is None or leg.role != "transit"):
        return "not_your_leg"
    if reference_party(event.replaced_by) != one.party or event.replaced_by == event.about:
        return "not_the_sender"
    if story.state != "DEPARTED":
        return "out_of_turn"
    story.turn("REPLACED", one.place.at_ms)
    story.replaced_by, story.closed_ms = event.replaced_by, one.place.at_ms
    return None


def reconcile(story: Story, one: Said, event: Reconciliation) -> str | None:
    """18 and 25: the destination has counted, or says that nothing arrived."""
    if not story.is_destination(one):
        return "not_your_leg"
    return close(story, one, event.outcome, event)


def close(story: Story, one: Said, outcome: str, counted: Reconciliation | None) -> str | None:
    """Close with the destination's outcome, or with the token of it."""
    part = story.fullest
    moving = story.state in ("SENT", "DEPARTED") and part is not None and part.kind != "series"
    unconfirmed = story.state == "DEPARTED" and story.lapsed(one.place.at_ms)
    if not (moving if outcome == "NOT_ARRIVED" else story.state == "ARRIVED" or unconfirmed):
        return "out_of_turn"
    story.closing = Closing(story.state, story.legs[one.party].state)
    story.turn("CLOSED", one.place.at_ms)
    story.outcome, story.reconciliation, story.closed_ms = outcome, counted, one.place.at_ms
    story.put(one.party, state="RECONCILED")
    return None


def reopen(story: Story, one: Said, event: Reopening) -> str | None:
    """26 and the way back of 22: open again, to the state before, within its days."""
    at_ms = one.place.at_ms
    if story.state != "CLOSED" and not story.lapsed(at_ms):
        return "out_of_turn"
    if story.state == "SENT":
        story.since_ms = at_ms  # expired: the gate let only the origin in, in time
        return None
    closed_ms = story.closed_ms if story.closed_ms is not None else story.lapses_ms()
    if at_ms > (closed_ms or 0) + REOPEN_WITHIN_MS:
        return "too_late"
    asked = story.reopening
    if story.is_destination(one) or (asked is not None and one.party in story.coordinators and one.party != asked[1]):
        _open(story, at_ms)
        return None
    return NOT_AGREED if story.is_origin(one) else "not_your_leg"


def _open(story: Story, at_ms: int) -> None:
    story.since_ms, story.closed_ms = at_ms, None
    if story.closing is not None:
        story.state, part = story.closing.state, story.fullest
        if part is not None:
            story.put(part.destination, state=story.closing.leg_state)
        story.closing, story.outcome, story.reconciliation = None, None, None
