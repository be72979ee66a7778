"""The command `pratique`: what it can do, in the order people meet it."""

from __future__ import annotations

import typer

from pratique.cli import board, channel, doctor, enrol, events, messages, operation, party, prenotify, root, watch
from pratique.cli import exits as exit_codes

_CODES = (exit_codes.__doc__ or "").partition("\n\n")[2]

app = typer.Typer(
    name="pratique",
    help="End-to-end encrypted message exchange for Customs: announce consignments, follow them, talk.",
    epilog="\b\nExit codes:\n" + "\n".join(line.strip() for line in _CODES.splitlines() if line.strip()),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_DAILY, _TALK, _SETUP = "Consignments", "Channels", "Set up and look after"

app.command(rich_help_panel=_DAILY)(prenotify.prenotify)
app.command(rich_help_panel=_DAILY)(board.board)
app.command(rich_help_panel=_DAILY)(events.ack)
app.command(rich_help_panel=_DAILY)(events.move)
app.command(rich_help_panel=_DAILY)(events.reconcile)
app.command(rich_help_panel=_TALK)(messages.post)
app.command(rich_help_panel=_TALK)(messages.read)
app.command(rich_help_panel=_TALK)(watch.watch)
app.add_typer(channel.app, name="channel", rich_help_panel=_TALK)
app.add_typer(operation.app, name="operation", rich_help_panel=_TALK)
app.add_typer(enrol.app, name="enrol", rich_help_panel=_SETUP)
app.command(rich_help_panel=_SETUP)(doctor.doctor)
app.add_typer(party.app, name="party", rich_help_panel=_SETUP)
app.command(rich_help_panel=_SETUP)(party.approve)
app.command(rich_help_panel=_SETUP)(party.revoke)
app.add_typer(root.app, name="root", rich_help_panel=_SETUP)


def run() -> None:
    """Run the command line; the entry point of the package."""
    app()


if __name__ == "__main__":
    run()
