"""The command `pratique`: what it can do, in the order people meet it."""

from __future__ import annotations

import sys

import typer
from typer.exceptions import TyperException

from pratique.cli import (
    amending,
    answering,
    board,
    bulk,
    channel,
    desk_settings,
    doctor,
    drafts,
    enrol,
    events,
    export,
    gateway,
    messages,
    operation,
    party,
    prenotify,
    root,
    show,
    watch,
)
from pratique.cli import exits as exit_codes
from pratique.cli.output import Speaker
from pratique.errors import PratiqueError

_CODES = (exit_codes.__doc__ or "").partition("\n\n")[2]

commands = typer.Typer(
    name="pratique",
    help="End-to-end encrypted message exchange for Customs: announce consignments, follow them, talk.",
    epilog="\b\nExit codes:\n" + "\n".join(line.strip() for line in _CODES.splitlines() if line.strip()),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_DAILY, _TALK, _SETUP = "Consignments", "Channels", "Set up and look after"

for command in (prenotify.prenotify, board.board, show.show, answering.ack, answering.answer, answering.query):
    commands.command(rich_help_panel=_DAILY)(command)
for command in (answering.reply, answering.hold, events.move, events.reconcile, events.reopen):
    commands.command(rich_help_panel=_DAILY)(command)
for command in (amending.amend, amending.leg, amending.reroute, amending.withdraw):
    commands.command(rich_help_panel=_DAILY)(command)
commands.add_typer(drafts.commands, name="draft", rich_help_panel=_DAILY)
commands.command("template", rich_help_panel=_DAILY)(bulk.template)
commands.command("import", rich_help_panel=_DAILY)(bulk.import_file)
commands.command("export", rich_help_panel=_DAILY)(export.export)
commands.command(rich_help_panel=_TALK)(messages.post)
commands.command(rich_help_panel=_TALK)(messages.read)
commands.command(rich_help_panel=_TALK)(watch.watch)
commands.add_typer(channel.commands, name="channel", rich_help_panel=_TALK)
commands.add_typer(operation.commands, name="operation", rich_help_panel=_TALK)
commands.add_typer(desk_settings.commands, name="desk", rich_help_panel=_SETUP)
commands.add_typer(enrol.commands, name="enrol", rich_help_panel=_SETUP)
commands.command(rich_help_panel=_SETUP)(gateway.gateway)
commands.command(rich_help_panel=_SETUP)(doctor.doctor)
commands.add_typer(party.commands, name="party", rich_help_panel=_SETUP)
commands.command(rich_help_panel=_SETUP)(party.approve)
commands.command(rich_help_panel=_SETUP)(party.revoke)
commands.add_typer(root.commands, name="root", rich_help_panel=_SETUP)


def run() -> None:
    """Run the command line; the entry point of the package. With `--json` a wrong use is told as JSON too."""
    if "--json" not in sys.argv:
        commands()
        return
    try:
        sys.exit(commands(standalone_mode=False))
    except typer.Abort:
        sys.exit(exit_codes.INTERRUPTED)
    except TyperException as wrong:
        exit_codes.fail(Speaker(as_json=True), PratiqueError("usage", wrong.format_message()))


if __name__ == "__main__":
    run()
