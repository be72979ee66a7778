"""`pratique amend`, `leg`, `reroute`, `withdraw`: change or take back what was sent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pratique.cli.at_desk import at_desk
from pratique.cli.options import Reasons, ReferenceArgument, Set, Yes
from pratique.cli.output import Speaker
from pratique.cli.urgency import UrgencyOfVersion, Word, as_urgency
from pratique.errors import PratiqueError

if TYPE_CHECKING:
    from pratique.cli.composing import Composed, Options
    from pratique.desk.desk import Desk

Why = Annotated[str, typer.Option("--reason", help="Why; everybody who got it reads this.")]
Place = Annotated[str, typer.Argument(help="A place of the leg, as a UN/LOCODE.")]


@at_desk
async def amend(
    desk: Desk,
    speaker: Speaker,
    reference: ReferenceArgument,
    file: Annotated[Path | None, typer.Argument(help="The whole consignment anew; or change fields by --set.")] = None,
    set_: Set = None,
    etd: Annotated[str | None, typer.Option(help="The first departure; later times move with it.")] = None,
    eta: Annotated[str | None, typer.Option(help="The last arrival.")] = None,
    awb: Annotated[str | None, typer.Option(help="The air waybill of the legs by air.")] = None,
    lot: Annotated[list[str] | None, typer.Option(help="A lot, BATCH=DOSES or BATCH=DOSES@EXPIRY; repeat it.")] = None,
    urgency: UrgencyOfVersion = None,
    urgency_reason: Annotated[str | None, typer.Option(help="Why it is urgent.")] = None,
    reason: Reasons = None,
    yes: Yes = False,
) -> None:
    """Send a new version; what is material asks those it concerns to acknowledge again."""
    from pratique.cli.composing import Options, refuse
    from pratique.cli.sending import change_json, confirm, say_changes, say_sent, sent_json
    from pratique.desk.urgency import kept, standing
    from pratique.templates.changes import Change

    if (one := desk.find(reference)).origin != desk.party:
        hint = f"newer facts of your own leg: pratique leg {reference} FROM TO --eta …"
        raise PratiqueError("not_the_sender", f"{reference} is {one.origin.upper()}'s own to change", hint)
    outside: dict[str, str | None] = {} if urgency_reason is None else {"urgency_reason": urgency_reason}
    options = Options(etd, eta, awb, tuple(lot or ()), (), tuple(set_ or ()), tuple(reason or ()), outside)
    composed = _composed(desk, reference, file, options, urgency)
    before = desk.announcement_of(reference)
    chosen, stands = (
        kept(desk, one.reference, composed.announcement, as_urgency(urgency)),
        standing(desk, one.reference),
    )
    changes = desk.template.changes(before.form, composed.announcement.form, "goods")
    if chosen is not stands:
        changes = (Change("urgency", stands.word, chosen.word, False), *changes)
    if not changes and composed.announcement == before:
        raise PratiqueError("no_change", f"{reference} stands like this already; nothing was sent")
    checked = desk.check(composed.announcement, urgency=chosen, again=True)
    refuse(composed, checked.problems, checked.findings)
    say_changes(speaker, changes)
    material = sum(change.material for change in changes)
    asks = "material: asks to acknowledge again" if material else "not material: answers stay as they are"
    confirm(speaker, f"{reference}: {len(changes)} changes, {asks}. Send?", yes)
    with speaker.working("sealing and posting"):
        sent = await desk.amend(reference, composed.announcement, urgency=chosen)
    say_sent(speaker, desk, sent)
    speaker.emit({**sent_json(sent), "changes": [change_json(change) for change in changes]})


def _composed(desk: Desk, reference: str, file: Path | None, options: Options, urgency: Word | None) -> Composed:
    from pratique.cli.composing import from_file, from_standing

    if file is not None:
        return from_file(file, options, desk.template)
    if urgency is None and options == type(options)(reasons=options.reasons):
        raise PratiqueError("usage", "nothing to change", "give a FILE, or --set legs[0].eta_at=2026-11-25T16:00Z")
    composed = from_standing(desk, reference, options)
    if urgency in (None, "urgent") or options.outside:
        return composed
    # What is not urgent any more has no reason for it.
    return replace(composed, announcement=composed.announcement.model_copy(update={"urgency_reason": None}))


@at_desk
async def leg(
    desk: Desk,
    speaker: Speaker,
    reference: ReferenceArgument,
    from_place: Place,
    to_place: Place,
    etd: Annotated[str | None, typer.Option(help="When it now leaves.")] = None,
    eta: Annotated[str | None, typer.Option(help="When it is now expected.")] = None,
    flight: Annotated[str | None, typer.Option(help="The flight.")] = None,
    awb: Annotated[str | None, typer.Option(help="The air waybill.")] = None,
    vehicle: Annotated[str | None, typer.Option(help="The vehicle.")] = None,
    container: Annotated[str | None, typer.Option(help="The container.")] = None,
    seal: Annotated[list[str] | None, typer.Option(help="A seal that is on it now; repeat it.")] = None,
) -> None:
    """Give newer facts of your own leg, as a transit Member."""
    from pratique.cli.reporting import report
    from pratique.contents.leg_update import LegUpdate

    given = {"etd_at": etd, "eta_at": eta, "flight": flight, "awb": awb, "vehicle": vehicle, "container": container}
    facts = {name: value for name, value in given.items() if value is not None} | ({"seals": seal} if seal else {})
    if not facts:
        raise PratiqueError("usage", "nothing to tell of this leg", "give --eta, --flight or another of its facts")
    legs = [{"from_place": from_place, "to_place": to_place, **facts}]
    await report(speaker, desk, reference, LegUpdate, {"legs": legs}, f"has newer facts of {from_place} → {to_place}")


@at_desk
async def reroute(
    desk: Desk,
    speaker: Speaker,
    reference: ReferenceArgument,
    file: Annotated[Path, typer.Argument(help="The consignment on its new way, as JSON.", dir_okay=False)],
    why: Why,
    set_: Set = None,
    reason_for: Annotated[
        list[str] | None, typer.Option("--finding", help="Why a finding stands, as field=reason; repeat it.")
    ] = None,
    yes: Yes = False,
) -> None:
    """Announce the new way of goods that are moving; the old pre-notification is replaced."""
    from pratique.cli.composing import Options, from_file, refuse
    from pratique.cli.sending import confirm, say_checked, say_sent, sent_json

    options = Options(values=tuple(set_ or ()), reasons=tuple(reason_for or ()))
    composed = from_file(file, options, desk.template)
    checked = desk.check(composed.announcement)
    refuse(composed, checked.problems, checked.findings)
    say_checked(speaker, desk, checked)
    confirm(speaker, f"{reference} is replaced by this. Send?", yes)
    with speaker.working("opening the lanes, sealing and posting"):
        sent = await desk.reroute(reference, composed.announcement, why)
    speaker.say(f"{reference} is replaced; those on the old way read: diverted")
    say_sent(speaker, desk, sent)
    speaker.emit({"replaces": reference, **sent_json(sent)})


@at_desk
async def withdraw(desk: Desk, speaker: Speaker, reference: ReferenceArgument, why: Why, yes: Yes = False) -> None:
    """Take a pre-notification back; everybody who got it is told as urgent."""
    from pratique.cli.reporting import reported_json, say_readers
    from pratique.cli.sending import confirm

    confirm(speaker, f"{reference} is taken back for good. Send?", yes)
    with speaker.working("sealing and posting"):
        reported = await desk.withdraw(reference, why)
    speaker.say(f"{reference} is withdrawn")
    say_readers(speaker, desk.party, reported)
    speaker.emit(reported_json(reported))
