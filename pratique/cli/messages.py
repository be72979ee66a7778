"""`pratique post` and `pratique read`: free text in a channel, and the timeline of one channel or of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pratique.cli.exits import run
from pratique.cli.options import DEFAULT_STORE, Json, Offline, PassphraseFile, Store
from pratique.cli.output import Speaker
from pratique.cli.urgency import UrgencyWord, as_urgency

if TYPE_CHECKING:
    from pratique.views.read_marks import ReadMarks


def post(
    channel: Annotated[str, typer.Argument(help="The channel's title, or how its id begins.")],
    text: Annotated[str, typer.Argument(help="The message, or - to read it from standard input.")],
    urgency: UrgencyWord = "routine",
    store: Store = DEFAULT_STORE,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Post a message to a channel, sealed for its members."""
    speaker = Speaker(as_json)

    async def work() -> None:
        import sys

        from pratique.cli.finding import find_channel
        from pratique.cli.opening import synced_device
        from pratique.contents.message import Message

        message = Message.check({"text": sys.stdin.read() if text == "-" else text})
        async with synced_device(speaker, store, passphrase_file) as device:
            found = find_channel(device, channel)
            with speaker.working("sealing and posting"):
                posted = await device.post(found, Message.TYPE, message.write(), as_urgency(urgency))
        speaker.say(f"posted as entry {posted.seq}")
        speaker.emit({"channel": found.hex(), "seq": posted.seq, "at_ms": posted.at_ms, "post_id": str(posted.post_id)})

    run(speaker, work())


def read(
    channel: Annotated[
        str | None, typer.Argument(help="The channel's title, or how its id begins; all if left out.")
    ] = None,
    about: Annotated[str | None, typer.Option(help="Only what was said about this reference.")] = None,
    after: Annotated[int, typer.Option(min=0, help="Only entries after this number (of one channel).")] = 0,
    members: Annotated[bool, typer.Option("--members", help="Also show who came and went.")] = False,
    offline: Offline = False,
    store: Store = DEFAULT_STORE,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Show what was said, oldest first."""
    speaker = Speaker(as_json)

    async def work() -> None:
        from pratique.cli.finding import find_channel, titles
        from pratique.cli.opening import synced_device
        from pratique.cli.wording import line_json, line_row
        from pratique.contents.read_mark import ReadMark
        from pratique.views import read_marks, timeline
        from pratique.wire.entries import Kind

        async with synced_device(speaker, store, passphrase_file, offline=offline) as device:
            named = titles(device)
            chosen = [find_channel(device, channel)] if channel else list(named)
            state = timeline.Timeline()
            marks = {one: read_marks.ReadMarks() for one in chosen}
            few = {
                one.id
                for one in device.channels()
                if len({office.partition("/")[0] for office in one.seated}) <= read_marks.MOST_PARTIES
            }
            for one in chosen:
                for entry in device.opened(one, after):
                    if entry.type == ReadMark.TYPE:
                        marks[one] = read_marks.fold(marks[one], [entry])
                    elif entry.kind is Kind.APPLICATION or members or entry.problem:
                        state = timeline.apply(state, entry)
        lines = state.about(about) if about else state.lines
        if lines:
            rows = [line_row(line, named[line.entry.channel]) for line in lines]
            speaker.table("", ("when (UTC)", "who", "channel", "what"), rows)
        else:
            speaker.say("nothing yet")
        read_by = {one.hex(): _furthest(marks[one]) if one in few else {} for one in chosen}
        for party, upto in read_by[chosen[0].hex()].items() if channel else ():
            speaker.say(f"{party.upper()} has read up to entry {upto}")
        speaker.emit(
            {"lines": [line_json(line, named[line.entry.channel]) for line in lines], "read_by": read_by},
        )

    run(speaker, work())


def _furthest(marks: ReadMarks) -> dict[str, int]:
    return {party: reading.spans[-1][1] for party, reading in sorted(marks.by_party.items())}
