"""`pratique root`: the deployment's root, kept offline by the coordinating office."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pratique.cli.exits import run
from pratique.cli.options import Json, KeyFile, PassphraseFile, Server
from pratique.cli.output import Speaker

commands = typer.Typer(
    no_args_is_help=True,
    help="The deployment's root: create it, certify parties, publish the party list, release the web client.",
)


@commands.command()
def create(
    file: KeyFile,
    deployment: Annotated[str, typer.Option(help="The deployment's host name, such as stop.example.")],
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Make the root key and its certificate, sealed under a passphrase."""
    speaker = Speaker(as_json)

    async def work() -> None:
        from hashlib import sha256

        from pratique.authority import RootHolder
        from pratique.cli.passphrase import unlock_new

        root = RootHolder.create(file, deployment, unlock_new(file, passphrase_file))
        certificate = file.with_name(file.name + ".der")
        certificate.write_bytes(root.certificate)
        digest = sha256(root.certificate).hexdigest()
        speaker.say(f"root of {deployment} made in {file}; its certificate, which the server needs, is {certificate}")
        speaker.say(f"parties pin it by its fingerprint:\n  {digest}")
        speaker.emit({"file": str(file), "certificate": str(certificate), "root": digest, "deployment": deployment})

    run(speaker, work())


@commands.command()
def certify(
    file: KeyFile,
    requests: Annotated[list[Path], typer.Argument(help="The request files that `pratique party create` wrote.")],
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Certify parties and sign the next party list; `root publish` sends it."""
    speaker = Speaker(as_json)

    async def work() -> None:
        from pratique.authority import NewParty, RootHolder
        from pratique.cli.documents import load
        from pratique.cli.passphrase import unlock
        from pratique.cli.requests import PartyRequest
        from pratique.wire.bodies import PartyList

        asked = [load(request, PartyRequest)[0] for request in requests]
        root = RootHolder.open(file, unlock(file, passphrase_file))
        listed = root.list_parties(
            [NewParty(one.party, one.kind, one.name, bytes.fromhex(one.public)) for one in asked]
        ).read(PartyList)
        speaker.say(f"party list {listed.number} signed: {', '.join(one.party for one in listed.parties)}")
        speaker.emit({"number": listed.number, "parties": [one.party for one in listed.parties]})

    run(speaker, work())


@commands.command()
def publish(file: KeyFile, server: Server, passphrase_file: PassphraseFile = None, as_json: Json = False) -> None:
    """Send every party list that the server does not have yet."""
    speaker = Speaker(as_json)

    async def work() -> None:
        from pratique.authority import RootHolder
        from pratique.cli.passphrase import unlock

        root = RootHolder.open(file, unlock(file, passphrase_file))
        with speaker.working("publishing the party list"):
            number = await root.publish(server)
        speaker.say(f"{server} has party list {number}")
        speaker.emit({"number": number})

    run(speaker, work())


@commands.command()
def release(
    file: KeyFile,
    manifest: Annotated[Path, typer.Argument(help="The release.json of the build, such as app/pages/release.json.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the signed statement is written.")],
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Sign a build of the web client: enrolled browsers take no build without this signature.

    Compare the fingerprint that is printed with that of a build of your own before you hand the statement on.
    """
    speaker = Speaker(as_json)

    async def work() -> None:
        from pratique.authority import RootHolder
        from pratique.cli.passphrase import unlock
        from pratique.cli.releases import read_build
        from pratique.wire.bodies import Release

        data, version, files = read_build(manifest)
        statement = RootHolder.open(file, unlock(file, passphrase_file)).release(data)
        output.write_bytes(statement.raw)
        said = statement.read(Release)
        speaker.say(f"release {said.number} signed for {said.deployment}: version {version}, {files} files")
        speaker.say(f"fingerprint of the build:\n  {said.manifest}")
        speaker.emit({"number": said.number, "manifest": said.manifest, "statement": str(output)})

    run(speaker, work())
