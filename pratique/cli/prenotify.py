"""`pratique prenotify`: announce a consignment to the Members on its way."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pratique.cli.exits import run
from pratique.cli.options import (
    DEFAULT_STORE,
    AnyOperation,
    Json,
    Language,
    PassphraseFile,
    Reasons,
    Set,
    Store,
)
from pratique.cli.output import Speaker
from pratique.cli.urgency import UrgencyOfNew, Word, as_urgency

if TYPE_CHECKING:
    from pratique.cli.composing import Composed, Options
    from pratique.desk.desk import Desk

TlpLabel = Literal["TLP:RED", "TLP:AMBER+STRICT", "TLP:AMBER", "TLP:GREEN", "TLP:CLEAR"]


def prenotify(
    file: Annotated[
        Path | None, typer.Argument(help="The consignment as JSON, as in examples/vaccine-consignment.json.")
    ] = None,
    from_last: Annotated[bool, typer.Option("--from-last", help="Begin with the last one that you sent.")] = False,
    from_series: Annotated[
        str | None, typer.Option("--from-series", metavar="REFERENCE", help="Call off a shipment of this series.")
    ] = None,
    new: Annotated[
        Path | None, typer.Option("--new", metavar="FILE", help="Write an empty form with help texts, to fill in.")
    ] = None,
    language: Language = "en",
    scan: Annotated[
        list[str] | None,
        typer.Option(help="A GS1 code as scanned: GTIN, batch, expiry, SSCC; repeat it, or - for one a line."),
    ] = None,
    lot: Annotated[list[str] | None, typer.Option(help="A lot, BATCH=DOSES or BATCH=DOSES@EXPIRY; repeat it.")] = None,
    etd: Annotated[
        str | None, typer.Option(help="The first departure, as 2026-11-24T21:40Z; later times move with it.")
    ] = None,
    eta: Annotated[str | None, typer.Option(help="The last arrival.")] = None,
    awb: Annotated[str | None, typer.Option(help="The air waybill of the legs by air.")] = None,
    set_: Set = None,
    national_reference: Annotated[
        str | None, typer.Option(help="Your own number; sent again under it, a change becomes an amendment.")
    ] = None,
    mode: Annotated[Literal["INFORM", "REPLY"] | None, typer.Option(help="Inform, or ask for an answer.")] = None,
    tlp: Annotated[TlpLabel | None, typer.Option(help="How far the readers may pass it on.")] = None,
    urgency: UrgencyOfNew = None,
    urgency_reason: Annotated[str | None, typer.Option(help="Why it is urgent.")] = None,
    reason: Reasons = None,
    without: Annotated[
        list[str] | None, typer.Option(help="A transit Member outside the operation, told by you; repeat it.")
    ] = None,
    check_only: Annotated[bool, typer.Option("--check", help="Show what would be sent; send nothing.")] = False,
    draft: Annotated[bool, typer.Option("--draft", help="Keep it as a draft of your Member; send nothing.")] = False,
    operation: AnyOperation = None,
    store: Store = DEFAULT_STORE,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Send a pre-notification: everything to the destination, its own leg to each Member on the way."""
    speaker = Speaker(as_json)

    async def work() -> None:
        from pratique.cli.at_desk import choose, opened_desks
        from pratique.cli.composing import Options, from_file
        from pratique.cli.scanning import typed_codes
        from pratique.errors import PratiqueError
        from pratique.templates import newest

        if sum(source is not None for source in (file, from_series, new)) + from_last != 1:
            detail = "say what is announced in one way: FILE, --from-last, --from-series or --new"
            raise PratiqueError("usage", detail, "pratique prenotify --new consignment.json writes a form to fill in")
        if new is not None:
            from pratique.cli.skeleton import write_skeleton

            write_skeleton(new, newest("prenotification"), language)
            speaker.say(f"{new} is written; fill it in, then: pratique prenotify --check {new}")
            speaker.emit({"file": str(new)})
            return
        options = Options(
            etd=etd,
            eta=eta,
            awb=awb,
            lots=tuple(lot or ()),
            scans=tuple(typed_codes(scan or ())),
            values=tuple(set_ or ()),
            reasons=tuple(reason or ()),
            outside={
                "mode": mode,
                "tlp": tlp,
                "national_reference": national_reference,
                "urgency_reason": urgency_reason,
            },
        )
        if file is not None and check_only and not store.exists():
            composed = from_file(file, options, newest("prenotification"))
            check_alone(speaker, str(file), composed)
            return
        if file is not None:
            # What is wrong with the file itself is said before anything else is asked of anybody.
            from_file(file, options, newest("prenotification"))
        async with opened_desks(
            speaker, operation=operation, offline=False, store=store, passphrase_file=passphrase_file
        ) as desks:
            desk = choose(desks, from_series)
            composed = _compose(desk, file, from_series, options)
            source = str(file) if file is not None else "the announcement"
            await _send(speaker, desk, composed, source, urgency, tuple(without or ()), check_only, draft)

    run(speaker, work())


