"""Hold the fixed names, keys and instants that all vectors share; every key is the SHA-256 of its owner's name."""

import base64
import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pratique.certificates import issue_authority, issue_device, make_root
from pratique.wire.identity import DeviceUri

DEPLOYMENT = "stop.example"
AT_MS = 1_800_000_000_000  # 2027-01-15T08:00:00Z
KE_DEVICE = "pratique://ke.stop.example/ncp/w.otieno/7f3a"
BE_DEVICE = "pratique://be.stop.example/ncp/a.peeters/01ab"

Case = dict[str, object]


def key(name: str) -> Ed25519PrivateKey:
    """Give the Ed25519 key of a name."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"pratique vectors: {name}".encode()).digest())


def public(name: str) -> bytes:
    """Give the public key of a name."""
    return key(name).public_key().public_bytes_raw()


def b64(data: bytes) -> str:
    """Write bytes as base64."""
    return base64.b64encode(data).decode()


def flip(data: bytes, at: int) -> bytes:
    """Turn one bit of the byte at a position."""
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)


ROOT = make_root(DEPLOYMENT, key("root"), AT_MS, serial=1)
KE_AUTHORITY = issue_authority("ke", ROOT, key("root"), public("ke"), AT_MS, serial=2)
BE_AUTHORITY = issue_authority("be", ROOT, key("root"), public("be"), AT_MS, serial=3)
KE_CERTIFICATE = issue_device(DeviceUri.parse(KE_DEVICE), public(KE_DEVICE), KE_AUTHORITY, key("ke"), AT_MS, serial=4)
