"""Be what devices are told by while they are away: a push service, a browser that opens pushes, and a mail server."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import uvicorn
from aiosmtpd.smtp import SMTP, Envelope
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.requests import Request
from starlette.responses import Response

from app.__main__ import listen
from app.delivery.subscriptions import Push

LIMIT_S = 20


def b64url(text: str) -> bytes:
    """Read base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Browser:
    """A browser's subscription: what it tells others, and what opens what they send."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = b"sixteen bytes ok"

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def push(self) -> Push:
        return Push(self.endpoint, self.public, self.auth)

    def open(self, body: bytes) -> bytes:
        """Open a push as RFC 8291 says, written apart from the server's own code."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert length == 65 and len(sealed) <= size
        secret = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        ikm = HKDF(SHA256(), 32, self.auth, b"WebPush: info\x00" + self.public + sender).derive(secret)
        key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(ikm)
        nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(ikm)
        plain = AESGCM(key).decrypt(nonce, sealed, None)
        said, mark, padding = plain.rpartition(b"\x02")
        assert mark and not padding.strip(b"\x00")
        return said


@dataclass
class Pushed:
    """One request to the push service."""

    path: str
    headers: dict[str, str]
    body: bytes

    def claims(self, origin: str) -> dict[str, Any]:
        """Give what the sender's token says, checked against the key that it shows (RFC 8292)."""
        scheme, _, rest = self.headers["authorization"].partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        assert scheme == "vapid" and parts.keys() == {"t", "k"}
        signed, _, signature = parts["t"].rpartition(".")
        raw = b64url(signature)
        der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        shown = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b64url(parts["k"]))
        try:
            shown.verify(der, signed.encode(), ec.ECDSA(SHA256()))
        except InvalidSignature:
            raise AssertionError("the token is not signed by the key it shows") from None
        header, claims = (json.loads(b64url(part)) for part in signed.split("."))
        assert header == {"alg": "ES256", "typ": "JWT"} and claims["aud"] == origin
        return {**claims, "k": b64url(parts["k"])}


@dataclass
class PushService:
    """A push service on this machine; it answers what the test says, 201 if nothing."""

    origin: str = ""
    came: list[Pushed] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    answering: asyncio.Event = field(default_factory=asyncio.Event)  # cleared: it takes pushes and says nothing yet

    @property
    def host(self) -> str:
        return self.origin.removeprefix("http://")

    async def take(self, request: Request) -> Response:
        """Take one push."""
        body = await request.body()
        self.came.append(Pushed(request.url.path, dict(request.headers), body))
        self.arrived.set()
        await self.answering.wait()
        status, headers = self.answers.pop(0) if self.answers else (201, {})
        return Response(None, status, headers)

    async def until(self, count: int) -> list[Pushed]:
        """Wait for so many pushes in all."""
        async with asyncio.timeout(LIMIT_S):
            while len(self.came) < count:
                self.arrived.clear()
                await self.arrived.wait()
        return self.came


@asynccontextmanager
async def push_service() -> AsyncIterator[PushService]:
    """Run a push service on a free port."""
    service = PushService()
    service.answering.set()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await (await service.take(Request(scope, receive)))(scope, receive, send)

    listening = listen("127.0.0.1", 0)
    service.origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="error"))
    task = asyncio.create_task(server._serve([listening]))
    try:
        yield service
    finally:
        server.should_exit = True
        await task


@dataclass
class MailServer:
    """A mail server on this machine that keeps what it was given."""

    url: str = ""
    came: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    refusing: bool = False

    async def handle_DATA(self, server: SMTP, session: object, envelope: Envelope) -> str:
        """Take one mail."""
        if self.refusing:
            return "451 later, please"
        content = envelope.content
        assert isinstance(content, bytes)
        self.came.append((list(envelope.rcpt_tos), message_from_bytes(content, policy=policy.default)))
        return "250 taken"


@asynccontextmanager
async def mail_server() -> AsyncIterator[MailServer]:
    """Run a mail server on a free port."""
    kept = MailServer()
    listening = await asyncio.get_running_loop().create_server(lambda: SMTP(kept), "127.0.0.1", 0)
    kept.url = f"smtp://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield kept
    finally:
        listening.close()
        await listening.wait_closed()
