"""Attack access tokens: every forgery that the library or its relatives fell for, and every bent claim."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from app.authentication.tokens import Session, Tokens
from app.errors import NotSignedIn
from pratique.wire.identity import DeviceUri

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
DEVICE = DeviceUri.parse("pratique://ke.stop.example/ncp/w.otieno/7f3a")
NOW_MS = 1_800_000_000_000
NOW_S = NOW_MS // 1000
KEY = ec.generate_private_key(ec.SECP256R1())
OTHER = ec.generate_private_key(ec.SECP256R1())
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
PUBLIC_PEM = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
PUBLIC_DER = KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def tokens() -> Tokens:
    """Give a reader that has verified nothing yet."""
    return Tokens(PEM, "stop.example", 600)


def encode(data: bytes) -> str:
    """Write base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any], bytes]:
    """Take a token apart."""
    header, claims, signature = (base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split("."))
    return json.loads(header), json.loads(claims), signature


GENUINE, _ = tokens().issue(DEVICE, NOW_MS)
HEADER, CLAIMS, SIGNATURE = parts(GENUINE)


def signed(header: Any, claims: Any, key: ec.EllipticCurvePrivateKey = KEY) -> str:
    """Sign any header and any claims, as whoever holds a key could: objects as JSON, text as it is."""
    front = ".".join(
        encode((part if isinstance(part, str) else json.dumps(part)).encode()) for part in (header, claims)
    )
    r, s = decode_dss_signature(key.sign(front.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{front}.{encode(r.to_bytes(32, 'big') + min(s, ORDER - s).to_bytes(32, 'big'))}"


def maced(header: dict[str, Any], secret: bytes, digest: str = "sha256") -> str:
    """Forge a token with an HMAC under something public."""
    front = f"{encode(json.dumps(HEADER | header).encode())}.{encode(json.dumps(CLAIMS).encode())}"
    return f"{front}.{encode(hmac.new(secret, front.encode(), digest).digest())}"


def bare(header: dict[str, Any], signature: str = "") -> str:
    """Put another header over genuine claims."""
    return f"{encode(json.dumps(HEADER | header).encode())}.{encode(json.dumps(CLAIMS).encode())}.{signature}"


def resigned(signature: bytes) -> str:
    """Put another signature under the genuine token."""
    return f"{GENUINE.rpartition('.')[0]}.{encode(signature)}"


def without(claim: str) -> str:
    """Sign genuine claims but one."""
    return signed(HEADER, {name: value for name, value in CLAIMS.items() if name != claim})


def malleated() -> str:
    """Give (r, order - s), which verifies under ECDSA as well."""
    s = ORDER - int.from_bytes(SIGNATURE[32:], "big")
    return resigned(SIGNATURE[:32] + s.to_bytes(32, "big"))


def rsa_signed() -> str:
    """Sign with RSA under a header that says so."""
    from cryptography.hazmat.primitives.asymmetric import padding

    key = rsa.generate_private_key(65537, 2048)
    front = f"{encode(json.dumps(HEADER | {'alg': 'RS256'}).encode())}.{encode(json.dumps(CLAIMS).encode())}"
    return f"{front}.{encode(key.sign(front.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


JWK = json.dumps({"kty": "EC", "crv": "P-256"}).encode()
DUPLICATE = json.dumps(CLAIMS)[:-1] + ',"sub":"pratique://be.stop.example/ncp/chief/0001"}'
ATTACKS: dict[str, Callable[[], str]] = {
    "alg none": lambda: bare({"alg": "none"}),
    "alg None": lambda: bare({"alg": "None"}),
    "alg nOnE with a signature": lambda: bare({"alg": "nOnE"}, encode(SIGNATURE)),
    "alg empty": lambda: bare({"alg": ""}, encode(SIGNATURE)),
    "HS256 under the PEM": lambda: maced({"alg": "HS256"}, PUBLIC_PEM),
    "HS256 under the PEM, stripped": lambda: maced({"alg": "HS256"}, PUBLIC_PEM.strip()),
    "HS256 under the DER": lambda: maced({"alg": "HS256"}, PUBLIC_DER),
    "HS384 under the DER": lambda: maced({"alg": "HS384"}, PUBLIC_DER, "sha384"),
    "HS512 under the DER": lambda: maced({"alg": "HS512"}, PUBLIC_DER, "sha512"),
    "HS256 under the JWK": lambda: maced({"alg": "HS256"}, JWK),
    "HS256 under nothing": lambda: maced({"alg": "HS256"}, b""),
    "ES256 header over an HMAC under the DER": lambda: maced({}, PUBLIC_DER),
    "RS256": rsa_signed,
    "ES384 header": lambda: bare({"alg": "ES384"}, encode(SIGNATURE)),
    "another key": lambda: signed(HEADER, CLAIMS, OTHER),
    "another key, named in jwk": lambda: signed(HEADER | {"jwk": {"kty": "EC"}}, CLAIMS, OTHER),
    "another key, named in jku": lambda: signed(HEADER | {"jku": "https://evil.example/k"}, CLAIMS, OTHER),
    "another key, named in x5u": lambda: signed(HEADER | {"x5u": "https://evil.example/k"}, CLAIMS, OTHER),
    "another key, named in x5c": lambda: signed(HEADER | {"x5c": ["AAAA"]}, CLAIMS, OTHER),
    "kid is a path": lambda: signed(HEADER | {"kid": "../../dev/null"}, CLAIMS),
    "kid is SQL": lambda: signed(HEADER | {"kid": "x' UNION SELECT 'a"}, CLAIMS),
    "kid of another key": lambda: signed(HEADER | {"kid": "0" * 16}, CLAIMS),
    "no kid": lambda: signed({"alg": "ES256", "typ": "at+jwt"}, CLAIMS),
    "crit": lambda: signed(HEADER | {"crit": ["exp"]}, CLAIMS),
    "b64 false": lambda: signed(HEADER | {"b64": False, "crit": ["b64"]}, CLAIMS),
    "typ JWT": lambda: signed(HEADER | {"typ": "JWT"}, CLAIMS),
    "typ of another token": lambda: signed(HEADER | {"typ": "rt+jwt"}, CLAIMS),
    "zip": lambda: signed(HEADER | {"zip": "DEF"}, CLAIMS),
    "header with a repeated alg": lambda: signed(json.dumps(HEADER)[:-1] + ',"alg":"ES256"}', CLAIMS),
    "repeated sub": lambda: signed(HEADER, DUPLICATE),
    "header is a list": lambda: signed([], CLAIMS),
    "claims are a list": lambda: signed(HEADER, []),
    "claims are not JSON": lambda: signed(HEADER, "{"),
    "claims with NaN": lambda: signed(HEADER, json.dumps(CLAIMS)[:-1] + ',"x":NaN}'),
    **{f"no {claim}": partial(without, claim) for claim in CLAIMS},
    "a claim too many": lambda: signed(HEADER, CLAIMS | {"admin": True}),
    "nbf": lambda: signed(HEADER, CLAIMS | {"nbf": NOW_S + 300}),
    "iss of another deployment": lambda: signed(HEADER, CLAIMS | {"iss": "https://other.example"}),
    "iss list": lambda: signed(HEADER, CLAIMS | {"iss": [CLAIMS["iss"]]}),
    "aud of another service": lambda: signed(HEADER, CLAIMS | {"aud": "other"}),
    "aud list": lambda: signed(HEADER, CLAIMS | {"aud": ["pratique", "other"]}),
    "expired": lambda: signed(HEADER, CLAIMS | {"iat": NOW_S - 601, "exp": NOW_S - 1}),
    "expired this second": lambda: signed(HEADER, CLAIMS | {"iat": NOW_S - 600, "exp": NOW_S}),
    "issued in the future": lambda: signed(HEADER, CLAIMS | {"iat": NOW_S + 61, "exp": NOW_S + 300}),
    "lives too long": lambda: signed(HEADER, CLAIMS | {"exp": NOW_S + 601}),
    "exp before iat": lambda: signed(HEADER, CLAIMS | {"iat": NOW_S + 20, "exp": NOW_S + 10}),
    "exp as text": lambda: signed(HEADER, CLAIMS | {"exp": str(NOW_S + 300)}),
    "exp as float": lambda: signed(HEADER, CLAIMS | {"exp": NOW_S + 300.5}),
    "exp as true": lambda: signed(HEADER, CLAIMS | {"exp": True}),
    "exp beyond all numbers": lambda: signed(HEADER, CLAIMS | {"exp": 10**20}),
    "exp null": lambda: signed(HEADER, CLAIMS | {"exp": None}),
    "sub of another deployment": lambda: signed(HEADER, CLAIMS | {"sub": "pratique://ke.x.example/ncp/w.otieno/7f3a"}),
    "sub is no device": lambda: signed(HEADER, CLAIMS | {"sub": "root"}),
    "sub is a number": lambda: signed(HEADER, CLAIMS | {"sub": 7}),
    "jti of another form": lambda: signed(HEADER, CLAIMS | {"jti": "x"}),
    "signature (0, 0)": lambda: resigned(bytes(64)),
    "signature (r, 0)": lambda: resigned(SIGNATURE[:32] + bytes(32)),
    "signature (r, order - s)": malleated,
    "signature in DER": lambda: resigned(KEY.sign(GENUINE.rpartition(".")[0].encode(), ec.ECDSA(hashes.SHA256()))),
    "signature too short": lambda: resigned(SIGNATURE[:-1]),
    "signature too long": lambda: resigned(SIGNATURE + b"\0"),
    "signature flipped": lambda: resigned(bytes([SIGNATURE[0] ^ 1]) + SIGNATURE[1:]),
    "no signature": lambda: GENUINE.rpartition(".")[0] + ".",
    "two parts": lambda: GENUINE.rpartition(".")[0],
    "four parts": lambda: GENUINE + ".AAAA",
    "five parts (JWE)": lambda: ".".join(
        ["eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIiwiemlwIjoiREVGIn0", "", "AAAA", "AAAA", "AA"]
    ),
    "padded parts": lambda: GENUINE + "==",
    "another spelling of the last part": lambda: respelled(),
    "white space": lambda: GENUINE + " ",
    "line break inside": lambda: GENUINE[:20] + "\n" + GENUINE[20:],
    "not ASCII": lambda: GENUINE[:-1] + "é",
    "NUL": lambda: GENUINE + "\x00",
    "empty": lambda: "",
    "a megabyte": lambda: "A" * (1 << 20),
    "a megabyte of dots": lambda: "." * (1 << 20),
    "deep claims": lambda: signed(HEADER, "[" * 1000),
}


def respelled() -> str:
    """Change bits of the last character that decoding throws away."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    place = alphabet.index(GENUINE[-1])
    return GENUINE[:-1] + alphabet[place ^ 1]


def test_a_genuine_token_is_read_and_remembered() -> None:
    reader = tokens()
    for _ in range(2):
        assert reader.read(GENUINE, NOW_MS) == Session(DEVICE, NOW_MS + 600_000)
    assert reader.read(signed(HEADER, CLAIMS), NOW_MS).device == DEVICE, "the forger's own tools make good tokens"


def test_there_are_enough_attacks() -> None:
    assert len(ATTACKS) >= 70


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_forged_token_is_refused(attack: str) -> None:
    forged = ATTACKS[attack]()
    assert forged != GENUINE
    begun = time.perf_counter()
    with pytest.raises(NotSignedIn):
        tokens().read(forged, NOW_MS)
    assert time.perf_counter() - begun < 1


def test_a_remembered_token_ends_when_it_says() -> None:
    reader = tokens()
    reader.read(GENUINE, NOW_MS + 599_999)
    with pytest.raises(NotSignedIn):
        reader.read(GENUINE, NOW_MS + 600_000)


def test_another_key_reads_nothing_of_the_old_one() -> None:
    pem = OTHER.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(NotSignedIn):
        Tokens(pem, "stop.example", 600).read(GENUINE, NOW_MS)


WRONG_KEYS = {
    "public, PEM": PUBLIC_PEM,
    "public, DER": PUBLIC_DER,
    "private, DER": KEY.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
    "a shared secret": b"a shared secret of 32 characters",
    "a digest": hashlib.sha256(PEM).digest(),
    "P-384": ec.generate_private_key(ec.SECP384R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    "RSA": rsa.generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
}


@pytest.mark.parametrize("kind", WRONG_KEYS)
def test_a_key_of_another_kind_is_refused(kind: str) -> None:
    with pytest.raises(ValueError):
        Tokens(WRONG_KEYS[kind], "stop.example", 600)


def test_few_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.authentication.tokens.REMEMBERED", 3)
    reader = tokens()
    for _ in range(5):
        reader.read(reader.issue(DEVICE, NOW_MS)[0], NOW_MS)
    assert len(reader._known) == 3
