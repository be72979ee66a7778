"""`pratique template` and `pratique import`: many consignments from one spreadsheet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from pratique.cli.at_desk import at_desk, opened_desks
from pratique.cli.exits import run
from pratique.cli.options import DEFAULT_STORE, AnyOperation, Json, Language, PassphraseFile, Store
from pratique.cli.output import Speaker
from pratique.errors import PratiqueError

if TYPE_CHECKING:
    from pratique.bulk.importing import Imported
    from pratique.bulk.places import RowProblem
    from pratique.desk.desk import Desk

_SHOWN = 40


def template(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The form: prenotification.")] = "prenotification",
    kind: Annotated[Literal["xlsx", "csv"] | None, typer.Option("--format", help="The kind of file.")] = None,
    language: Language = "en",
    out: Annotated[
        Path | None, typer.Option("--output", "-o", dir_okay=False, help="The file to write; NAME.xlsx if left out.")
    ] = None,
    operation: AnyOperation = None,
    store: Store = DEFAULT_STORE,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Write an empty file to fill in, one row per lot; with --operation, as that operation adapted the form."""
    speaker = Speaker(as_json)
    file = out or Path(f"{name}.{kind or 'xlsx'}")
    if kind is not None and file.suffix.lower() != f".{kind}":
        file = file.with_name(f"{file.name}.{kind}")

    async def work() -> None:
        from pratique import templates
        from pratique.bulk.writing import write_template

        form = templates.newest(name)
        if operation is not None:
            place = {"operation": operation, "store": store, "passphrase_file": passphrase_file}
            async with opened_desks(speaker, **place, offline=True) as desks:  # type: ignore[arg-type]
                form = desks[0].template
        with speaker.working("writing the file"):
            write_template(file, form, language)
        speaker.say(f"{file} is written, in {language}, for the form {form.id}")
        speaker.say(f"fill it in, then check it: pratique import {file} --dry-run")
        speaker.emit({"file": str(file), "template": form.id, "language": language})

    run(speaker, work())


@at_desk
async def import_file(
    desk: Desk,
    speaker: Speaker,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="An XLSX, ODS or CSV file made from `pratique template`.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything; send nothing.")] = False,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Send what is right, though other rows are not.")
    ] = False,
    reason: Annotated[
        str, typer.Option(help="Why findings stand whose own row gives no reason in its column `reason`.")
    ] = "",
) -> None:
    """Announce every consignment of a file; the same national reference again amends it, or changes nothing.

    Wrong cells are told by row and column, and in a copy beside the file with a column `errors`. Broken off, run it
    again: what is sent is skipped. Ends with 3 or 4 where anything is kept back.
    """
    from pratique.bulk.importing import AMENDS, NEW, UNCHANGED, import_file
    from pratique.cli.due import linked_by
    from pratique.cli.progress import progress

    with progress(speaker) as told:
        done = await import_file(desk, file, dry_run=dry_run, skip_bad=skip_bad, reason=reason, progress=told)
    meanings = [one.meaning for one in done.ready]
    counts = {meaning: meanings.count(meaning) for meaning in (NEW, AMENDS, UNCHANGED)}
    speaker.say(
        f"{file}: {done.shipments} consignments: {counts[NEW]} new, {counts[AMENDS]} amended, "
        f"{counts[UNCHANGED]} unchanged, {done.shipments - len(done.ready)} kept back"
    )
    for row, reference, why in done.duplicates[:_SHOWN]:
        speaker.say(f"row {row}: perhaps the same goods as {reference}: {linked_by(why)}")
    _say_problems(speaker, done)
    if done.sent:
        speaker.say(f"{len(done.sent)} sent")
    speaker.emit(_document(done, dry_run))
    if done.bad:
        raise _kept_back(done, dry_run)
    if dry_run:
        speaker.say("nothing was sent: run it without --dry-run to send")


def _document(done: Imported, dry_run: bool) -> dict[str, Any]:
    return {"dry_run": dry_run, **done.as_json()}


def _say_problems(speaker: Speaker, done: Imported) -> None:
    if not done.bad:
        return
    rows = [_row(problem) for problem in done.bad[:_SHOWN]]
    speaker.table("", ("row", "column", "field", "code", "what"), rows)
    if (more := len(done.bad) - _SHOWN) > 0:
        speaker.say(f"and {more} more")
    if done.annotated:
        speaker.say(f"all of them stand in {done.annotated}")


def _row(problem: RowProblem) -> tuple[str, str, str, str, str]:
    return (str(problem.row), problem.column, problem.header, problem.code, problem.text)


def _kept_back(done: Imported, dry_run: bool) -> PratiqueError:
    shipments = done.shipments - len(done.ready)
    sent = "nothing was sent" if dry_run or not done.sent else f"{len(done.sent)} were sent"
    if done.problems:
        hint = "correct the file (or its copy) and run it again; --skip-bad sends the others"
        detail = f"{done.file}: {len(done.problems)} cells of {shipments} consignments are wrong; {sent}"
        return PratiqueError("bad_input", detail, hint)
    hint = "write why each stands into the column `reason` of its row, or give one --reason for all"
    detail = f"{done.file}: {len(done.needing)} findings of {shipments} consignments need a reason; {sent}"
    return PratiqueError("needs_reason", detail, hint)
