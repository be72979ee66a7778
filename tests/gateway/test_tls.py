"""Mutual TLS inward, certificates checked outward: with real sockets and certificates of the test's own."""

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pratique.gateway import api_keys
from pratique.gateway.app import routes
from pratique.gateway.gate import Gate
from pratique.gateway.sending import Sender
from pratique.gateway.settings import Settings
from tests.gateway.site import Serving


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, as files."""

    certificate: Path
    key: Path


class Authority:
    """A CA of its own."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir()
        self._folder, self._key = folder, ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = self._sign(self._name, self._key, x509.BasicConstraints(ca=True, path_length=0), "ca")
        self.certificate = made.certificate

    def issue(self, name: str) -> Pair:
        """Give a certificate for a host name or an address."""
        try:
            general: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
        except ValueError:
            general = x509.DNSName(name)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        return self._sign(
            subject, ec.generate_private_key(ec.SECP256R1()), x509.SubjectAlternativeName([general]), name
        )

    def _sign(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, extension: Any, name: str) -> Pair:
        now = datetime.datetime.now(datetime.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(hours=1))
            .add_extension(extension, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        pair = Pair(self._folder / f"{name}.pem", self._folder / f"{name}.key")
        pair.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        form = serialization.PrivateFormat.PKCS8
        pair.key.write_bytes(
            key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
        )  # fmt: skip
        return pair


async def nothing(scope: Any, receive: Any, send: Any) -> None:
    """Answer everything with 204."""
    if scope["type"] == "lifespan":
        for phase in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{phase}.complete"})
    else:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})


@asynccontextmanager
async def listening(settings: Settings, application: Any = nothing) -> AsyncIterator[int]:
    """Give the port of a server."""
    served = Serving()
    await served.start(application, settings)
    try:
        yield served.port
    finally:
        await served.stop()


async def test_only_clients_of_the_ca_reach_the_gateway_and_they_need_the_key_too(tmp_path: Path) -> None:
    own, national, other = [Authority(tmp_path / name, name) for name in ("own", "national", "other")]
    served = own.issue("127.0.0.1")
    key = api_keys.make(tmp_path / "keys")
    settings = Settings(
        key_hashes=api_keys.read(tmp_path / "keys"),
        port=0,
        tls_certificate=served.certificate,
        tls_key=served.key,
        tls_client_ca=national.certificate,
    )

    async def ask(client: Pair | None, **headers: str) -> int:
        context = ssl.create_default_context(cafile=str(own.certificate))
        if client is not None:
            context.load_cert_chain(client.certificate, client.key)
        async with httpx2.AsyncClient(verify=context, trust_env=False) as asking:
            answer = await asking.get(f"https://127.0.0.1:{port}/v1/webhooks", headers=headers)
            return int(answer.status_code)

    gate = Gate(routes(), settings)

    async def without_life(scope: Any, receive: Any, send: Any) -> None:
        await (nothing if scope["type"] == "lifespan" else gate)(scope, receive, send)

    async with listening(settings, without_life) as port:
        bearer = {"Authorization": f"Bearer {key}"}
        for stranger in (None, other.issue("system"), own.issue("system")):
            with pytest.raises(httpx2.TransportError):
                await ask(stranger, **bearer)
        system = national.issue("system")
        assert await ask(system) == 401
        assert await ask(system, Authorization=f"Bearer {key}", Host="evil.example") == 421
        with pytest.raises(httpx2.TransportError):
            async with httpx2.AsyncClient(trust_env=False) as plain:
                await plain.get(f"http://127.0.0.1:{port}/healthz")


async def test_a_receiver_is_known_by_the_name_in_its_certificate(tmp_path: Path) -> None:
    own, other = [Authority(tmp_path / name, name) for name in ("own", "other")]

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n{}")
        writer.write(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
        writer.close()

    async def send(to: str, ca: Path | None, certificate: Pair) -> str:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate.certificate, certificate.key)
        async with await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context) as server:
            port = server.sockets[0].getsockname()[1]
            sender = Sender(Settings(key_hashes=frozenset(), ca=ca, allowed=frozenset({f"{to}:{port}"})))
            return (await sender.send(f"https://{to}:{port}/hook", {}, b"{}")).outcome

    named = own.issue("localhost")
    assert await send("localhost", own.certificate, named) == "delivered"
    assert await send("localhost", None, named) == "no_answer", "a CA that nobody trusts"
    assert await send("localhost", other.certificate, named) == "no_answer"
    assert await send("localhost", own.certificate, own.issue("127.0.0.1")) == "no_answer", (
        "its address is not its name"
    )
