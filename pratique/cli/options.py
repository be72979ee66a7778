"""The options that many commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of text for people.")]
Store = Annotated[
    Path,
    typer.Option("--store", envvar="PRATIQUE_STORE", help="The folder of this device's store.", file_okay=False),
]
PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        envvar="PRATIQUE_PASSPHRASE_FILE",
        help="A file (mode 0600) with the passphrase; otherwise FOLDER.passphrase, the keyring, or a prompt.",
    ),
]
Server = Annotated[str, typer.Option("--server", envvar="PRATIQUE_SERVER", help="The server, as https://host[:port].")]
KeyFile = Annotated[Path, typer.Argument(help="The sealed key file.", dir_okay=False)]
OperationName = Annotated[
    str, typer.Option("--operation", envvar="PRATIQUE_OPERATION", help="The operation's code, or how its id begins.")
]
ReferenceArgument = Annotated[str, typer.Argument(help="The reference, as PN-STOP-III-BE-2026-000001-37.")]
Offline = Annotated[bool, typer.Option("--offline", help="Show what the store holds; ask the server nothing.")]

DEFAULT_STORE = Path.home() / ".local" / "share" / "pratique"
