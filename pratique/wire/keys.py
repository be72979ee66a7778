"""Refuses public keys that curve code takes silently, and verifies Ed25519 under those that remain.

Source  RFC 8032 §5.1.3, RFC 7748 §5 and §6.1; RFC 9420 leaves both checks to the application
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pratique.wire.refused import Refused

KEY_BYTES = 32
SIGNATURE_BYTES = 64

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_SIGN_BIT = 1 << 255

_ED25519_Y8 = int("7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7", 16)
# The y of every point whose order divides 8 (x is its sign bit): orders 4, 1, 2, 8, 8.
_ED25519_SMALL_ORDER_Y = frozenset({0, 1, _P - 1, _ED25519_Y8, _P - _ED25519_Y8})

# The u of every point of small order on the curve and on its twist; p and above are refused as not canonical.
_X25519_SMALL_ORDER_U = frozenset(
    {
        0,
        1,
        int("00b8495f16056286fdb1329ceb8d09da6ac49ff1fae35616aeb8413b7c7aebe0", 16),
        int("57119fd0dd4e22d8868e1c58c45c44045bef839c55b1d0b1248c50a3bc959c5f", 16),
        _P - 1,
    }
)


class KeyRefused(Refused):
    """Says that a public key is not one that an honest device can have."""

    def __init__(self, detail: str) -> None:
        super().__init__("key_refused", detail)


def check_ed25519_public(key: bytes) -> None:
    """Refuse a key that is not 32 bytes, not canonical, or a point of small order.

    Raises  KeyRefused
    """
    y = _little_endian(key) & ~_SIGN_BIT
    if y >= _P:
        raise KeyRefused("the Ed25519 key is not canonical")
    if y in _ED25519_SMALL_ORDER_Y:
        raise KeyRefused("the Ed25519 key is a point of small order")


def check_x25519_public(key: bytes) -> None:
    """Refuse a key that is not 32 bytes, not canonical, or of small order on the curve or its twist.

    Raises  KeyRefused
    """
    u = _little_endian(key)
    if u >= _P:
        raise KeyRefused("the X25519 key is not canonical")
    if u in _X25519_SMALL_ORDER_U:
        raise KeyRefused("the X25519 key is of small order")


def verify_ed25519(key: bytes, signature: bytes, message: bytes) -> bool:
    """Say whether the signature holds; a refused key and a malleable signature (S ≥ L) never do."""
    try:
        check_ed25519_public(key)
    except KeyRefused:
        return False
    if len(signature) != SIGNATURE_BYTES or int.from_bytes(signature[32:], "little") >= _L:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _little_endian(key: bytes) -> int:
    if len(key) != KEY_BYTES:
        raise KeyRefused(f"the key has {len(key)} bytes instead of {KEY_BYTES}")
    return int.from_bytes(key, "little")
