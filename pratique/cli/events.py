"""`pratique ack`, `move`, `reconcile`: what addressees and carriers of a consignment report."""

from __future__ import annotations

from typing import Annotated

import typer

from pratique.cli.exits import run
from pratique.cli.options import DEFAULT_STORE, Json, PassphraseFile, ReferenceArgument, Store
from pratique.cli.output import Speaker
from pratique.contents.movement import Step
from pratique.contents.reconciliation import Outcome

Remark = Annotated[str | None, typer.Option(help="A remark for the other Members of the lane.")]
At = Annotated[str | None, typer.Option(help="When it happened, as 2026-11-25T04:31Z; now if left out.")]


def ack(
    reference: ReferenceArgument,
    remark: Remark = None,
    store: Store = DEFAULT_STORE,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Say that a person has taken note of a pre-notification."""
    speaker = Speaker(as_json)

    async def work() -> None:
        from pratique.cli.opening import synced_device
        from pratique.cli.reporting import report
        from pratique.contents.acknowledgement import Acknowledgement

        async with synced_device(speaker, store, passphrase_file) as device:
            with speaker.working("sealing and posting"):
                reported = await report(device, reference, Acknowledgement, {"remark": remark})
        speaker.say(f"{reference} is acknowledged")
        speaker.emit(reported)

    run(speaker, work())


def move(
    reference: ReferenceArgument,
    step: Annotated[Step, typer.Argument(help="What happened.", case_sensitive=False)],
    at: At = None,
    place: Annotated[str | None, typer.Option(help="Where, as a UN/LOCODE such as AEDXB.")] = None,
    remark: Remark = None,
    store: Store = DEFAULT_STORE,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Report where a consignment is; only the Member whose leg it is can."""
    speaker = Speaker(as_json)

    async def work() -> None:
        from pratique.cli.opening import synced_device
        from pratique.cli.reporting import now, report
        from pratique.contents.movement import Movement

        said = {"step": step, "happened_at": at or now(), "place": place, "remark": remark}
        async with synced_device(speaker, store, passphrase_file) as device:
            with speaker.working("sealing and posting"):
                reported = await report(device, reference, Movement, said)
        speaker.say(f"{reference}: {step} is reported")
        speaker.emit(reported)

    run(speaker, work())


def reconcile(
    reference: ReferenceArgument,
    lot: Annotated[
        list[str] | None, typer.Option(help="A lot as counted, BATCH=DOSES or BATCH=DOSES/DAMAGED; repeat it.")
    ] = None,
    as_announced: Annotated[
        bool, typer.Option("--as-announced", help="Lots not named were counted as announced.")
    ] = False,
    outcome: Annotated[Outcome | None, typer.Option(help="How it ended; found from the counts if left out.")] = None,
    at: At = None,
    report_number: Annotated[str | None, typer.Option("--report", help="The number of the arrival report.")] = None,
    remark: Remark = None,
    store: Store = DEFAULT_STORE,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Close a pre-notification with what was counted on arrival."""
    speaker = Speaker(as_json)

    async def work() -> None:
        from pratique.cli.finding import find_consignment, read_board
        from pratique.cli.opening import synced_device
        from pratique.cli.reporting import count_lots, judge, now, report
        from pratique.cli.wording import count
        from pratique.contents.reconciliation import Reconciliation

        async with synced_device(speaker, store, passphrase_file) as device:
            consignment = find_consignment(read_board(device), reference)
            lots = count_lots(consignment, lot or [], as_announced)
            found = outcome or judge(consignment, lots)
            said = {
                "outcome": found,
                "counted_at": at or now(),
                "lots": lots,
                "arrival_report": report_number,
                "remark": remark,
            }
            with speaker.working("sealing and posting"):
                reported = await report(device, reference, Reconciliation, said)
        announced = {one.batch: one.announced_doses for one in consignment.lots}
        rows = [
            (
                one["batch"],
                count(known) if (known := announced.get(one["batch"])) is not None else "–",
                count(one["doses"]),
            )
            for one in lots
        ]
        if rows:
            speaker.table("", ("batch", "doses announced", "doses counted"), rows)
        speaker.say(f"{reference} is closed as {found}")
        speaker.emit({**reported, "outcome": found, "lots": lots})

    run(speaker, work())
