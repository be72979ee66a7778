"""`pratique channel`: found channels, seat and unseat offices, see who reads."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from pratique.cli.exits import run
from pratique.cli.options import DEFAULT_STORE, Json, Offline, OperationName, PassphraseFile, Store
from pratique.cli.output import Speaker

commands = typer.Typer(no_args_is_help=True, help="Channels: create, list, seat and unseat offices, rejoin.")
ChannelName = Annotated[str, typer.Argument(help="The channel's title, or how its id begins.")]
History = Literal["full", "from_join"]


@commands.command()
def create(
    operation: OperationName,
    title: Annotated[str, typer.Option(help="What members see; the server never does.")],
    office: Annotated[list[str], typer.Option(help="An office to seat, such as ke/ncp; repeat it.")],
    history: Annotated[
        History, typer.Option(help="What newcomers may read: the full file, or from when they join.")
    ] = "full",
    store: Store = DEFAULT_STORE,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Found a channel that your office owns."""
    speaker = Speaker(as_json)

    async def work() -> None:
        from pratique.cli.finding import find_operation
        from pratique.cli.opening import synced_device

        async with synced_device(speaker, store, passphrase_file) as device:
            found = await find_operation(device, operation)
            with speaker.working("founding the channel"):
                channel = await device.create_channel(found.id, title=title, offices=office, history=history)
        speaker.say(f"channel {title!r} is founded: {channel.hex()}")
        speaker.say("newcomers read the whole file" if history == "full" else "newcomers read only from when they join")
        speaker.emit({"channel": channel.hex(), "title": title, "history": history})

    run(speaker, work())


@commands.command("list")
def list_channels(
    store: Store = DEFAULT_STORE,
    offline: Offline = False,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """List channels, who is seated in them and how many devices open them."""
    speaker = Speaker(as_json)

    async def work() -> None:
        from pratique.cli.finding import titles
        from pratique.cli.opening import synced_device

        async with synced_device(speaker, store, passphrase_file, offline=offline) as device:
            states, named = device.channels(), titles(device)
        rows = [
            (
                state.id.hex()[:12],
                named[state.id],
                state.charter.history,
                " ".join(state.seated),
                str(len(state.devices)),
                str(state.seq),
                state.trouble or ("" if state.own_leaf else "waiting to be added"),
            )
            for state in states
        ]
        if rows:
            speaker.table("", ("id", "channel", "history", "seated", "devices", "entries", "trouble"), rows)
        else:
            speaker.say("no channel yet")
        speaker.emit(
            {
                "channels": [
                    {
                        "id": state.id.hex(),
                        "title": named[state.id],
                        "purpose": state.charter.purpose,
                        "history": state.charter.history,
                        "seated": state.seated,
                        "devices": state.devices,
                        "surplus": state.surplus,
                        "seq": state.seq,
                        "epoch": state.epoch,
                        "own_leaf": state.own_leaf,
                        "trouble": state.trouble,
                    }
                    for state in states
                ]
            }
        )

    run(speaker, work())


@commands.command()
def seat(
    channel: ChannelName,
    add: Annotated[list[str] | None, typer.Option(help="An office to seat; repeat it.")] = None,
    remove: Annotated[list[str] | None, typer.Option(help="An office to unseat; repeat it.")] = None,
    store: Store = DEFAULT_STORE,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Seat or unseat offices; only an owner's device can."""
    speaker = Speaker(as_json)

    async def work() -> None:
        from pratique.cli.finding import find_channel
        from pratique.cli.opening import synced_device
        from pratique.errors import PratiqueError

        if not add and not remove:
            raise PratiqueError("usage", "nothing to change", "give --add OFFICE or --remove OFFICE")
        async with synced_device(speaker, store, passphrase_file) as device:
            found = find_channel(device, channel)
            with speaker.working("changing the seats"):
                await device.change_seats(found, seat=add or (), unseat=remove or ())
            state = next(state for state in device.channels() if state.id == found)
        speaker.say(f"seated now: {' '.join(state.seated)}")
        speaker.emit({"channel": found.hex(), "seated": state.seated, "devices": state.devices})

    run(speaker, work())


@commands.command()
def rejoin(
    channel: ChannelName, store: Store = DEFAULT_STORE, passphrase_file: PassphraseFile = None, as_json: Json = False
) -> None:
    """Ask to be removed and added anew, where this device lost its state of a channel."""
    speaker = Speaker(as_json)

    async def work() -> None:
        from pratique.cli.finding import find_channel
        from pratique.cli.opening import synced_device

        async with synced_device(speaker, store, passphrase_file) as device:
            found = find_channel(device, channel)
            with speaker.working("asking to rejoin"):
                await device.rejoin(found)
        speaker.say("asked to rejoin; another member's device will add this one anew")
        speaker.emit({"channel": found.hex()})

    run(speaker, work())
