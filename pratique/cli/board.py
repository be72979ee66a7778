"""`pratique board`: where every consignment is, who has taken note, and what is late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pratique.cli.exits import run
from pratique.cli.options import DEFAULT_STORE, Json, Offline, PassphraseFile, Store
from pratique.cli.output import Speaker

if TYPE_CHECKING:
    from pratique.views.board import Late
    from pratique.views.consignment import Consignment, LegState, LotCount


def board(
    reference: Annotated[str | None, typer.Argument(help="Show one consignment in full.")] = None,
    offline: Offline = False,
    store: Store = DEFAULT_STORE,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Show the consignments that your office sees."""
    speaker = Speaker(as_json)

    async def work() -> None:
        import time

        from pratique.cli.finding import find_consignment, read_board
        from pratique.cli.opening import synced_device
        from pratique.views.board import consignment_json, overdue

        async with synced_device(speaker, store, passphrase_file, offline=offline) as device:
            state = read_board(device)
        late = overdue(state, int(time.time() * 1000))
        chosen = [find_consignment(state, reference)] if reference else list(state.ordered())
        if reference:
            show_one(speaker, chosen[0], late)
        else:
            show_all(speaker, chosen, late)
        speaker.emit(
            {
                "consignments": [consignment_json(one) for one in chosen],
                "late": [
                    {"reference": flag.reference, "flag": flag.flag, "party": flag.party, "since_ms": flag.since_ms}
                    for flag in late
                    if reference in (None, flag.reference)
                ],
            }
        )

    run(speaker, work())


def show_all(speaker: Speaker, consignments: list[Consignment], late: tuple[Late, ...]) -> None:
    """Print one line per consignment."""
    from pratique.cli.wording import clock

    if not consignments:
        speaker.say("no consignment yet")
        return
    rows = [
        (
            one.reference,
            " → ".join([one.route.legs[0].from_place, *(leg.to_place for leg in one.route.legs)]),
            clock(one.route.legs[-1].eta_at),
            one.outcome or one.state,
            "\n".join(f"{leg.party.upper()} {leg.state}" for leg in one.legs),
            "\n".join(f"{flag.party.upper()} {flag.flag}" for flag in late if flag.reference == one.reference),
        )
        for one in consignments
    ]
    speaker.table("", ("reference", "way", "ETA (UTC)", "state", "legs", "late"), rows)


def show_one(speaker: Speaker, one: Consignment, late: tuple[Late, ...]) -> None:
    """Print everything known of one consignment."""
    from pratique.cli.wording import clock, content_text, instant

    speaker.say(
        f"{one.reference}  {one.outcome or one.state}   (sent by {one.sender.upper()}, {instant(one.sent_ms)} UTC)"
    )
    speaker.say(content_text(one.goods or one.route) + "\n")
    rows = [
        (
            leg.mode,
            f"{leg.from_place} → {leg.to_place}",
            leg.flight or leg.vehicle or "",
            leg.awb or leg.transport_document or "",
            f"{clock(leg.etd_at)} – {clock(leg.eta_at)}",
            " ".join(leg.seals),
        )
        for leg in one.route.legs
    ]
    speaker.table("way (times UTC)", ("by", "from → to", "carrier", "document", "ETD – ETA", "seals"), rows)
    speaker.table("Members", ("party", "role", "state", "acknowledged", "reported"), [_leg(leg) for leg in one.legs])
    if one.lots:
        cells = [
            (lot.batch, _doses(lot.announced_doses), _doses(lot.counted_doses), _difference(lot)) for lot in one.lots
        ]
        speaker.table("lots", ("batch", "doses announced", "doses counted", "difference"), cells)
    elif one.goods is None:
        speaker.say("you see the route of this consignment, not its lots and traders")
    for flag in late:
        if flag.reference == one.reference:
            speaker.say(f"late: {flag.party.upper()} {flag.flag} since {instant(flag.since_ms)} UTC")
    for said in one.marks:
        speaker.say(f"not counted: {said.party.upper()} {said.content.TYPE}, {(said.mark or '').replace('_', ' ')}")


def _doses(number: int | None) -> str:
    from pratique.cli.wording import count

    return "–" if number is None else count(number)


def _difference(lot: LotCount) -> str:
    if lot.counted_doses is None or lot.counted_doses == lot.announced_doses:
        return ""
    return f"{lot.counted_doses - (lot.announced_doses or 0):+d}"


def _leg(leg: LegState) -> tuple[str, ...]:
    from pratique.cli.wording import clock, instant

    moved = ", ".join(f"{step} {clock(at)}" for step, at in leg.moved.items())
    noted = instant(leg.acknowledged_ms) if leg.acknowledged_ms is not None else "–"
    return (leg.party.upper(), leg.role, leg.state, noted, moved)