def _compose(desk: Desk, file: Path | None, series: str | None, options: Options) -> Composed:
    from pratique.cli.at_desk import full_reference
    from pratique.cli.composing import from_earlier, from_file, from_last

    if file is not None:
        return from_file(file, options, desk.template)
    if series is not None:
        return from_earlier(desk.call_off(full_reference(desk, series)), options, desk.template, "call-off")
    return from_last(desk.last(), options, desk.template)


async def _send(
    speaker: Speaker,
    desk: Desk,
    composed: Composed,
    source: str,
    urgency: Word | None,
    without: tuple[str, ...],
    check_only: bool,
    draft: bool,
) -> None:
    from pratique.cli.composing import refuse
    from pratique.cli.sending import checked_json, duplicates, say_checked, say_sent, sent_json
    from pratique.cli.wording import arrow
    from pratique.desk.checking import insist

    announcement = composed.announcement
    if draft:
        kept = await desk.save_draft(announcement)
        speaker.say(f"draft {kept[:8]} is kept; pratique draft submit {kept[:8]} hands it over for release")
        speaker.emit({"draft": kept})
        return
    checked = desk.check(announcement, urgency=as_urgency(urgency))
    refuse(composed, checked.problems, () if check_only else checked.findings)
    if check_only:
        untold = any(one not in without or one == checked.parties[-1] for one in checked.unreachable)
        stopped = untold or bool(checked.findings)
        speaker.say(f"{source} {'cannot be sent so' if stopped else 'can be sent'}: {arrow(checked.parties)}")
        say_checked(speaker, desk, checked)
        speaker.emit({"file": source, **checked_json(checked)})
        # A check ends as sending would: a script that asks first gets the same code.
        refuse(composed, (), checked.findings)
        insist(checked, without)
        return
    for party, why in checked.late.items():
        speaker.note(f"warning: late notice for {party.upper()}: {why}")
    with speaker.working("opening the lanes, sealing and posting"):
        sent = await desk.announce(announcement, urgency=as_urgency(urgency), without=without)
    say_sent(speaker, desk, sent)
    for text in duplicates(checked):
        speaker.note(text)
    speaker.emit(sent_json(sent))


def check_alone(speaker: Speaker, source: str, composed: Composed) -> None:
    """Check a form by its template only, where no store is there to know Members and deadlines."""
    from pratique.cli.composing import refuse
    from pratique.cli.wording import arrow
    from pratique.contents.shipment import Shipment, route_parties
    from pratique.templates import load

    announcement = composed.announcement
    template, kind = load(announcement.template), announcement.kind
    form = template.filled(announcement.form, kind)
    refuse(composed, template.problems(form, kind=kind), ())
    refuse(composed, (), template.findings(form, announcement.overrides, kind=kind))
    parties = route_parties(Shipment.of(form).legs)
    speaker.say(f"{source} can be sent: {arrow(parties)}")
    speaker.emit({"file": source, "parties": list(parties)})
