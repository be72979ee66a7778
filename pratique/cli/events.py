"""`pratique move`, `reconcile`, `reopen`: what happens to a consignment on its way and when it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pratique.cli.at_desk import at_desk
from pratique.cli.options import At, ReferenceArgument, Remark
from pratique.cli.output import Speaker
from pratique.contents.movement import Step
from pratique.contents.reconciliation import Outcome

if TYPE_CHECKING:
    from pratique.desk.desk import Desk
    from pratique.views.consignment import Consignment


@at_desk
async def move(
    desk: Desk,
    speaker: Speaker,
    reference: ReferenceArgument,
    step: Annotated[Step, typer.Argument(help="What happened.", case_sensitive=False)],
    at: At = None,
    place: Annotated[str | None, typer.Option(help="Where, as a UN/LOCODE such as AEDXB.")] = None,
    document: Annotated[str | None, typer.Option(help="The final transport document, for DEPARTED.")] = None,
    eta: Annotated[str | None, typer.Option(help="When the next place is now expected to be reached.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why; DETAINED needs it.")] = None,
    remark: Remark = None,
) -> None:
    """Report where a consignment is; only the Member whose leg it is can."""
    from pratique.cli.reporting import now, report
    from pratique.contents.movement import Movement

    said = {
        "step": step,
        "happened_at": at or now(),
        "place": place,
        "transport_document": document,
        "eta_at": eta,
        "reason": reason,
        "remark": remark,
    }
    await report(speaker, desk, reference, Movement, said, f"is reported {step}")


@at_desk
async def reconcile(
    desk: Desk,
    speaker: Speaker,
    reference: ReferenceArgument,
    lot: Annotated[
        list[str] | None, typer.Option(help="A lot as counted, BATCH=DOSES or BATCH=DOSES/DAMAGED; repeat it.")
    ] = None,
    as_announced: Annotated[
        bool, typer.Option("--as-announced", help="Lots not named were counted as announced.")
    ] = False,
    temperature: Annotated[
        list[str] | None, typer.Option(help="What a lot's indicator showed, BATCH=ALARM; repeat it.")
    ] = None,
    missing_document: Annotated[list[str] | None, typer.Option(help="A paper that was not there; repeat it.")] = None,
    short_notified: Annotated[
        bool | None, typer.Option("--short-notified/--short-not-notified", help="Was a short shipment told before?")
    ] = None,
    outcome: Annotated[Outcome | None, typer.Option(help="How it ended; found from the counts if left out.")] = None,
    at: At = None,
    released: Annotated[str | None, typer.Option(help="When the goods were released, as a UTC time.")] = None,
    report_number: Annotated[str | None, typer.Option("--report", help="The number of the arrival report.")] = None,
    remark: Remark = None,
) -> None:
    """Close a pre-notification with what was counted on arrival; a discrepancy alerts everyone on the way."""
    from pratique.cli.counting import count_lots, judge
    from pratique.cli.reporting import now, report
    from pratique.contents.reconciliation import Reconciliation

    consignment = desk.find(reference)
    lots = count_lots(consignment, lot or [], temperature or [], as_announced)
    found = outcome or judge(consignment, lots, missing_document or [])
    _say_counts(speaker, consignment, lots)
    said = {
        "outcome": found,
        "counted_at": at or now(),
        "lots": lots,
        "short_shipment_notified": short_notified,
        "missing_documents": missing_document or [],
        "released_at": released,
        "arrival_report": report_number,
        "remark": remark,
    }
    await report(speaker, desk, reference, Reconciliation, said, f"is closed as {found}")


def _say_counts(speaker: Speaker, consignment: Consignment, lots: list[dict[str, Any]]) -> None:
    from pratique.cli.portrait import BESIDE, beside, doses

    announced = {one.batch: one.announced_doses for one in consignment.lots}
    rows = [
        (
            one["batch"],
            *beside(announced.get(one["batch"]), one["doses"]),
            doses(one["damaged_doses"]) if one["damaged_doses"] else "",
            one.get("temperature", "OK"),
        )
        for one in lots
    ]
    if rows:
        speaker.table("Lots (doses)", ("batch", *BESIDE), rows)


@at_desk
async def reopen(
    desk: Desk,
    speaker: Speaker,
    reference: ReferenceArgument,
    reason: Annotated[str, typer.Option(help="Why it is opened again.")],
) -> None:
    """Open a closed pre-notification again, within 30 days; the departure Member needs the OCU's agreement."""
    from pratique.cli.reporting import report
    from pratique.contents.reopening import Reopening

    alone = desk.find(reference).origin != desk.party
    done = "is open again" if alone else "is open again as soon as the coordinating unit says the same"
    await report(speaker, desk, reference, Reopening, {"reason": reason}, done)
