"""Sign a device in: its key signs a challenge, and every later request carries the ten-minute token it got."""

from __future__ import annotations

import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pratique.errors import Problem
from pratique.http import Answer, Http, field, text
from pratique.wire.identity import DeviceUri
from pratique.wire.tls import encode

SIGN_IN_LABEL = "pratique sign-in v1"
ENROLMENT_LABEL = "pratique enrolment v1"
# A token is renewed this long before its end, so that none ends on its way.
EARLIER_S = 60


def sign_in_bytes(uri: DeviceUri, challenge: bytes, expires_ms: int) -> bytes:
    """Give what a device signs to sign in."""
    return encode(SIGN_IN_LABEL, uri.deployment, str(uri), challenge, expires_ms)


def enrolment_bytes(uri: DeviceUri, invitation: bytes, key: bytes) -> bytes:
    """Give what a device signs to enrol under an invitation's digest."""
    return encode(ENROLMENT_LABEL, uri.deployment, invitation, str(uri), key)


class Account:
    """A device towards its server."""

    def __init__(self, http: Http, uri: DeviceUri, key: Ed25519PrivateKey) -> None:
        self.http = http
        self.uri = uri
        self.key = key
        self._token = ""
        self._until = 0.0

    async def sign_in(self) -> None:
        """Get a new token; raises `Problem("sign_in_refused")` alike for unknown, waiting and revoked devices."""
        asked = await self.http.call("POST", "/v1/challenges", {"device": str(self.uri)}, repeat=True)
        challenge, expires_ms = asked.get("challenge", bytes), asked.get("expires_ms", int)
        signature = self.key.sign(sign_in_bytes(self.uri, challenge, expires_ms))
        proof = {"device": str(self.uri), "challenge": text(challenge), "expires_ms": expires_ms}
        sent = time.monotonic()
        given = (await self.http.call("POST", "/v1/sessions", proof | {"signature": text(signature)})).json()
        self._token = field(given, "access_token", str)
        life_s = (field(given, "expires_ms", int) - time.time() * 1000) / 1000
        # The server's clock may differ from ours; a token is never taken for longer than it can live.
        self._until = sent + min(max(life_s, 2.0 * EARLIER_S), 600) - EARLIER_S

    async def call(
        self, method: str, path: str, body: Any = None, *, repeat: bool | None = None, media: str = "application/json"
    ) -> Answer:
        """Send a request as this device, signing in first where the token is missing or old."""
        if time.monotonic() >= self._until:
            await self.sign_in()
        try:
            return await self.http.call(method, path, body, bearer=self._token, repeat=repeat, media=media)
        except Problem as problem:
            if problem.code != "not_signed_in":
                raise
        await self.sign_in()
        return await self.http.call(method, path, body, bearer=self._token, repeat=repeat, media=media)
