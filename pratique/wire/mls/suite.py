"""Fixes the one version and the one ciphersuite, and gives its signatures and hashes (RFC 9420 §5.1.2, §5.2)."""

import hashlib

from pratique.wire import keys
from pratique.wire.mls.refused import MlsReader, MlsRefused
from pratique.wire.tls import encode

MLS10 = 1
SUITE = 0x0001
HASH_BYTES = 32
KEM_OUTPUT_BYTES = 32
PATH_CIPHERTEXT_BYTES = 32 + 16
MAX_LEAVES = 2048


def read_version(reader: MlsReader) -> None:
    if (version := reader.u16()) != MLS10:
        raise MlsRefused("version_refused", f"protocol version {version} is not mls10")


def read_suite(reader: MlsReader) -> None:
    if (suite := reader.u16()) != SUITE:
        raise MlsRefused("suite_refused", f"ciphersuite 0x{suite:04x} is not 0x0001")


def verify_with_label(key: bytes, label: str, content: bytes, signature: bytes) -> None:
    """Refuse a signature that does not hold over the labelled content under a canonical key.

    Raises  MlsRefused: key_refused, signature_refused
    """
    check_signature_key(key)
    if not keys.verify_ed25519(key, signature, encode(f"MLS 1.0 {label}", content)):
        raise MlsRefused("signature_refused", f"the signature over {label} does not hold")


def ref_hash(label: str, value: bytes) -> bytes:
    return hashlib.sha256(encode(f"MLS 1.0 {label}", value)).digest()


def check_signature_key(key: bytes) -> None:
    try:
        keys.check_ed25519_public(key)
    except keys.KeyRefused as refused:
        raise MlsRefused(refused.code, refused.detail) from None


def check_hpke_key(key: bytes) -> None:
    try:
        keys.check_x25519_public(key)
    except keys.KeyRefused as refused:
        raise MlsRefused(refused.code, refused.detail) from None
