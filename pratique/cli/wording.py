"""Put entries and consignments into words for people."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pratique.contents.acknowledgement import Acknowledgement
from pratique.contents.content import Content
from pratique.contents.message import Message
from pratique.contents.movement import Movement
from pratique.contents.prenotification import GoodsPart, RoutePart
from pratique.contents.reconciliation import Reconciliation
from pratique.contents.title import Title
from pratique.wire import strict_json
from pratique.wire.entries import Kind, Urgency

if TYPE_CHECKING:
    from pratique.opened import OpenedEntry
    from pratique.views.timeline import Line

_STEPS = {
    "DEPARTED": "has left",
    "TRANSIT_IN": "came into transit at",
    "TRANSIT_OUT": "went out of transit at",
    "ARRIVED": "has arrived at",
    "RELEASED": "is released at",
    "DETAINED": "is detained at",
}
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


def clock(text: str) -> str:
    """Write an instant field for people, in UTC."""
    return datetime.fromisoformat(text).strftime("%d %b %H:%M")


def count(number: int) -> str:
    """Write a number with its thousands apart."""
    return f"{number:,}".replace(",", "\u202f")


def line_text(line: Line) -> str:
    """Tell one line of a timeline in a sentence, after who and when."""
    if line.problem is not None:
        return f"(entry {line.entry.seq}: {line.problem})"
    if line.content is not None:
        return content_text(line.content)
    if line.entry.kind in (Kind.COMMIT, Kind.ROSTER):
        return membership_text(line.entry)
    return f"({line.entry.type or line.entry.kind.word}: this version cannot show it)"


def content_text(content: Content) -> str:
    """Tell one content in a sentence."""
    match content:
        case Message():
            return content.text
        case Title():
            return f"calls this channel {content.title!r}"
        case GoodsPart():
            return _goods(content)
        case RoutePart():
            classes = ", ".join(name.replace("_", " ") for name in content.product_classes)
            return f"announces {content.reference}{_version(content)}: {classes}, {_cold(content)}, {way(content)}"
        case Acknowledgement():
            return f"acknowledges {content.about}" + _remark(content.remark)
        case Movement():
            step = (
                f"{_STEPS[content.step]} {content.place}" if content.place else _STEPS[content.step].removesuffix(" at")
            )
            return f"{content.about} {step}, {clock(content.happened_at)} UTC" + _remark(content.remark)
        case Reconciliation():
            doses = sum(lot.doses for lot in content.lots)
            lots = f": {len(content.lots)} lots, {count(doses)} doses counted" if content.lots else ""
            return f"{content.about} is closed as {content.outcome}{lots}" + _remark(content.remark)
    return content.TYPE


def _goods(part: GoodsPart) -> str:
    goods = "; ".join(f"{count(line.doses)} doses of {line.product} in {len(line.lots)} lots" for line in part.goods)
    reply = ", reply asked" if part.mode == "REPLY" else ""
    return f"announces {part.reference}{_version(part)}: {goods}, {_cold(part)}, {way(part)}{reply}"


def _version(part: GoodsPart | RoutePart) -> str:
    return f" (version {part.version})" if part.version > 1 else ""


def _cold(part: GoodsPart | RoutePart) -> str:
    cold = part.temperature
    return f"{cold.band} {cold.min_c} to {cold.max_c} °C"


def way(part: GoodsPart | RoutePart) -> str:
    """Write the places of a route with its first departure and last arrival."""
    places = " → ".join([part.legs[0].from_place, *(leg.to_place for leg in part.legs)])
    return f"{places}, {clock(part.legs[0].etd_at)} to {clock(part.legs[-1].eta_at)} UTC"


def _remark(remark: str | None) -> str:
    return f' ("{remark}")' if remark else ""


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
