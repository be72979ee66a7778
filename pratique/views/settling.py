"""Tell a consignment's story anew from all that was said about it: who may move what, and what does not count.

Only its own party moves a leg; only the origin sends, amends, departs and takes back. What may not be is kept with a
mark and moves nothing. The same event in several lanes has one id and counts once, where it is heard first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from pratique.contents.acknowledgement import Acknowledgement
from pratique.contents.answer import Answer
from pratique.contents.content import Event
from pratique.contents.hold import Hold
from pratique.contents.leg_update import LegUpdate
from pratique.contents.movement import Movement
from pratique.contents.query import Query
from pratique.contents.receipt import Receipt
from pratique.contents.reconciliation import Reconciliation
from pratique.contents.reopening import Reopening
from pratique.contents.reply import Reply
from pratique.contents.rerouting import Rerouting
from pratique.contents.shipment import Shipment
from pratique.contents.status import Status
from pratique.contents.withdrawal import Withdrawal
from pratique.views import answering, closing, holding, moving
from pratique.views.announcing import announce
from pratique.views.consignment import Consignment, LotCount, Said
from pratique.views.gate import shut
from pratique.views.story import Story

_RULES: Mapping[type[Event], Callable[[Story, Said, Any], str | None]] = MappingProxyType(
    {
        Receipt: answering.receipt,
        Acknowledgement: answering.acknowledge,
        Answer: answering.answer,
        Query: answering.query,
        Reply: answering.reply,
        Status: answering.status,
        Hold: holding.hold,
        Movement: moving.move,
        LegUpdate: moving.update_legs,
        Withdrawal: closing.withdraw,
        Rerouting: closing.reroute,
        Reconciliation: closing.reconcile,
        Reopening: closing.reopen,
    }
)
# What the copy for a transit Member may leave out.
_LEFT_OUT = frozenset({"remark", "place", "eta_at", "transport_document"})
# What a token stands for.
_WHOLE: Mapping[str, type[Event]] = MappingProxyType(
    {"ACKNOWLEDGED": Acknowledgement, "ANSWERED": Answer, "CLOSED": Reconciliation}
)


def settle(
    reference: str, said: tuple[Said, ...], coordinators: frozenset[str] = frozenset()
) -> tuple[Consignment | None, tuple[Said, ...]]:
    """Replay what was said.

    Takes   said: sorted by place
    Gives   the consignment (None before any valid part), and the same list with marks
    """
    story = Story(reference, coordinators)
    # A reader of the full event needs no token of it, and no copy that tells less.
    full: dict[tuple[str, str], Event] = {}
    for one in said:
        if isinstance(one.content, Event) and not isinstance(one.content, Status):
            known = full.setdefault((one.party, one.content.id), one.content)
            if _tells_less(known, one.content):
                full[one.party, one.content.id] = one.content
    marked: list[Said] = []
    for one in said:
        marked.append(_hear(story, one, full))
        story.heard.add((one.place.log, one.place.seq))
        if isinstance(one.content, Reopening):
            _note_request(story, marked)
    return _told(story, tuple(marked)), tuple(marked)


def _hear(story: Story, one: Said, full: Mapping[tuple[str, str], Event]) -> Said:
    content = one.content
    if not isinstance(content, Event):
        return replace(one, mark=announce(story, one, content), copy=False)
    mark = _unfit(story, one, content)
    if mark is None:
        whole = full.get((one.party, content.id))
        if whole is not None and _tells_less(content, whole):
            return replace(one, mark=None, copy=True)
        if isinstance(content, Status) and whole is not None:
            true = (type(whole), getattr(whole, "outcome", None)) == (_WHOLE[content.state], content.outcome)
            return replace(one, mark=None if true else "parts_differ", copy=true)
        known = story.told.get((one.party, content.id))
        if known is not None:
            same = _same(known, content)
            return replace(one, mark=None if same else "parts_differ", copy=same)
        if _for_one_lane(story, one):
            return replace(one, mark=None, copy=True)
        if story.sees_all and not story.lanes[one.place.log] & story.legs.keys():
            return replace(one, mark="not_your_leg", copy=False)
        mark = shut(story, one, content) or _RULES[type(content)](story, one, content)
    if mark is None or mark == closing.NOT_AGREED:
        story.told[one.party, content.id] = content
    return replace(one, mark=mark, copy=False)


def _unfit(story: Story, one: Said, event: Event) -> str | None:
    """Say why an event is not about a known part of this log, or None."""
    known = one.place.log in story.lanes and event.follows.log == one.place.log
    return None if known and (one.place.log, event.follows.seq) in story.heard else "follows_nothing_known"


def _for_one_lane(story: Story, one: Said) -> bool:
    """Say whether this takes it back for one transit Member only, which is on the way no more.

    What is taken back for all is taken back in the goods lane too, and counts there.
    """
    if not isinstance(one.content, Withdrawal) or story.goods is None or not story.is_origin(one):
        return False
    return story.goods.destination not in story.lanes[one.place.log]


def _same(one: Event, other: Event) -> bool:
    return type(one) is type(other) and (
        _facts(one) == _facts(other) or _tells_less(one, other) or _tells_less(other, one)
    )


def _tells_less(one: Event, other: Event) -> bool:
    """Say whether a copy leaves out what transit may not read, and says nothing else."""
    # Nearly every event stands in one lane only: it is compared with itself.
    if one is other or type(one) is not type(other):
        return False
    facts, more = _facts(one), _facts(other)
    left_out = more.keys() - facts.keys()
    return bool(left_out) and left_out <= _LEFT_OUT and facts.items() <= more.items()


def _facts(event: Event) -> dict[str, Any]:
    return event.model_dump(exclude={"follows"}, exclude_none=True)


def _note_request(story: Story, marked: list[Said]) -> None:
    """Keep the origin's request to reopen until a coordinator says the same, which then counts for both."""
    last = marked[-1]
    if last.mark == closing.NOT_AGREED:
        story.reopening = (len(marked) - 1, last.party)
    elif last.mark is None and not last.copy and story.reopening is not None:
        number = story.reopening[0]
        marked[number] = replace(marked[number], mark=None)
        story.reopening = None


