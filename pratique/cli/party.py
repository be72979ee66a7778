"""`pratique party`, `approve`, `revoke`: what a party's own officer does with the party's CA key."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from pratique.cli.exits import run
from pratique.cli.options import Json, KeyFile, PassphraseFile, Server
from pratique.cli.output import Speaker

commands = typer.Typer(no_args_is_help=True, help="A party's CA: create it, take up the root, invite people.")
Reason = Literal["lost", "stolen", "left", "replaced", "compromised", "other"]
Kind = Literal["member", "ocu", "rilo", "partner", "right_holder"]


@commands.command()
def create(
    file: KeyFile,
    party: Annotated[str, typer.Option(help="The party's label, such as ke.")],
    name: Annotated[str, typer.Option(help="Its full name.")],
    deployment: Annotated[str, typer.Option(help="The deployment's host name, such as stop.example.")],
    kind: Annotated[Kind, typer.Option(help="What it is.")] = "member",
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Make the party's CA key and the request for the root's holder."""
    speaker = Speaker(as_json)

    async def work() -> None:
        import json

        from pratique.authority import PartyOfficer
        from pratique.cli.passphrase import unlock_new

        officer = PartyOfficer.create(file, party, deployment, unlock_new(file, passphrase_file))
        request = file.with_name(file.name + ".request.json")
        asked = {"party": party, "kind": kind, "name": name, "deployment": deployment, "public": officer.public.hex()}
        request.write_text(json.dumps(asked, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        speaker.say(f"CA of {party} made in {file}; hand {request} to the holder of the root")
        speaker.emit({"file": str(file), "request": str(request), **asked})

    run(speaker, work())


@commands.command()
def adopt(
    file: KeyFile,
    server: Server,
    root: Annotated[str, typer.Option(help="The root's fingerprint, 64 hexadecimal digits, from its holder.")],
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Pin the root and take up this party's certificate from the party list."""
    speaker = Speaker(as_json)

    async def work() -> None:
        from pratique.authority import PartyOfficer
        from pratique.cli.passphrase import unlock

        officer = PartyOfficer.open(file, unlock(file, passphrase_file))
        with speaker.working("reading the party list"):
            await officer.adopt(server, root)
        speaker.say(f"{officer.party} is listed in {officer.deployment}; its officer can invite now")
        speaker.emit({"party": officer.party, "deployment": officer.deployment})

    run(speaker, work())


@commands.command()
def invite(
    file: KeyFile,
    office: Annotated[str, typer.Option(help="The office, such as ncp or ke/ncp.")],
    person: Annotated[str, typer.Option(help="The person, such as w.otieno.")],
    days: Annotated[int, typer.Option(min=1, max=30, help="How long the invitation holds.")] = 7,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Invite one person to enrol one device; prints the ticket to hand over."""
    speaker = Speaker(as_json)

    async def work() -> None:
        from pratique.authority import PartyOfficer
        from pratique.cli.passphrase import unlock

        officer = PartyOfficer.open(file, unlock(file, passphrase_file))
        with speaker.working("publishing the invitation"):
            ticket = await officer.invite(office.removeprefix(f"{officer.party}/"), person, days * 86400)
        speaker.say(f"invitation {ticket.id.hex()} for {person} of {ticket.invitation.office}; hand it over safely:")
        speaker.say(ticket.text())
        speaker.emit({"invitation": ticket.id.hex(), "ticket": ticket.text()})

    run(speaker, work())


@commands.command()
def renew(
    file: KeyFile,
    device: Annotated[str, typer.Argument(help="The device's URI.")],
    days: Annotated[int, typer.Option(min=1, max=90, help="How long the certificate holds.")] = 90,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Certify a device that you approved for another time; its key stays."""
    speaker = Speaker(as_json)

    async def work() -> None:
        from pratique.authority import PartyOfficer
        from pratique.cli.passphrase import unlock

        officer = PartyOfficer.open(file, unlock(file, passphrase_file))
        with speaker.working("certifying the device"):
            await officer.renew(device, days)
        speaker.say(f"{device} is certified for {days} days from now; it takes the certificate up by: enrol renew")
        speaker.emit({"device": device, "days": days})

    run(speaker, work())


def approve(
    file: KeyFile,
    invitation: Annotated[str, typer.Argument(help="The invitation's id, 64 hexadecimal digits.")],
    fingerprint: Annotated[str | None, typer.Option(help="What the person reads out at the device.")] = None,
    days: Annotated[int, typer.Option(min=1, max=90, help="How long the certificate holds.")] = 90,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Compare the fingerprint of a waiting device and certify it."""
    speaker = Speaker(as_json)

    async def work() -> None:
        from pratique.authority import PartyOfficer
        from pratique.cli.passphrase import unlock
        from pratique.errors import PratiqueError

        officer = PartyOfficer.open(file, unlock(file, passphrase_file))
        try:
            digest = bytes.fromhex(invitation)
        except ValueError:
            raise PratiqueError("usage", "an invitation's id is 64 hexadecimal digits") from None
        with speaker.working("asking who waits"):
            waiting = await officer.waiting(digest)
        if waiting is None:
            raise PratiqueError(
                "not_yet", "no device waits under this invitation", "the person runs: pratique enrol begin"
            )
        speaker.note(f"waiting: {waiting.device}")
        read_out = fingerprint or typer.prompt("fingerprint, as the person reads it out", err=True)
        with speaker.working("certifying the device"):
            device = await officer.approve(digest, read_out, days)
        speaker.say(f"{device} is certified for {days} days")
        speaker.emit({"device": device, "days": days})

    run(speaker, work())


def revoke(
    file: KeyFile,
    device: Annotated[str, typer.Argument(help="The device's URI.")],
    reason: Annotated[Reason, typer.Option(help="Why.")] = "lost",
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """End a device everywhere, for ever."""
    speaker = Speaker(as_json)

    async def work() -> None:
        from pratique.authority import PartyOfficer
        from pratique.cli.passphrase import unlock

        officer = PartyOfficer.open(file, unlock(file, passphrase_file))
        with speaker.working("revoking the device"):
            channels = await officer.revoke(device, reason)
        speaker.say(f"{device} is revoked; the next sender in each of its {channels} channels removes it")
        speaker.emit({"device": device, "channels": channels})

    run(speaker, work())
