"""What addressees say about a pre-notification (transitions 6 to 10), and the status tokens in their place."""

from __future__ import annotations

from dataclasses import replace

from pratique.contents.answer import Answer
from pratique.contents.query import Query
from pratique.contents.receipt import Receipt
from pratique.contents.reply import Reply
from pratique.contents.status import Status
from pratique.views.closing import close
from pratique.views.consignment import Asked, LegState, Said
from pratique.views.story import WAITING, Story


def receipt(story: Story, one: Said, event: Receipt) -> str | None:
    """6: opened and displayed."""
    leg = story.legs.get(one.party)
    if leg is None:
        return "not_your_leg"
    if story.ground(leg) != "PENDING":
        return "said_before"
    story.rest(leg, "OPENED", opened_ms=one.place.at_ms)
    return None


def acknowledge(story: Story, one: Said, event: object) -> str | None:
    """7: a person has taken note."""
    leg = story.legs.get(one.party)
    if leg is None:
        return "not_your_leg"
    if leg.acknowledged_ms is not None or leg.answered_ms is not None:
        return "said_before"
    state = story.ground(leg)
    story.rest(leg, "ACKNOWLEDGED" if state in ("PENDING", "OPENED") else state, acknowledged_ms=one.place.at_ms)
    return None


def answer(story: Story, one: Said, event: Answer) -> str | None:
    """8: an answer where one is asked; a newer one takes the older one's place, until the goods have moved."""
    leg = story.legs.get(one.party)
    if leg is None:
        return "not_your_leg"
    if not _may_answer(story, leg) or story.ground(leg) == "PENDING":
        return "out_of_turn"
    if (leg.state, leg.answer_text) == (event.answer, event.text):
        return "said_before"
    _answered(story, one, event.answer, event.answer, event.text)
    return None


def query(story: Story, one: Said, event: Query) -> str | None:
    """9: a question before an answer."""
    leg = story.legs.get(one.party)
    if leg is None:
        return "not_your_leg"
    if leg.answered_ms is not None or leg.moved or story.state == "ARRIVED":
        return "out_of_turn"
    if (one.place.log, event.id) in story.asked:
        return "said_before"
    story.asked[one.place.log, event.id] = one.party
    asked = Asked(event.id, event.text, one.place.at_ms)
    if leg.state not in WAITING:
        story.resting[one.party] = leg.state
    state = "HOLD_REQUESTED" if leg.state == "HOLD_REQUESTED" else "QUERY"
    story.put(one.party, state=state, queries=(*leg.queries, asked))
    return None


def reply(story: Story, one: Said, event: Reply) -> str | None:
    """10: the origin's reply, in the lane of the question."""
    if not story.is_origin(one):
        return "not_the_sender"
    asker = story.asked.get((one.place.log, event.query))
    leg = story.legs.get(asker) if asker is not None else None
    if leg is None:
        return "no_such_query"
    queries = tuple(
        replace(asked, reply=event.text, replied_ms=one.place.at_ms)
        if asked.id == event.query and asked.reply is None
        else asked
        for asked in leg.queries
    )
    if queries == leg.queries:
        return "said_before"
    story.put(leg.party, queries=queries)
    if leg.state == "QUERY" and all(asked.reply is not None for asked in queries):
        story.leave(leg.party)
    return None


def status(story: Story, one: Said, event: Status) -> str | None:
    """Take the destination's token for what this reader does not see."""
    if not story.is_destination(one):
        return "not_your_leg"
    match event.state:
        case "ACKNOWLEDGED":
            return acknowledge(story, one, event)
        case "ANSWERED":
            if not _may_answer(story, story.legs[one.party]):
                return "out_of_turn"
            _answered(story, one, "ANSWERED", "ANSWERED", None)
            return None
        case "CLOSED":
            return close(story, one, event.outcome or "", None)


def _may_answer(story: Story, leg: LegState) -> bool:
    part = story.fullest
    asked = part is not None and part.mode == "REPLY"
    return asked and not leg.moved and story.state != "ARRIVED" and leg.party not in story.holding


def _answered(story: Story, one: Said, state: str, given: str, text: str | None) -> None:
    """Set the one current answer; it takes the place of an open query or of a hold that was only asked for."""
    story.resting.pop(one.party, None)
    story.put(one.party, state=state, answer=given, answer_text=text, answered_ms=one.place.at_ms)
    if story.hold is not None and (story.hold.party, story.hold.state) == (one.party, "REQUESTED"):
        story.hold = None
