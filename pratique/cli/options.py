"""The options that many commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

_EVERYWHERE = "Options of every command"

Json = Annotated[
    bool,
    typer.Option("--json", help="Print JSON for programs instead of text for people.", rich_help_panel=_EVERYWHERE),
]
Store = Annotated[
    Path,
    typer.Option(
        "--store",
        envvar="PRATIQUE_STORE",
        help="The folder of this device's store.",
        file_okay=False,
        rich_help_panel=_EVERYWHERE,
    ),
]
PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        envvar="PRATIQUE_PASSPHRASE_FILE",
        help="A file (mode 0600) with the passphrase; otherwise FOLDER.passphrase, the keyring, or a prompt.",
        rich_help_panel=_EVERYWHERE,
    ),
]
Server = Annotated[str, typer.Option("--server", envvar="PRATIQUE_SERVER", help="The server, as https://host[:port].")]
KeyFile = Annotated[Path, typer.Argument(help="The sealed key file.", dir_okay=False)]
OperationName = Annotated[
    str, typer.Option("--operation", envvar="PRATIQUE_OPERATION", help="The operation's code, or how its id begins.")
]
AnyOperation = Annotated[
    str | None,
    typer.Option(
        "--operation",
        envvar="PRATIQUE_OPERATION",
        help="The operation's code, or how its id begins; needed where your party takes part in several.",
        rich_help_panel=_EVERYWHERE,
    ),
]
ReferenceArgument = Annotated[
    str,
    typer.Argument(metavar="REFERENCE", help="The reference, its end, or its number: 000123-45, or 123."),
]
Offline = Annotated[bool, typer.Option("--offline", help="Show what the store holds; ask the server nothing.")]
Remark = Annotated[str | None, typer.Option(help="A remark for the other Members of the lane.")]
At = Annotated[str | None, typer.Option(help="When it happened, as 2026-11-25T04:31Z; now if left out.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before sending.")]
Reasons = Annotated[
    list[str] | None,
    typer.Option("--reason", help='Why a finding stands, as "legs[0].awb=number copied from the paper"; repeat it.'),
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", help='Change one field of the form, as "legs[0].eta_at=2026-11-25T16:00Z"; repeat it.'),
]
Language = Annotated[
    Literal["en", "fr", "es", "ru", "ar", "pt"], typer.Option("--language", help="The language of labels and help.")
]

DEFAULT_STORE = Path.home() / ".local" / "share" / "pratique"
