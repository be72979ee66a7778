"""Write the reminder plan of one addressee: instants and inboxes only, which the server rings without knowing why.

50 %  80 %  of the clock      the addressee's desk
deadline                      its second office
then, each after an eighth    its head office · the regional office, if it takes part · the coordinating unit
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pratique.codes import rilo_of
from pratique.contents.fields import instant_ms
from pratique.wire.bodies import OperationTerms, Ring

if TYPE_CHECKING:
    from pratique.contents.desk import DeskHours
    from pratique.contents.prenotification import Prenotification

HOUR_MS = 3_600_000
# Whose answer is awaited, and who is called when.
Plan = tuple[str, tuple[Ring, ...]]
EARLY_PERCENT = (50, 80)
# However long a Member's holidays make its clock, it is reminded by then: the server keeps no ring beyond 180 days.
LONGEST_CLOCK_MS = 60 * 24 * HOUR_MS


@dataclass(frozen=True)
class Offices:
    """Who is called for one addressee, in turn."""

    desk: str
    second: str
    above: tuple[str, ...]


def offices(party: str, settings: DeskHours | None, terms: OperationTerms) -> Offices:
    """Give the offices to call for a party."""
    known = {participant.party for participant in terms.participants}
    desk = f"{party}/ncp"
    # Settings come from a party itself: it may name its own offices only.
    named = (None, None) if settings is None else (settings.second_office, settings.head_office)
    second, head = (one if one is not None and one.startswith(f"{party}/") else None for one in named)
    rilo = rilo_of(party)
    above = [head or desk]
    above += [f"{rilo}/ncp"] if rilo in known and rilo != party else []
    above += [f"{one.party}/ncp" for one in terms.participants if "coordinator" in one.roles and one.party != party]
    return Offices(desk, second or desk, tuple(dict.fromkeys(above)))


def plans(part: Prenotification, start_ms: int, called: Offices) -> tuple[Plan, ...]:
    """Give the reminders of one part: of the acknowledgement, then of the answer where one is asked for."""
    asked = part.deadlines
    ends = [asked.acknowledge_at] if asked.reply_at is None else [asked.acknowledge_at, asked.reply_at]
    return tuple((part.addressee, rings(start_ms, instant_ms(end), called)) for end in ends)


def rings(start_ms: int, end_ms: int, called: Offices) -> tuple[Ring, ...]:
    """Give the rings of one clock, in order of time."""
    told: dict[int, list[str]] = {}
    for at_ms, office in _clock(start_ms, end_ms, called):
        told.setdefault(at_ms, []).append(office)
    return tuple(Ring(at_ms=at, offices=tuple(dict.fromkeys(told[at]))) for at in sorted(told))


def _clock(start_ms: int, end_ms: int, called: Offices) -> Iterator[tuple[int, str]]:
    clock = min(end_ms - start_ms, LONGEST_CLOCK_MS)
    end_ms = start_ms + clock
    for percent in EARLY_PERCENT:
        yield start_ms + clock * percent // 100, called.desk
    yield end_ms, called.second
    step = max(clock // 8, HOUR_MS)
    for number, office in enumerate(called.above, 1):
        yield end_ms + number * step, office
