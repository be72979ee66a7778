"""`pratique enrol`: make a device's key here, and have it certified by an officer of the party."""

from __future__ import annotations

from typing import Annotated

import typer

from pratique.cli.exits import run
from pratique.cli.options import DEFAULT_STORE, Json, PassphraseFile, Server, Store
from pratique.cli.output import Speaker

commands = typer.Typer(
    no_args_is_help=True, help="Enrol this device: begin with an invitation, finish once it is approved."
)
POLL_S = 1.0


@commands.command()
def begin(
    ticket: Annotated[str, typer.Argument(help="The invitation's line, or - to read it from standard input.")],
    server: Server,
    device: Annotated[str, typer.Option(help="This device's name, 4 to 32 letters and digits.")],
    store: Store = DEFAULT_STORE,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Make the store and the device key; prints the fingerprint to read out to the officer."""
    speaker = Speaker(as_json)

    async def work() -> None:
        import sys

        from pratique.cli.passphrase import unlock_new
        from pratique.device import Device
        from pratique.invitations import InvitationTicket

        line = sys.stdin.readline() if ticket == "-" else ticket
        with speaker.working("asking to be enrolled"):
            enrolling, fingerprint = await Device.begin_enrolment(
                store, server, InvitationTicket.parse(line), device, unlock_new(store, passphrase_file)
            )
        speaker.say(f"{enrolling.uri} waits for approval; read this out to your officer:\n\n  {fingerprint}\n")
        speaker.say("then run: pratique enrol finish")
        speaker.emit({"device": str(enrolling.uri), "fingerprint": fingerprint})
        await enrolling.aclose()

    run(speaker, work())


@commands.command()
def finish(
    store: Store = DEFAULT_STORE,
    wait: Annotated[int, typer.Option(min=0, help="Seconds to wait for the approval.")] = 0,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Take up the certificate, check it against the pinned root, and join the channels of the office."""
    speaker = Speaker(as_json)

    async def work() -> None:
        import asyncio

        from pratique.cli.opening import opened_device
        from pratique.errors import PratiqueError

        async with opened_device(store, passphrase_file) as device:
            with speaker.working("waiting for the certificate"):
                for remaining in range(wait, -1, -1):
                    if await device.finish_enrolment():
                        break
                    if not remaining:
                        hint = "run it again later, or with --wait 600"
                        raise PratiqueError("not_yet", "the officer has not approved this device yet", hint)
                    await asyncio.sleep(POLL_S)
            speaker.say(f"{device.uri} is enrolled")
            speaker.emit({"device": str(device.uri)})

    run(speaker, work())


@commands.command()
def renew(store: Store = DEFAULT_STORE, passphrase_file: PassphraseFile = None, as_json: Json = False) -> None:
    """Take up a newer certificate, once the officer has run `pratique party renew`."""
    speaker = Speaker(as_json)

    async def work() -> None:
        from pratique.cli.opening import opened_device
        from pratique.errors import PratiqueError

        async with opened_device(store, passphrase_file) as device:
            with speaker.working("asking for a newer certificate"):
                renewed = await device.renew()
            if not renewed:
                raise PratiqueError(
                    "not_yet", "there is no newer certificate", "the officer runs: pratique party renew"
                )
            speaker.say(f"{device.uri} has a newer certificate")
            speaker.emit({"device": str(device.uri)})

    run(speaker, work())


@commands.command()
def move(
    server: Server, store: Store = DEFAULT_STORE, passphrase_file: PassphraseFile = None, as_json: Json = False
) -> None:
    """Tell this device that the server of its deployment has another address."""
    speaker = Speaker(as_json)

    async def work() -> None:
        from pratique.cli.passphrase import unlock
        from pratique.enrolment import move as move_store

        device = await move_store(store, server, unlock(store, passphrase_file))
        speaker.say(f"{device} talks to {server} from now on")
        speaker.emit({"device": str(device), "server": server})

    run(speaker, work())
