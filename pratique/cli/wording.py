"""Put entries of a timeline into words for people."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pratique.cli.sayings import content_text
from pratique.contents.fields import instant_ms
from pratique.wire import strict_json
from pratique.wire.entries import Kind, Urgency

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pratique.opened import OpenedEntry
    from pratique.views.timeline import Line

_MEMBERSHIP = {
    "seated": "seats",
    "unseated": "unseats",
    "added": "adds",
    "removed": "removes",
    "revoked": "revoked:",
    "rejoined": "rejoins:",
}


def instant(at_ms: int) -> str:
    """Write an instant for people, in UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%d %b %Y %H:%M:%S")


def moment(at_ms: int) -> str:
    """Write an instant of these days, in UTC, to the minute."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%d %b %H:%M")


def weekday_moment(at_ms: int) -> str:
    """Write an instant by which somebody should act, in UTC, with its weekday."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%a %d %b %H:%M")


def instant_of(text: str) -> str:
    """Write an instant field by which somebody should act, in UTC, with its weekday."""
    return weekday_moment(instant_ms(text))


def arrow(parties: Iterable[str]) -> str:
    """Write parties in the order of the way."""
    return " → ".join(party.upper() for party in parties)


def line_text(line: Line) -> str:
    """Tell one line of a timeline in a sentence, after who and when."""
    if line.problem is not None:
        return f"(entry {line.entry.seq}: {line.problem})"
    if line.content is not None:
        return content_text(line.content)
    if line.entry.kind in (Kind.COMMIT, Kind.ROSTER):
        return membership_text(line.entry)
    return f"({line.entry.type or line.entry.kind.word}: this version cannot show it)"


def membership_text(entry: OpenedEntry) -> str:
    """Tell who came and went."""
    try:
        changes = strict_json.loads(entry.body)
    except strict_json.JsonRefused:
        return f"({entry.kind.word})"
    told = [f"{word} {', '.join(changes[name])}" for name, word in _MEMBERSHIP.items() if changes.get(name)]
    return "; ".join(told) or "renews the channel's key"


def line_json(line: Line, channel: str) -> dict[str, Any]:
    """Give one line for programs."""
    entry = line.entry
    return {
        "channel": entry.channel.hex(),
        "channel_title": channel,
        "seq": entry.seq,
        "at_ms": entry.at_ms,
        "kind": entry.kind.word,
        "party": entry.party,
        "device": entry.device,
        "urgency": entry.urgency.word,
        "type": entry.type,
        "content": line.content.model_dump(mode="json", exclude_none=True) if line.content else None,
        "problem": line.problem,
        "text": line_text(line),
    }


def line_row(line: Line, channel: str) -> tuple[str, str, str, str]:
    """Give one line for a table: when, who, where, what."""
    mark = {Urgency.URGENT: "[URGENT] ", Urgency.PRIORITY: "[priority] "}.get(line.entry.urgency, "")
    return (instant(line.entry.at_ms), line.entry.party.upper() or "server", channel, mark + line_text(line))
