"""Issue and read access tokens: the only place that touches python-jose, and the guard around it.

The library takes a public key in DER for an HMAC secret when algorithms are mixed, ignores `crit`, and lets required
claims be absent. So nothing reaches it but a compact token of three canonical parts whose header is exactly ours, the
algorithm and the key object are fixed here, and what it gives back is judged again. A token is verified once and
remembered by its hash until it ends.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jose import jwk, jwt  # noqa: TID251 the one place
from jose.backends.cryptography_backend import CryptographyECKey  # noqa: TID251
from jose.exceptions import JOSEError  # noqa: TID251

from app.errors import NotSignedIn
from pratique.wire import strict_json
from pratique.wire.identity import DeviceUri
from pratique.wire.refused import Refused

ALGORITHM = "ES256"
TYPE = "at+jwt"
AUDIENCE = "pratique"
MAX_TOKEN_CHARACTERS = 4096
MAX_LIFE_S = 600
# Another process's clock may be a little ahead of ours.
LEEWAY_S = 30
REMEMBERED = 10_000
_CLAIMS = frozenset({"iss", "aud", "sub", "iat", "exp", "jti"})
_PART = re.compile(r"[A-Za-z0-9_-]+")
_JTI = re.compile(r"[0-9a-f]{32}")
# The order of P-256: (r, s) and (r, order - s) verify alike, so only the lower one is taken.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True)
class Session:
    """What a verified token says: which device signed in, and until when that holds."""

    device: DeviceUri
    expires_ms: int


class Tokens:
    """Sign and verify the tokens of one deployment with one P-256 key."""

    def __init__(self, key_pem: bytes, deployment: str, life_s: int) -> None:
        """Take the private key as PEM; a key of another kind is refused with `ValueError`."""
        key = load_pem_private_key(key_pem, password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
            raise ValueError("the token key is not a P-256 private key")
        private = jwk.construct(key_pem, ALGORITHM)
        public = jwk.construct(private.public_key().to_dict(), ALGORITHM)
        told = public.to_dict()
        if not isinstance(public, CryptographyECKey) or (told["kty"], told["crv"]) != ("EC", "P-256") or "d" in told:
            raise ValueError("the token key was not read as a P-256 key")
        self._private, self._public = private, public
        self._kid = hashlib.sha256(f"{told['x']}.{told['y']}".encode()).hexdigest()[:16]
        self._issuer = f"https://{deployment}"
        self._deployment = deployment
        self._life_s = min(life_s, MAX_LIFE_S)
        self._known: OrderedDict[bytes, Session] = OrderedDict()

    def issue(self, device: DeviceUri, now_ms: int) -> tuple[str, int]:
        """Give a token for a device that has just proved its key, and when it ends.

        Unit    milliseconds since 1970, a whole second
        """
        issued_s = now_ms // 1000
        expires_s = issued_s + self._life_s
        claims = {
            "iss": self._issuer,
            "aud": AUDIENCE,
            "sub": str(device),
            "iat": issued_s,
            "exp": expires_s,
            "jti": secrets.token_hex(16),
        }
        token = jwt.encode(claims, self._private, ALGORITHM, headers={"typ": TYPE, "kid": self._kid})
        return _lower(token), expires_s * 1000

    def read(self, token: str, now_ms: int) -> Session:
        """Give the session of a token that is ours and in force; raises `NotSignedIn`."""
        if len(token) > MAX_TOKEN_CHARACTERS or not token.isascii():
            raise NotSignedIn
        name = hashlib.sha256(token.encode()).digest()
        session = self._known.get(name)
        if session is None:
            session = self._verify(token, now_ms)
            self._known[name] = session
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        if session.expires_ms <= now_ms:
            self._known.pop(name, None)
            raise NotSignedIn("the access token has ended")
        return session

    def _verify(self, token: str, now_ms: int) -> Session:
        try:
            header, payload, signature = (_decode(part) for part in _three(token))
            if strict_json.loads(header) != {"alg": ALGORITHM, "typ": TYPE, "kid": self._kid}:
                raise NotSignedIn
            if len(signature) != 64 or not 0 < int.from_bytes(signature[32:], "big") <= _ORDER // 2:
                raise NotSignedIn
            strict_json.loads(payload)  # refuses repeated claims, which the library would not see
            claims = jwt.decode(
                token,
                self._public,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=self._issuer,
                # Instants are judged below, by the server's own clock.
                options={"verify_exp": False, "verify_iat": False, "verify_nbf": False}
                | {f"require_{claim}": True for claim in _CLAIMS},
            )
            return self._judge(claims, now_ms)
        except (JOSEError, Refused, ValueError, TypeError):
            raise NotSignedIn from None

    def _judge(self, claims: dict[str, Any], now_ms: int) -> Session:
        issued_s, expires_s, device = claims["iat"], claims["exp"], claims["sub"]
        if claims.keys() != _CLAIMS or claims["aud"] != AUDIENCE or claims["iss"] != self._issuer:
            raise NotSignedIn
        if type(issued_s) is not int or type(expires_s) is not int or not 0 < expires_s - issued_s <= MAX_LIFE_S:
            raise NotSignedIn
        if not isinstance(device, str) or not isinstance(claims["jti"], str) or not _JTI.fullmatch(claims["jti"]):
            raise NotSignedIn
        if issued_s > now_ms // 1000 + LEEWAY_S:
            raise NotSignedIn
        uri = DeviceUri.parse(device)
        if uri.deployment != self._deployment:
            raise NotSignedIn
        return Session(uri, expires_s * 1000)


def signed(key_pem: bytes, claims: dict[str, str | int]) -> str:
    """Give a signed token for others to read: what a push service knows this server by (RFC 8292)."""
    return jwt.encode(claims, key_pem.decode(), ALGORITHM, headers={"typ": "JWT"})


def _three(token: str) -> list[str]:
    parts = token.split(".")
    if len(parts) != 3 or not all(_PART.fullmatch(part) for part in parts):
        raise NotSignedIn
    return parts


def _decode(part: str) -> bytes:
    """Read one part of base64url; a second spelling of the same bytes is refused."""
    try:
        data = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except binascii.Error:
        raise NotSignedIn from None
    if _encode(data) != part:
        raise NotSignedIn
    return data


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _lower(token: str) -> str:
    """Write the signature with the lower s, the only form `read` takes."""
    front, _, last = token.rpartition(".")
    signature = _decode(last)
    s = int.from_bytes(signature[32:], "big")
    return f"{front}.{_encode(signature[:32] + min(s, _ORDER - s).to_bytes(32, 'big'))}"
