"""Tell what will be sent, what was sent and to whom: the words that prenotify, amend, reroute and release share."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pratique.cli.due import why_linked
from pratique.cli.wording import instant_of
from pratique.errors import PratiqueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pratique.cli.output import Speaker
    from pratique.contents.prenotification import Deadlines
    from pratique.desk.desk import Desk
    from pratique.desk.results import Checked, Sent
    from pratique.templates.changes import Change

CHANGE_COLUMNS = ("field", "before", "now", "")


def say_checked(speaker: Speaker, desk: Desk, checked: Checked) -> None:
    """Print who will be told, by when each should act, and what is worth knowing before sending."""
    _say_deadlines(speaker, desk, checked.parties, checked.deadlines)
    for party, why in checked.late.items():
        speaker.say(f"late notice for {party.upper()}: {why}")
    for party in checked.unreachable:
        who = f"{party.upper()} is not reachable here: it takes no part in this operation"
        if party == checked.parties[-1]:
            speaker.say(f"{who}; without its destination nothing can be sent")
        else:
            speaker.say(f"{who}; tell it by another way (pratique export), and send with --without {party}")
    for text in duplicates(checked):
        speaker.say(text)


def duplicates(checked: Checked) -> list[str]:
    """Say which known consignments may be the same goods, and why."""
    why: dict[str, list[str]] = {}
    for link in checked.duplicates:
        why.setdefault(link.b, []).append(why_linked(link))
    return [f"perhaps the same goods as {other}: {', '.join(told)}; the two are linked" for other, told in why.items()]


def checked_json(checked: Checked) -> dict[str, Any]:
    """Give a check for programs."""
    return {
        "parties": list(checked.parties),
        "deadlines": _deadlines_json(checked.deadlines),
        "late": dict(checked.late),
        "duplicates": [{"reference": link.b, "why": link.why} for link in checked.duplicates],
        "unreachable": list(checked.unreachable),
    }


def say_sent(speaker: Speaker, desk: Desk, sent: Sent) -> None:
    """Print the reference, who reads what, and by when each should act."""
    version = f" as version {sent.version}" if sent.version > 1 else ""
    done = "was sent before and stands unchanged" if sent.repeated else f"is sent{version}"
    speaker.say(f"{sent.reference} {done}")
    goods = {party for lane in sent.lanes if lane.part == "goods" for party in lane.parties}
    for lane in sent.lanes:
        names = " ".join(party.upper() for party in lane.parties)
        if lane.part == "goods":
            speaker.say(f"  goods lane {names}: everything")
        else:
            own = " ".join(party.upper() for party in lane.parties if party not in goods)
            speaker.say(f"  route lane {names}: only what {own} needs for its leg; no lots, no traders")
    for party in sent.without:
        speaker.say(f"  {party.upper()} was not told: it takes no part here; tell it by another way (pratique export)")
    if not sent.repeated:
        speaker.say()
        _say_deadlines(speaker, desk, tuple(sent.deadlines), sent.deadlines)


def sent_json(sent: Sent) -> dict[str, Any]:
    """Give what was sent for programs."""
    return {
        "reference": sent.reference,
        "version": sent.version,
        "repeated": sent.repeated,
        "lanes": [
            {"part": lane.part, "parties": list(lane.parties), "channel": lane.channel.hex(), "seq": lane.seq}
            for lane in sent.lanes
        ],
        "deadlines": _deadlines_json(sent.deadlines),
        "changes": [change_json(change) for change in sent.changes],
        "without": list(sent.without),
    }


def _deadlines_json(deadlines: Mapping[str, Deadlines]) -> dict[str, Any]:
    return {party: one.model_dump(mode="json", exclude_none=True) for party, one in deadlines.items()}


def _say_deadlines(speaker: Speaker, desk: Desk, parties: Iterable[str], deadlines: Mapping[str, Deadlines]) -> None:
    """Print until when each addressee should act; its own clock stands beside UTC where it has told its distance."""
    rows = [
        (
            party.upper(),
            _both_clocks(desk, party, deadlines[party].acknowledge_at),
            _both_clocks(desk, party, reply) if (reply := deadlines[party].reply_at) else "no answer asked",
        )
        for party in parties
        if party in deadlines
    ]
    if rows:
        speaker.table("", ("Member", "acknowledge by (UTC)", "answer by (UTC)"), rows)


def _both_clocks(desk: Desk, party: str, at: str) -> str:
    hours = desk.room.desks.get(party)
    if hours is None or not hours.utc_offset_minutes:
        return instant_of(at)
    own = datetime.fromisoformat(at) + timedelta(minutes=hours.utc_offset_minutes)
    return f"{instant_of(at)} ({own:%a %H:%M} in {party.upper()})"


def say_changes(speaker: Speaker, changes: Iterable[Change]) -> None:
    """Print a diff; material changes say that they reset answers."""
    speaker.table("", CHANGE_COLUMNS, [change_row(change) for change in changes])


def change_row(change: Change) -> tuple[str, str, str, str]:
    """Give one change for a table."""
    return (change.path, _shown(change.before), _shown(change.after), "material" if change.material else "")


def change_json(change: Change) -> dict[str, Any]:
    """Give one change for programs."""
    return {"path": change.path, "before": change.before, "after": change.after, "material": change.material}


def _shown(value: Any) -> str:
    import json

    if value is None:
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def confirm(speaker: Speaker, question: str, yes: bool) -> None:
    """Ask before something is sent that others act on.

    Raises  PratiqueError("usage"): nobody can be asked, and --yes was not given
    """
    import sys

    import typer

    if yes:
        return
    if speaker.as_json or not sys.stdin.isatty():
        raise PratiqueError("usage", "this is sent only after a yes", "add --yes")
    if not typer.confirm(question, err=True):
        raise PratiqueError("not_sent", "nothing was sent")
