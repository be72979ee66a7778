"""Print one consignment in full, in the order in which an officer asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pratique.cli.board import arrival
from pratique.cli.cargo import print_cargo, say_requests, say_wrapped
from pratique.cli.due import due_text, hold_text, late_text, mine, state_words, why_linked
from pratique.cli.sayings import classes, clock, cold, count, goods
from pratique.cli.sending import CHANGE_COLUMNS, change_row
from pratique.cli.wording import instant, moment

if TYPE_CHECKING:
    from pratique.cli.output import Speaker
    from pratique.views.consignment import Consignment, LegState, LotCount, Said
    from pratique.views.flags import Late
    from pratique.views.links import Link

BESIDE = ("announced", "counted", "difference", "damaged", "indicator")


@dataclass(frozen=True)
class Facts:
    """What is known around a consignment.

    Takes   delivered: how far each party's devices fetched each lane; readers: (part, parties, devices) of each lane
            said: everything said about it; replacement: what has taken its place, where this reader has it
    """

    party: str
    now_ms: int
    flags: tuple[Late, ...]
    delivered: Mapping[tuple[str, str], int]
    links: tuple[Link, ...]
    readers: tuple[tuple[str, tuple[str, ...], int], ...]
    said: tuple[Said, ...] = ()
    replacement: Consignment | None = None


def print_portrait(speaker: Speaker, one: Consignment, facts: Facts) -> None:
    """Print everything known of one consignment."""
    _head(speaker, one, facts)
    _way(speaker, one)
    _members(speaker, one, facts)
    print_cargo(speaker, one)
    _lots(speaker, one)
    _talk(speaker, one)
    _versions(speaker, one)
    _around(speaker, one, facts)


def _head(speaker: Speaker, one: Consignment, facts: Facts) -> None:
    from pratique.views.consignment import state_at

    state, outcome = state_at(one, facts.now_ms)
    version = f"   version {one.version}" if one.version > 1 else ""
    speaker.say(f"{one.reference}   {state_words(state, outcome)}{version}")
    asks = "asks for an answer" if one.mode == "REPLY" else "informs"
    _say_end(speaker, one, facts)
    kind = "" if one.kind == "departure" else f"{one.kind.replace('_', '-')}; "
    speaker.say(f"{kind}sent by {one.origin.upper()}, {instant(one.sent_ms)} UTC; {asks}; {one.tlp}")
    shipment = one.shipment
    what = goods(shipment) if one.goods is not None else classes(shipment)
    speaker.say(", ".join(text for text in (what, cold(one.part.form)) if text))
    if shipment.consignor and shipment.consignee:
        speaker.say(f"{shipment.consignor} → {shipment.consignee}")
    say_requests(speaker, one)
    if note := one.part.form.get("note"):
        speaker.say(f"note: {note}")
    if state in ("SENT", "ON_HOLD", "DEPARTED") and one.eta_ms is not None:
        word = "expected" if one.eta_ms < facts.now_ms else "arrives"
        speaker.say(f"{word} {arrival(one, facts.now_ms).replace(chr(10), ' UTC, ')}")
    if one.hold is not None:
        speaker.say(hold_text(one.hold))
    for text in mine(one, facts.party, facts.flags, facts.now_ms):
        speaker.say(f"▸ you: {text}")
    for flag in facts.flags:
        speaker.say(f"! {flag.party.upper()}: {late_text(flag)} UTC ({flag.flag})")
    speaker.say()


def _say_end(speaker: Speaker, one: Consignment, facts: Facts) -> None:
    """Say what has taken its place, and why it was withdrawn or re-routed."""
    from pratique.contents.rerouting import Rerouting
    from pratique.contents.withdrawal import Withdrawal

    if one.replaced_by:
        # The old destination waits in vain: the goods do not end there any more.
        new = facts.replacement
        away = facts.party == one.destination and (new is None or new.destination != one.destination)
        speaker.say(f"{'diverted; ' if away else ''}replaced by {one.replaced_by}")
    if one.state not in ("WITHDRAWN", "REPLACED"):
        return
    for said in facts.said:
        if isinstance(said.content, Withdrawal | Rerouting) and said.mark is None and not said.copy:
            word = "withdrawn" if isinstance(said.content, Withdrawal) else "re-routed"
            told = f"{word} by {said.party.upper()}, {moment(said.place.at_ms)} UTC: “{said.content.reason}”"
            say_wrapped(speaker, told)


def _way(speaker: Speaker, one: Consignment) -> None:
    rows = [
        (
            leg.mode,
            f"{leg.from_place} → {leg.to_place}",
            clock(leg.etd_at) if leg.etd_at else "–",
            clock(leg.eta_at) if leg.eta_at else "–",
            _lines(leg.flight, leg.voyage, leg.vessel, leg.vehicle, leg.awb, leg.transport_document, leg.container),
            _lines(*leg.seals),
        )
        for leg in one.way_legs
    ]
    speaker.table("Way (UTC)", ("by", "from → to", "leaves", "arrives", "carried as", "seals"), rows)


def _lines(*texts: str | None) -> str:
    return "\n".join(text for text in texts if text)


def _members(speaker: Speaker, one: Consignment, facts: Facts) -> None:
    from pratique.views.consignment import leg_shown

    rows = [
        (leg.party.upper(), leg.role, leg_shown(leg, facts.delivered), _so_far(leg), due_text(one, leg, facts.now_ms))
        for leg in one.legs
    ]
    columns, asked = ("Member", "role", "state", "so far", "asked to"), any(row[-1] for row in rows)
    speaker.table("Members (UTC)", columns if asked else columns[:-1], rows if asked else [row[:-1] for row in rows])


def _so_far(leg: LegState) -> str:
    told = [
        (leg.opened_ms, "opened"),
        (leg.acknowledged_ms, "acknowledged"),
        (leg.answered_ms, (leg.answer or "answered").replace("_", " ").lower()),
    ]
    lines = [f"{what} {moment(at)}" for at, what in told if at is not None]
    if leg.answer_text:
        lines.append(f"“{leg.answer_text}”")
    return "\n".join([*lines, *(f"{step} {clock(at)}" for step, at in leg.moved.items())]) or "–"


def _lots(speaker: Speaker, one: Consignment) -> None:
    if not one.lots:
        if one.goods is None:
            speaker.say("you see your own leg of this consignment, not its lots and traders\n")
        return
    expiry = {lot.batch: lot.expiry or "–" for _, lot in one.shipment.lots()}
    if one.reconciliation is None:
        rows = [(lot.batch, expiry.get(lot.batch, "–"), doses(lot.announced_doses)) for lot in one.lots]
        speaker.table("Lots", ("batch", "expiry", "doses"), rows)
        return
    counted = [
        (lot.batch, expiry.get(lot.batch, "–"), *beside(lot.announced_doses, lot.counted_doses), *_found(lot))
        for lot in one.lots
    ]
    speaker.table("Lots (doses)", ("batch", "expiry", *BESIDE), counted)
    if one.reconciliation.missing_documents:
        speaker.say(f"missing papers: {', '.join(one.reconciliation.missing_documents)}\n")
    if one.reconciliation.arrival_report:
        speaker.say(f"arrival report: {one.reconciliation.arrival_report}\n")


def _found(lot: LotCount) -> tuple[str, str]:
    return (count(lot.damaged_doses) if lot.damaged_doses else "", lot.temperature or "")


def beside(announced: int | None, counted: int | None) -> tuple[str, str, str]:
    """Write what was announced, what was counted, and the difference."""
    difference = 0 if counted is None else counted - (announced or 0)
    return (doses(announced), doses(counted), f"{difference:+d}" if difference else "")


def doses(number: int | None) -> str:
    """Write a number of doses; a dash where there is none."""
    return "–" if number is None else count(number)


def _talk(speaker: Speaker, one: Consignment) -> None:
    rows = [
        (leg.party.upper(), moment(asked.at_ms), asked.text, asked.reply or "no reply yet")
        for leg in one.legs
        for asked in leg.queries
    ]
    if rows:
        speaker.table("Queries (UTC)", ("from", "when", "question", "reply"), rows)


def _versions(speaker: Speaker, one: Consignment) -> None:
    for version in one.versions:
        if version.changes:
            title = f"Version {version.version}, {moment(version.at_ms)} UTC"
            speaker.table(title, CHANGE_COLUMNS, [change_row(change) for change in version.changes])


def _around(speaker: Speaker, one: Consignment, facts: Facts) -> None:
    for link in facts.links:
        speaker.say(f"linked with {link.b if link.a == one.reference else link.a}: {why_linked(link)}")
    if phones := one.part.contacts:
        speaker.say("duty desks: " + ", ".join(f"{party.upper()} {phone}" for party, phone in sorted(phones.items())))
    for name, parties, devices in facts.readers:
        reads = "everything" if name == "goods" else "one transit Member's leg"
        names = " ".join(party.upper() for party in parties)
        speaker.say(f"read by {names} on {devices} device{'s' * (devices != 1)}: {reads}")
    for said in one.marks:
        speaker.say(f"not counted: {said.party.upper()} {said.content.TYPE}, {(said.mark or '').replace('_', ' ')}")
