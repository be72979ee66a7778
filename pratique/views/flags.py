"""What is late at an instant: flags, never states, and never stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pratique.contents.fields import instant_ms
from pratique.views.consignment import DAY_MS, HOUR_MS, Consignment, LegState, state_at

if TYPE_CHECKING:
    from pratique.views.board import Board

PAUSE_AT_MOST_MS = 24 * HOUR_MS
OVERDUE_AFTER_MS: Mapping[str, int] = {"air": 24 * HOUR_MS}
OTHER_OVERDUE_MS = 72 * HOUR_MS


@dataclass(frozen=True)
class Late:
    """One thing that is late, since when, and whose word is awaited."""

    reference: str
    flag: str
    party: str
    since_ms: int


def flags(one: Consignment, now_ms: int) -> tuple[Late, ...]:
    """Give what is late about a consignment, the longest first; what has ended is never late."""
    state, _ = state_at(one, now_ms)
    if state not in ("SENT", "ON_HOLD", "DEPARTED", "ARRIVED"):
        return ()
    late = [Late(one.reference, *flag) for flag in _found(one, state, now_ms) if flag[2] < now_ms]
    return tuple(sorted(late, key=lambda flag: (flag.since_ms, flag.flag, flag.party)))


def overdue(board: Board, now_ms: int) -> tuple[Late, ...]:
    """Give what is late on a whole board, the longest first."""
    late = [flag for one in board.consignments.values() for flag in flags(one, now_ms)]
    return tuple(sorted(late, key=lambda flag: (flag.since_ms, flag.reference, flag.flag, flag.party)))


def _found(one: Consignment, state: str, now_ms: int) -> Iterator[tuple[str, str, int]]:
    for leg in one.legs:
        yield from _silent(one, leg, state, now_ms)
    if one.etd_ms is not None and state == "SENT":
        yield "NOT_DEPARTED", one.origin, max(one.etd_ms, one.since_ms)
    if one.eta_ms is not None and state == "DEPARTED":
        grace = OVERDUE_AFTER_MS.get(one.way_legs[-1].mode, OTHER_OVERDUE_MS)
        yield "OVERDUE_ARRIVAL", one.destination, one.eta_ms + grace
    # Whoever does not see the goods does not see their count either.
    counting = one.leg_of(one.destination)
    if one.goods is not None and state == "ARRIVED" and counting is not None and "ARRIVED" in counting.moved:
        days = one.goods.deadlines.reconcile_days
        yield "OVERDUE_RECONCILE", one.destination, instant_ms(counting.moved["ARRIVED"]) + days * DAY_MS


def _silent(one: Consignment, leg: LegState, state: str, now_ms: int) -> Iterator[tuple[str, str, int]]:
    """Say what an addressee has not said; nobody is asked for it once the goods have passed."""
    if leg.deadlines is None or leg.answered_ms is not None:
        return
    passed = bool(leg.moved) or state == "ARRIVED"
    if leg.acknowledged_ms is None and not passed:
        yield "OVERDUE_ACK", leg.party, instant_ms(leg.deadlines.acknowledge_at)
    if one.mode == "REPLY" and leg.deadlines.reply_at is not None:
        yield "LAPSED" if passed else "OVERDUE_REPLY", leg.party, reply_due_ms(leg, now_ms) or 0


def reply_due_ms(leg: LegState, now_ms: int) -> int | None:
    """Give when an addressee's answer is due: the first query stops the clock once, for a day at most."""
    if leg.deadlines is None or leg.deadlines.reply_at is None:
        return None
    due = instant_ms(leg.deadlines.reply_at)
    if not leg.queries or leg.queries[0].at_ms >= due:
        return due
    first = leg.queries[0]
    until = first.replied_ms if first.replied_ms is not None else now_ms
    return due + max(0, min(until - first.at_ms, PAUSE_AT_MOST_MS))
