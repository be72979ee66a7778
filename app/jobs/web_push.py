"""Push to one browser: sealed to its own keys, signed with ours, sent to an address that was judged.

    {operation, urgency, count} ─▶ RFC 8291 (aes128gcm, one size) ─▶ POST with VAPID (RFC 8292) ─▶ its push service

The push service learns that something came, how urgently it is to be delivered, and which of our pushes replaces which.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import socket
import ssl
from collections.abc import Awaitable, Callable
from enum import Enum
from typing import NamedTuple

import httpx2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from app.authentication.tokens import signed
from app.delivery.alerts import Alert
from app.delivery.subscriptions import Push, PushHosts
from app.errors import SubscriptionRefused
from pratique.wire import strict_json
from pratique.wire.destinations import Destination, DestinationRefused, chosen, literal
from pratique.wire.entries import Urgency

Resolve = Callable[[str, int], Awaitable[list[str]]]
PLAIN_BYTES = 128  # more than any operation's code needs; all pushes are of one size
RECORD_BYTES = 4096
MOST_COUNT = 999
TIMEOUT_S = 10.0
TOKEN_S = 12 * 3600  # a push service refuses more than 24 hours
# How long a push service keeps it for a browser that is off, and how it may wake the device (RFC 8030 §5.2, §5.3).
TTL_S = {Urgency.ROUTINE: 4 * 3600, Urgency.PRIORITY: 12 * 3600, Urgency.URGENT: 24 * 3600}
WAKING = {Urgency.ROUTINE: "low", Urgency.PRIORITY: "normal", Urgency.URGENT: "high"}


class Outcome(Enum):
    """What became of it: `GONE` means that the subscription ended, `REFUSED` that trying again changes nothing."""

    TOLD = "told"
    GONE = "gone"
    LATER = "later"
    REFUSED = "refused"


class Ended(NamedTuple):
    """The end of one attempt; `wait_s` is what the other side asked for."""

    outcome: Outcome
    wait_s: int = 0


async def resolve(host: str, port: int) -> list[str]:
    """Ask this machine's resolver once, so that the address which is judged is the one that is called."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


def public_key(key_pem: bytes) -> bytes:
    """Give the public half of our key as browsers take it: 65 bytes, uncompressed."""
    return _point(_key(key_pem))


def seal(plain: bytes, to: Push, salt: bytes | None = None, own: ec.EllipticCurvePrivateKey | None = None) -> bytes:
    """Seal a message to a browser's keys, padded to one size.

    Takes   salt, own: made anew for each message; given by the test of RFC 8291's own example
    Source  RFC 8291 §3.4, RFC 8188 §2
    """
    salt = os.urandom(16) if salt is None else salt
    own = own or ec.generate_private_key(ec.SECP256R1())
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), to.p256dh)
    info = b"WebPush: info\0" + to.p256dh + _point(own)
    secret = _derived(own.exchange(ec.ECDH(), theirs), to.auth, info, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    header = salt + RECORD_BYTES.to_bytes(4, "big") + bytes([65]) + _point(own)
    return header + AESGCM(key).encrypt(nonce, plain + b"\2", None)


class WebPush:
    """Sends pushes, each over a connection of its own: no proxy, no redirect.

    Takes   contact: a mailto: or https: URL by which a push service finds whoever runs this server; ask: the resolver
    """

    def __init__(self, key_pem: bytes, hosts: PushHosts, contact: str, ask: Resolve | None = None) -> None:
        self._key_pem, self._hosts, self._contact = key_pem, hosts, contact
        self._ask = ask or resolve
        self._public = _b64url(public_key(key_pem))
        self._tls = ssl.create_default_context()

    async def send(self, alert: Alert, to: Push, code: str, now_ms: int) -> Ended:
        """Make one attempt to tell of an alert; it fails, it never raises."""
        said = {"operation": code, "urgency": alert.urgency.word, "count": min(alert.count, MOST_COUNT)}
        body = seal(strict_json.dumps(said).ljust(PLAIN_BYTES), to)
        try:
            async with asyncio.timeout(TIMEOUT_S):
                where = self._hosts.read(to.endpoint)
                address = await self._address(where)
                return await self._post(where, address, body, self._headers(alert, where, now_ms))
        except SubscriptionRefused:  # the operator has taken that push service off the list
            return Ended(Outcome.GONE)
        except DestinationRefused as refused:
            return Ended(Outcome.LATER if refused.code == "not_resolved" else Outcome.REFUSED)
        except (TimeoutError, OSError, httpx2.HTTPError, httpx2.InvalidURL, ValueError):
            return Ended(Outcome.LATER)

    async def _address(self, where: Destination) -> str:
        if literal(where.host) is not None:
            return where.host
        try:
            found = await self._ask(where.host, where.port)
        except (OSError, UnicodeError):
            raise DestinationRefused("not_resolved") from None
        return chosen(where, found)

    def _headers(self, alert: Alert, where: Destination, now_ms: int) -> dict[str, str]:
        claims: dict[str, str | int] = {
            "aud": f"{where.scheme}://{where.authority}",
            "exp": now_ms // 1000 + TOKEN_S,
            "sub": self._contact,
        }
        return {
            "host": where.authority,
            "connection": "close",
            "authorization": f"vapid t={signed(self._key_pem, claims)}, k={self._public}",
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(TTL_S[alert.urgency]),
            "urgency": WAKING[alert.urgency],
            # The newest push about an operation replaces what still waits; no two devices have the same word for it.
            "topic": _b64url(hashlib.sha256(alert.device.encode() + alert.operation).digest()[:24]),
        }

    async def _post(self, where: Destination, address: str, body: bytes, headers: dict[str, str]) -> Ended:
        host = f"[{address}]" if ":" in address else address
        verify: ssl.SSLContext | bool = self._tls if where.scheme == "https" else False
        async with (
            httpx2.AsyncClient(verify=verify, trust_env=False, timeout=TIMEOUT_S) as client,
            client.stream(
                "POST",
                f"{where.scheme}://{host}:{where.port}{where.target}",
                content=body,
                headers=headers,
                extensions={"sni_hostname": where.host},
                follow_redirects=False,
            ) as response,
        ):
            return _judged(response.status_code, response.headers.get("retry-after", ""))


def _judged(status: int, retry_after: str) -> Ended:
    if 200 <= status < 300:
        return Ended(Outcome.TOLD)
    if status in (404, 410):
        return Ended(Outcome.GONE)
    if status in (408, 425, 429) or status >= 500:
        return Ended(Outcome.LATER, int(retry_after) if retry_after.isascii() and retry_after.isdigit() else 0)
    return Ended(Outcome.REFUSED)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)


def _key(key_pem: bytes) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(key_pem, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise ValueError("the push key is not a P-256 key")
    return key


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
