"""`pratique gateway`: the bridge for the Member's own systems."""

from __future__ import annotations

from contextlib import AsyncExitStack
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pratique.cli.exits import run
from pratique.cli.options import DEFAULT_STORE, AnyOperation, Json, PassphraseFile, Store
from pratique.cli.output import Speaker
from pratique.errors import PratiqueError

if TYPE_CHECKING:
    from socket import socket

    from pratique.gateway.settings import Settings

_TLS = "; mutual TLS needs all three --tls options"


def gateway(
    api_key_file: Annotated[
        Path,
        typer.Option(envvar="PRATIQUE_GATEWAY_API_KEY_FILE", help="Hashes of the API keys, mode 0600.", dir_okay=False),
    ],
    operation: AnyOperation = None,
    listen: Annotated[
        str, typer.Option(envvar="PRATIQUE_GATEWAY_LISTEN", help="HOST:PORT; beyond loopback only with mutual TLS.")
    ] = "127.0.0.1:8100",
    allow_webhook: Annotated[
        list[str] | None,
        typer.Option(
            envvar="PRATIQUE_GATEWAY_ALLOW_WEBHOOK",
            help="HOST:PORT of an internal receiver; webhooks go to no other internal address. Repeat it.",
        ),
    ] = None,
    webhook_ca: Annotated[
        Path | None,
        typer.Option(
            envvar="PRATIQUE_GATEWAY_WEBHOOK_CA", help="A CA (PEM) that receivers' certificates may come from."
        ),
    ] = None,
    host_name: Annotated[
        list[str] | None,
        typer.Option(envvar="PRATIQUE_GATEWAY_HOST_NAME", help="A name this gateway is called by. Repeat it."),
    ] = None,
    tls_certificate: Annotated[
        Path | None,
        typer.Option(envvar="PRATIQUE_GATEWAY_TLS_CERTIFICATE", help=f"The gateway's certificate (PEM){_TLS}."),
    ] = None,
    tls_key: Annotated[
        Path | None, typer.Option(envvar="PRATIQUE_GATEWAY_TLS_KEY", help="The certificate's key (PEM).")
    ] = None,
    tls_client_ca: Annotated[
        Path | None,
        typer.Option(envvar="PRATIQUE_GATEWAY_TLS_CLIENT_CA", help="The CA of the clients' certificates (PEM)."),
    ] = None,
    make_api_key: Annotated[
        bool, typer.Option("--make-api-key", help="Add a new key to the file, print it this once, and end.")
    ] = False,
    store: Store = DEFAULT_STORE,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Serve REST and webhooks to the Member's own systems, until interrupted."""
    speaker = Speaker(as_json)

    async def work() -> None:
        from pratique.gateway import api_keys, serving
        from pratique.gateway.settings import Settings, read_allowed, read_listen

        if make_api_key:
            key = api_keys.make(api_key_file)
            speaker.say(key)
            speaker.emit({"api_key": key, "file": str(api_key_file)})
            return
        host, port = read_listen(listen)
        settings = Settings(
            key_hashes=api_keys.read(api_key_file),
            host=host,
            port=port,
            hosts=frozenset(host_name or ()),
            tls_certificate=tls_certificate,
            tls_key=tls_key,
            tls_client_ca=tls_client_ca,
            allowed=frozenset(map(read_allowed, allow_webhook or ())),
            ca=webhook_ca,
        )
        try:
            listening = serving.listen(settings)
        except OSError as taken:
            raise PratiqueError(
                "no_port", f"cannot listen on {listen}: {taken.strerror}", "choose another port"
            ) from None
        with listening:
            await _serve(speaker, settings, listening, operation, store, passphrase_file)

    run(speaker, work())


async def _serve(
    speaker: Speaker,
    settings: Settings,
    listening: socket,
    operation: str | None,
    store: Path,
    passphrase_file: Path | None,
) -> None:
    from pratique.cli.finding import find_operation
    from pratique.cli.passphrase import unlock
    from pratique.desk.desk import Desk
    from pratique.device import Device
    from pratique.gateway import serving
    from pratique.gateway.app import build
    from pratique.gateway.book import Book

    ask = cache(unlock(store, passphrase_file))  # the book is sealed under the same key: nobody is asked twice
    async with AsyncExitStack() as opened:
        device = await Device.open(store, ask)
        opened.push_async_callback(device.aclose)
        book = Book.open(store, ask)
        opened.callback(book.close)
        with speaker.working("catching up with the server"):
            for problem in (await device.sync()).problems:
                speaker.note(f"warning: {problem}")
            found = [await find_operation(device, operation)] if operation else await device.operations()
        if len(found) != 1:
            codes = ", ".join(sorted(one.terms.code for one in found)) or "none"
            raise PratiqueError("no_operation", "a gateway serves one operation", f"--operation, one of: {codes}")
        desk = await Desk.open(device, found[0])
        serving.log_lines()
        scheme = "https" if settings.tls_certificate else "http"
        url = f"{scheme}://{settings.named(listening.getsockname()[1])}"
        speaker.say(f"gateway of {device.uri.party.upper()} in {found[0].terms.code} on {url}; Ctrl-C ends it")
        speaker.emit({"url": url, "operation": found[0].terms.code, "device": str(device.uri)})
        await serving.serve(build(desk, book, settings), settings, listening)
