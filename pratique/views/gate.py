"""What a closed, withdrawn, replaced or silent consignment still lets in."""

from __future__ import annotations

from pratique.contents.content import Content
from pratique.contents.movement import Movement
from pratique.contents.prenotification import Envelope
from pratique.contents.reconciliation import Reconciliation
from pratique.contents.reopening import Reopening
from pratique.views.consignment import DAY_MS, Said
from pratique.views.story import Story

REVERSIBLE_MS = 7 * DAY_MS


def shut(story: Story, one: Said, content: Content) -> str | None:
    """Give the mark of a content that comes too late; None where the story is open for it."""
    if story.state == "WITHDRAWN":
        return "withdrawn"
    if story.state == "REPLACED" and _step(content) == "ARRIVED" and story.is_destination(one):
        return None  # whoever re-routed it, here it is: one Member's word does not end what others see
    if story.state in ("CLOSED", "REPLACED"):
        return None if story.state == "CLOSED" and isinstance(content, Reopening) else "closed"
    if not story.lapsed(one.place.at_ms):
        return None
    if story.state == "SENT":
        return None if _takes_up_again(story, one, content) else "expired"
    # Nobody reported for two weeks: what the destination counts after all still counts.
    counts = isinstance(content, Reconciliation | Reopening) or _step(content) == "ARRIVED"
    return None if counts else "closed"


def _takes_up_again(story: Story, one: Said, content: Content) -> bool:
    """Say whether this ends an expiry: the origin within seven days, or the goods themselves, which have arrived."""
    if _step(content) == "ARRIVED":
        return story.is_destination(one)
    in_time = one.place.at_ms <= (story.lapses_ms() or 0) + REVERSIBLE_MS
    takes_up = isinstance(content, Envelope | Reopening) or _step(content) == "DEPARTED"
    return takes_up and in_time and story.is_origin(one)


def _step(content: Content) -> str | None:
    return content.step if isinstance(content, Movement) else None
