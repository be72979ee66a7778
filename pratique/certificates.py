"""Issue certificates on the member side, where the CA keys live; verification is in `pratique.wire.certificates`."""

from __future__ import annotations

import base64
import hashlib
import secrets

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import CertificateBuilder

from pratique.wire.certificate_profile import (
    SERIAL_BYTES,
    Holder,
    authority_template,
    device_template,
    root_template,
)
from pratique.wire.certificates import CertificateRefused, read_authority, read_root
from pratique.wire.identity import DeviceUri, check_deployment, party_host
from pratique.wire.keys import check_ed25519_public
from pratique.wire.tls import encode

ENROLMENT_LABEL = "pratique enrolment v1"
# A certificate begins a little before it was made: other clocks may be behind the issuer's.
EARLIER_MS = 5 * 60_000
DAY_MS = 86_400_000
YEAR_MS = 365 * DAY_MS


def make_root(
    deployment: str, key: Ed25519PrivateKey, at_ms: int, years: int = 10, *, serial: int | None = None
) -> bytes:
    """Make the self-signed root certificate of a deployment; raises `NameRefused`."""
    check_deployment(deployment)
    holder = _holder(_public(key), at_ms, years * YEAR_MS, serial)
    return _sign(root_template(deployment, holder), key)


def issue_authority(
    party: str,
    root_der: bytes,
    root_key: Ed25519PrivateKey,
    ca_public: bytes,
    at_ms: int,
    years: int = 5,
    *,
    serial: int | None = None,
) -> bytes:
    """Certify a party's CA key, constrained to the party's host.

    Raises  NameRefused, KeyRefused, CertificateRefused("wrong_issuer") where the key is not the root's
    """
    root = read_root(root_der)
    _same_key(root.key, root_key, "the root")
    host = party_host(party, root.deployment)
    holder = _holder(ca_public, at_ms, years * YEAR_MS, serial)
    return _sign(authority_template(host, root.deployment, root.key, holder), root_key)


def issue_device(
    uri: DeviceUri,
    device_public: bytes,
    authority_der: bytes,
    authority_key: Ed25519PrivateKey,
    at_ms: int,
    days: int = 90,
    *,
    serial: int | None = None,
) -> bytes:
    """Certify a device's key under its URI; a renewal keeps the key.

    Raises  KeyRefused; CertificateRefused: wrong_issuer, wrong_name where the CA is another party's
    """
    host, key = read_authority(authority_der)
    _same_key(key, authority_key, "the party CA")
    if host != uri.host:
        raise CertificateRefused("wrong_name", "the party CA may only name devices of its own party")
    if not 0 < days <= 90:
        raise CertificateRefused("wrong_validity", "a device certificate holds for 1 to 90 days")
    return _sign(device_template(uri, key, _holder(device_public, at_ms, days * DAY_MS, serial)), authority_key)


def enrolment_fingerprint(key: bytes, uri: DeviceUri, invitation_digest: bytes) -> str:
    """Give what approver and device compare: 25 base32 characters (125 bits) over key, name and invitation."""
    digest = hashlib.sha256(encode(ENROLMENT_LABEL, key, str(uri), invitation_digest)).digest()
    text = base64.b32encode(digest).decode()[:25]
    return "-".join(text[start : start + 5] for start in range(0, 25, 5))


def _holder(key: bytes, at_ms: int, length_ms: int, serial: int | None) -> Holder:
    check_ed25519_public(key)
    start = (at_ms - EARLIER_MS) // 1000 * 1000
    number = secrets.randbits(8 * SERIAL_BYTES) or 1 if serial is None else serial
    return Holder(number, key, start, start + length_ms)


def _same_key(key: bytes, private: Ed25519PrivateKey, what: str) -> None:
    if _public(private) != key:
        raise CertificateRefused("wrong_issuer", f"the key does not belong to the certificate of {what}")


def _public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def _sign(template: CertificateBuilder, key: Ed25519PrivateKey) -> bytes:
    return template.sign(key, None).public_bytes(Encoding.DER)
