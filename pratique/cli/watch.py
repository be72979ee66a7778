"""`pratique watch`: show entries as they come."""

from __future__ import annotations

from typing import Annotated

import typer

from pratique.cli.exits import run
from pratique.cli.options import DEFAULT_STORE, Json, PassphraseFile, Store
from pratique.cli.output import Speaker


def watch(
    channel: Annotated[list[str] | None, typer.Option(help="Only this channel; repeat it.")] = None,
    members: Annotated[bool, typer.Option("--members", help="Also show who came and went.")] = False,
    store: Store = DEFAULT_STORE,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Show entries as they come, until interrupted; with --json one object per line."""
    speaker = Speaker(as_json)

    async def work() -> None:
        from pratique.cli.finding import find_channel, titles
        from pratique.cli.opening import synced_device
        from pratique.cli.wording import line_json, line_row
        from pratique.opened import Notice
        from pratique.views.timeline import read_line
        from pratique.wire.entries import Kind

        async with synced_device(speaker, store, passphrase_file) as device:
            chosen = [find_channel(device, one) for one in channel] if channel else None
            named = titles(device)
            speaker.say(f"watching as {device.uri}; Ctrl-C ends it")
            speaker.emit({"watching": str(device.uri)})
            async for seen in device.watch(chosen):
                if isinstance(seen, Notice):
                    speaker.emit({"notice": seen.facts, "at_ms": seen.at_ms})
                elif seen.kind is Kind.APPLICATION or members or seen.problem:
                    if seen.channel not in named:
                        named = titles(device)
                    line, title = read_line(seen), named.get(seen.channel, seen.channel.hex()[:12])
                    speaker.say("  ".join(line_row(line, title)))
                    speaker.emit(line_json(line, title))

    run(speaker, work())
