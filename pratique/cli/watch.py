"""`pratique watch`: show what comes, as it comes; reminders say of what, from whom and by when."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pratique.cli.at_desk import at_desk
from pratique.cli.output import Speaker
from pratique.contents.content import Content, Event
from pratique.contents.prenotification import RoutePart

if TYPE_CHECKING:
    from pratique.desk.desk import Desk
    from pratique.desk.results import Alert
    from pratique.opened import Notice, OpenedEntry

# What a Member's own gateways say to each other is for no screen.
_UNSHOWN = frozenset({"claim"})


@at_desk
async def watch(
    desk: Desk,
    speaker: Speaker,
    channel: Annotated[list[str] | None, typer.Option(help="Only this channel; repeat it.")] = None,
    members: Annotated[bool, typer.Option("--members", help="Also show who came and went.")] = False,
) -> None:
    """Show entries and reminders as they come, until interrupted; with --json one object per line."""
    from pratique.cli.finding import find_channel, titles
    from pratique.opened import OpenedEntry

    chosen = {find_channel(desk.device, one) for one in channel} if channel else None
    named = titles(desk.device)
    told: set[str] = set()
    speaker.say(f"watching {desk.operation.terms.code} as {desk.device.uri}; Ctrl-C ends it")
    speaker.emit({"watching": str(desk.device.uri)})
    async with aclosing(desk.watch()) as alerts:
        async for alert in alerts:
            if not isinstance(alert.entry, OpenedEntry):
                _show_notice(speaker, desk, alert, alert.entry)
            elif (chosen is None or alert.entry.channel in chosen) and _wanted(alert, members):
                if alert.entry.channel not in named:
                    named = titles(desk.device)
                title = named.get(alert.entry.channel, alert.entry.channel.hex()[:12])
                _show_entry(speaker, desk, alert, alert.entry, title, told)


def _wanted(alert: Alert, members: bool) -> bool:
    return alert.type not in _UNSHOWN and (members or alert.kind != "members")


def _show_entry(speaker: Speaker, desk: Desk, alert: Alert, entry: OpenedEntry, title: str, told: set[str]) -> None:
    """Show one entry; people read once what several lanes carry, programs read every lane."""
    from pratique.cli.wording import line_json, line_row
    from pratique.views.timeline import read_line

    line = read_line(entry)
    asked = _asked(desk, alert)
    if not _told_before(desk, line.content, told):
        speaker.say("  ".join(line_row(line, title)))
        for text in asked:
            speaker.say(f"    ▸ you: {text}")
    speaker.emit(
        {
            **line_json(line, title),
            "alert": alert.kind,
            "reference": alert.reference,
            "to_us": alert.to_us,
            "asked": asked,
        }
    )


def _told_before(desk: Desk, content: Content | None, told: set[str]) -> bool:
    """Say whether a person has read this already: the same event, or the whole of which this is a part."""
    if isinstance(content, RoutePart):
        one = desk.board.consignments.get(content.reference)
        return one is not None and one.goods is not None
    if not isinstance(content, Event) or content.id not in told:
        told.update([content.id] if isinstance(content, Event) else [])
        return False
    return True


def _asked(desk: Desk, alert: Alert) -> list[str]:
    """Say what this Member should do now, where the entry was for it."""
    from pratique.cli.due import mine
    from pratique.views.flags import flags

    one = desk.board.consignments.get(alert.reference or "")
    if one is None or not alert.to_us:
        return []
    now_ms = desk.now_ms()
    return mine(one, desk.party, flags(one, now_ms), now_ms)


def _show_notice(speaker: Speaker, desk: Desk, alert: Alert, notice: Notice) -> None:
    from pratique.cli.wording import instant

    text = reminder_text(desk, alert) if alert.kind == "reminder" else _alarm_text(alert)
    speaker.say(f"{instant(notice.at_ms)}  {text}")
    shown: dict[str, Any] = {
        "alert": alert.kind,
        "reference": alert.reference,
        "party": alert.party,
        "notice": dict(notice.facts),
        "at_ms": notice.at_ms,
        "text": text,
    }
    speaker.emit(shown)


def reminder_text(desk: Desk, alert: Alert) -> str:
    """Say who has not said what by when; that a deadline has passed is silence and nothing else."""
    from pratique.cli.due import reminded

    one = desk.board.consignments.get(alert.reference or "")
    leg = one.leg_of(alert.party) if one is not None else None
    if one is None or leg is None:
        where = desk.operation.terms.code
        return (
            f"REMINDER: something in {where} waits for an answer; your office does not read it: ask the national desk"
        )
    phone = one.part.contacts.get(alert.party)
    call = f"; duty desk {phone}" if phone and alert.party != desk.party else ""
    return f"REMINDER: {reminded(leg, desk.now_ms())}, {alert.party.upper()}, {one.reference}{call}"


def _alarm_text(alert: Alert) -> str:
    if alert.facts.get("notice") == "clock_off":
        skew_s = int(alert.facts.get("skew_ms", 0)) // 1000
        return f"ALARM: the server's clock differs from this one by {skew_s} s; see `pratique doctor`"
    return "ALARM: " + ", ".join(f"{name} {value}" for name, value in alert.facts.items())