def _told(story: Story, said: tuple[Said, ...]) -> Consignment | None:
    part = story.fullest
    if part is None:
        return None
    return Consignment(
        reference=story.reference,
        kind=part.kind,
        mode=part.mode,
        tlp=part.tlp,
        state=story.state,
        outcome=story.outcome,
        origin=part.origin,
        destination=part.destination,
        transit=tuple(leg.party for leg in story.legs.values() if leg.role == "transit"),
        sent_ms=story.sent_ms,
        since_ms=story.since_ms,
        version=part.version,
        goods=story.goods,
        routes=story.routes,
        way_legs=story.way,
        legs=tuple(story.legs.values()),
        lots=_lots(story),
        hold=story.hold,
        versions=tuple(story.versions),
        reconciliation=story.reconciliation,
        replaced_by=story.replaced_by,
        relates_to=part.relates_to,
        departed_at=story.departed_at,
        closed_ms=story.closed_ms,
        marks=tuple(one for one in said if one.mark is not None),
    )


def _lots(story: Story) -> tuple[LotCount, ...]:
    announced = {lot.batch: lot for _, lot in Shipment.of(story.goods.form).lots()} if story.goods else {}
    counted = {lot.batch: lot for lot in story.reconciliation.lots} if story.reconciliation else {}
    return tuple(
        LotCount(
            batch,
            known.doses if (known := announced.get(batch)) else None,
            found.doses if (found := counted.get(batch)) else None,
            known.vials if known else None,
            found.vials if found else None,
            found.damaged_doses if found else 0,
            found.temperature if found else None,
        )
        for batch in dict.fromkeys((*announced, *counted))
    )
