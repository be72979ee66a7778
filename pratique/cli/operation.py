"""`pratique operation`: the numbered, signed terms of an operation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pratique.cli.at_desk import at_desk
from pratique.cli.exits import run
from pratique.cli.options import DEFAULT_STORE, Json, OperationName, PassphraseFile, Store
from pratique.cli.output import Speaker

if TYPE_CHECKING:
    from pratique.desk.desk import Desk
    from pratique.opened import Operation

commands = typer.Typer(
    no_args_is_help=True, help="Operations: found one, change its terms, list those you take part in."
)
TermsFile = Annotated[Path, typer.Argument(help="The terms as JSON, as in examples/operation.json.", dir_okay=False)]


@commands.command()
def found(
    file: TermsFile, store: Store = DEFAULT_STORE, passphrase_file: PassphraseFile = None, as_json: Json = False
) -> None:
    """Found an operation; only a coordinating office (OCU) can."""
    speaker = Speaker(as_json)

    async def work() -> None:
        from pratique.cli.documents import load
        from pratique.cli.opening import opened_device
        from pratique.cli.terms import Terms
        from pratique.desk.room import open_room

        terms, _ = load(file, Terms)
        async with opened_device(store, passphrase_file) as device:
            with speaker.working("founding the operation"):
                operation = await device.found_operation(terms.statement_body(1))
            with speaker.working("opening the operation room"):
                await open_room(device, operation)
        speaker.say(f"operation {operation.terms.code} is founded, its room is open: {operation.id.hex()}")
        speaker.emit(_shown(operation))

    run(speaker, work())


@commands.command()
def amend(
    operation: OperationName,
    file: TermsFile,
    store: Store = DEFAULT_STORE,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """State new terms of an operation."""
    speaker = Speaker(as_json)

    async def work() -> None:
        from pratique.cli.documents import load
        from pratique.cli.finding import find_operation
        from pratique.cli.opening import opened_device
        from pratique.cli.terms import Terms

        terms, _ = load(file, Terms)
        async with opened_device(store, passphrase_file) as device:
            with speaker.working("stating the new terms"):
                known = await find_operation(device, operation)
                changed = await device.amend_operation(known.id, terms.statement_body(known.terms.number + 1))
        speaker.say(f"operation {changed.terms.code} has terms number {changed.terms.number}")
        speaker.emit(_shown(changed))

    run(speaker, work())


@commands.command("list")
def list_operations(
    store: Store = DEFAULT_STORE, passphrase_file: PassphraseFile = None, as_json: Json = False
) -> None:
    """List the operations your party takes part in."""
    speaker = Speaker(as_json)

    async def work() -> None:
        from pratique.cli.opening import opened_device
        from pratique.cli.wording import instant

        async with opened_device(store, passphrase_file) as device:
            with speaker.working("asking for the operations"):
                operations = await device.operations()
        rows = [
            (
                one.terms.code,
                one.terms.phase,
                instant(one.terms.from_ms),
                instant(one.terms.until_ms),
                " ".join(participant.party.upper() for participant in one.terms.participants),
            )
            for one in operations
        ]
        if rows:
            speaker.table("", ("operation", "phase", "from (UTC)", "until (UTC)", "parties"), rows)
        else:
            speaker.say("no operation yet")
        speaker.emit({"operations": [_shown(one) for one in operations]})

    run(speaker, work())


@commands.command()
@at_desk
async def adapt(
    desk: Desk,
    speaker: Speaker,
    file: Annotated[
        Path, typer.Argument(help="What to hide, require and fill in, as in examples/adaptation.json.", dir_okay=False)
    ],
) -> None:
    """Adapt the form of pre-notifications for the whole operation; only its coordinator can."""
    from pratique.cli.documents import load
    from pratique.contents.adaptation import Adaptation

    adaptation, _ = load(file, Adaptation)
    with speaker.working("telling the operation room"):
        await desk.adapt(adaptation)
    speaker.say(f"{desk.operation.terms.code} uses {adaptation.template} as adapted, from the next announcement on")
    speaker.emit(adaptation.model_dump(mode="json", exclude_none=True))


def _shown(operation: Operation) -> dict[str, Any]:
    return {"id": operation.id.hex(), **operation.terms.model_dump(mode="json")}
