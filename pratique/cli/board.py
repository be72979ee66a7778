"""`pratique board`: what arrives in the next days, what is late, and everything else that is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pratique.cli.at_desk import at_desks, choose, full_reference
from pratique.cli.options import Offline
from pratique.cli.output import Speaker

if TYPE_CHECKING:
    from pratique.desk.desk import Desk
    from pratique.views.board import Board
    from pratique.views.consignment import Consignment
    from pratique.views.flags import Late

DAY_MS = 86_400_000
DEFAULT_DAYS = 7
CLOSED_SHOWN_DAYS = 3
_ENDED = frozenset({"CLOSED", "WITHDRAWN", "REPLACED", "EXPIRED"})


@dataclass(frozen=True)
class Shown:
    """One consignment as the board shows it: its state and flags are of this instant."""

    one: Consignment
    party: str
    state: str
    outcome: str | None
    flags: tuple[Late, ...]

    @property
    def ended_ms(self) -> int | None:
        """When it ended, by a word or by silence."""
        return self.one.closed_ms if self.state == self.one.state else self.one.lapses_ms

    @property
    def open(self) -> bool:
        """Whether anything can still happen to it."""
        return self.state not in _ENDED


@at_desks
async def board(
    desks: list[Desk],
    speaker: Speaker,
    reference: Annotated[str | None, typer.Argument(help="Show one consignment in full, as `show` does.")] = None,
    arriving: Annotated[
        int | None, typer.Option(min=0, max=366, metavar="DAYS", help="Only what arrives within so many days.")
    ] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only where something is late.")] = False,
    state: Annotated[
        list[str] | None, typer.Option(help="Only in this state or with this outcome, as SENT or MATCHED; repeat it.")
    ] = None,
    mine: Annotated[bool, typer.Option("--mine", help="Only what your Member sent.")] = False,
    to_me: Annotated[bool, typer.Option("--to-me", help="Only what was sent to your Member.")] = False,
    offline: Offline = False,
) -> None:
    """Show the consignments that your office sees: arrivals of the next 7 days first."""
    import time

    from pratique.views.consignment_json import consignment_json

    now_ms = time.time_ns() // 1_000_000
    if reference is not None:
        from pratique.cli.show import show_one

        desk = choose(desks, reference)
        document = await show_one(speaker, desk, full_reference(desk, reference), now_ms, offline=offline)
        speaker.emit(
            {"consignments": [document], "late": [{"reference": reference, **one} for one in document["late"]]}
        )
        return
    everything = [one for desk in desks for one in shown(desk.board, desk.party, now_ms)]
    wanted = {word.upper() for word in state or ()}
    chosen = [
        one
        for one in everything
        if (not overdue or one.flags)
        and (not wanted or {one.state, one.outcome} & wanted)
        and (not mine or one.one.origin == one.party)
        and (not to_me or one.party in {leg.party for leg in one.one.legs})
        and (arriving is None or (one.open and _arrives_within(one.one, now_ms, arriving)))
    ]
    filtered = overdue or mine or to_me or bool(wanted) or arriving is not None
    if filtered:
        _say_table(speaker, f"{len(chosen)} of {len(everything)} consignments", chosen, now_ms)
    else:
        say_sections(speaker, chosen, now_ms)
    _say_drafts(speaker, desks)
    speaker.emit(
        {
            "consignments": [consignment_json(one.one, now_ms) for one in chosen],
            "late": [flag_json(flag) for one in chosen for flag in one.flags],
        }
    )


def shown(board: Board, party: str, now_ms: int) -> list[Shown]:
    """Give what a board holds at an instant, for a reader of a party; next arrival first."""
    from pratique.views.consignment import state_at
    from pratique.views.flags import flags

    found = [Shown(one, party, *state_at(one, now_ms), flags(one, now_ms)) for one in board.consignments.values()]
    return sorted(found, key=lambda one: (one.one.eta_ms or 2**62, one.one.reference))


def _arrives_within(one: Consignment, now_ms: int, days: int) -> bool:
    return one.eta_ms is not None and one.eta_ms <= now_ms + days * DAY_MS


def say_sections(speaker: Speaker, everything: list[Shown], now_ms: int) -> None:
    """Print the open ones by when they arrive, then those that ended in the last days."""
    if not everything:
        speaker.say("no consignment yet")
        return
    unfinished = [one for one in everything if one.open]
    soon = [one for one in unfinished if _arrives_within(one.one, now_ms, DEFAULT_DAYS)]
    later = [one for one in unfinished if one not in soon]
    ended = [one for one in everything if not one.open]
    fresh = [one for one in ended if now_ms - (one.ended_ms or now_ms) <= CLOSED_SHOWN_DAYS * DAY_MS]
    if soon:
        _say_table(speaker, f"Arriving in the next {DEFAULT_DAYS} days, or overdue", soon, now_ms)
    else:
        speaker.say(f"nothing arrives in the next {DEFAULT_DAYS} days\n")
    if later:
        _say_table(speaker, "Later, or with no time yet", later, now_ms)
    if fresh:
        _say_table(speaker, f"Ended in the last {CLOSED_SHOWN_DAYS} days", fresh, now_ms)
    if len(ended) > len(fresh):
        speaker.say(f"{len(ended) - len(fresh)} ended earlier: pratique board --state CLOSED")


def _say_table(speaker: Speaker, title: str, chosen: list[Shown], now_ms: int) -> None:
    when = "arrives (UTC)" if any(one.open for one in chosen) else "ended (UTC)"
    if chosen:
        rows = [_row(one, now_ms) for one in chosen]
        speaker.table(title, ("consignment", when, "state", "Members"), rows, airy=True)
    else:
        speaker.say(title)


def _row(shown: Shown, now_ms: int) -> tuple[str, ...]:
    from pratique.cli.due import late_text, mine, state_words
    from pratique.cli.sayings import classes, cold, goods, places

    one = shown.one
    what = goods(one.shipment) if one.goods is not None else classes(one.shipment)
    lines = [one.reference, places(one.way_legs), ", ".join(text for text in (what, cold(one.part.form)) if text)]
    asked = mine(one, shown.party, shown.flags, now_ms) if shown.open else []
    lines += [f"▸ {text}" for text in asked]
    lines += [f"! {flag.party.upper()}: {late_text(flag)}" for flag in shown.flags if flag.party != shown.party]
    return (
        "\n".join(lines),
        arrival(one, now_ms) if shown.open else _moment(shown.ended_ms),
        state_words(shown.state, shown.outcome),
        "\n".join(f"{leg.party.upper()} {leg.state}" for leg in one.legs),
    )


def arrival(one: Consignment, now_ms: int) -> str:
    """Write when a consignment arrives, and how far off that is; or when it did."""
    from pratique.cli.sayings import clock

    leg = one.leg_of(one.destination)
    if leg is not None and "ARRIVED" in leg.moved:
        return f"{clock(leg.moved['ARRIVED'])}\narrived"
    if one.eta_ms is None:
        return "not known yet"
    hours = round((one.eta_ms - now_ms) / 3_600_000)
    number, unit = (abs(hours) // 24, "day") if abs(hours) >= 48 else (abs(hours), "hour")
    distance = f"{number} {unit}{'s' * (number != 1)}"
    return f"{_moment(one.eta_ms)}\n" + (f"in {distance}" if hours > 0 else "now" if hours == 0 else f"{distance} ago")


def _moment(at_ms: int | None) -> str:
    from pratique.cli.wording import moment

    return moment(at_ms) if at_ms is not None else "–"


def flag_json(flag: Late) -> dict[str, Any]:
    """Give one flag for programs."""
    return {"reference": flag.reference, "flag": flag.flag, "party": flag.party, "since_ms": flag.since_ms}


def _say_drafts(speaker: Speaker, desks: list[Desk]) -> None:
    waiting = sum(one.state == "PENDING_RELEASE" for desk in desks for one in desk.drafts.by_id.values())
    if waiting:
        verb = "draft of your Member waits" if waiting == 1 else "drafts of your Member wait"
        speaker.say(f"{waiting} {verb} for release: pratique draft list")
