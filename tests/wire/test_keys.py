import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from pratique.wire.keys import KeyRefused, check_ed25519_public, check_x25519_public, verify_ed25519

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int]


def add(a: Point, b: Point) -> Point:
    k = D * a[0] * b[0] * a[1] * b[1] % P
    x = (a[0] * b[1] + b[0] * a[1]) * pow(1 + k, -1, P)
    y = (a[1] * b[1] + a[0] * b[0]) * pow(1 - k, -1, P)
    return x % P, y % P


def torsion_points() -> list[Point]:
    """Give the eight points of small order, from the curve equation alone: y⁴d + 2y² - 1 = 0 gives those of order 8."""
    root = sqrt(1 + D)
    candidates = ((-1 + root) * pow(D, -1, P) % P, (-1 - root) * pow(D, -1, P) % P)
    y = next(sqrt(c) for c in candidates if pow(c, (P - 1) // 2, P) == 1)
    first = (sqrt((y * y - 1) * pow(D * y * y + 1, -1, P) % P), y)
    points = [first]
    while points[-1] != (0, 1):
        points.append(add(points[-1], first))
    assert len(points) == 8
    return points


def sqrt(value: int) -> int:
    root = pow(value, (P + 3) // 8, P)
    root = root if root * root % P == value % P else root * pow(2, (P - 1) // 4, P) % P
    assert root * root % P == value % P
    return root


def encodings(point: Point) -> list[bytes]:
    """Give every 32-byte string that some decoder takes for this point."""
    x, y = point
    signs = {x & 1} if x else {0, 1}
    return [(c | s << 255).to_bytes(32, "little") for c in (y, y + P) if c < 2**255 for s in signs]


def test_every_encoding_of_a_small_order_point_is_refused() -> None:
    found = {encoding for point in torsion_points() for encoding in encodings(point)}
    assert len(found) == 14
    for key in found:
        with pytest.raises(KeyRefused):
            check_ed25519_public(key)


def test_a_forgery_under_a_small_order_key_is_refused_though_the_library_takes_it() -> None:
    neutral = (1).to_bytes(32, "little")
    # R = the neutral point, S = 0: holds for every message under the neutral key.
    forged = neutral + bytes(32)
    Ed25519PublicKey.from_public_bytes(neutral).verify(forged, b"anything")
    assert not verify_ed25519(neutral, forged, b"anything")


def test_keys_at_and_above_p_are_refused() -> None:
    for y in (P, P + 2, 2**255 - 1):
        for sign in (0, 1):
            with pytest.raises(KeyRefused, match="not canonical"):
                check_ed25519_public((y | sign << 255).to_bytes(32, "little"))
    for u in (P, P + 1, P + 9, 2**255 - 1, 2**255 + 9):
        with pytest.raises(KeyRefused, match="not canonical"):
            check_x25519_public(u.to_bytes(32, "little"))


def test_small_order_x25519_keys_are_refused() -> None:
    # u = (1 + y) / (1 - y) carries the Edwards points over; the twist adds u = -1.
    us = {(1 + y) * pow(1 - y, -1, P) % P for _, y in torsion_points() if y != 1} | {0, P - 1}
    assert len(us) == 5
    for u in us:
        key = u.to_bytes(32, "little")
        with pytest.raises(ValueError, match="shared key"):
            X25519PrivateKey.generate().exchange(X25519PublicKey.from_public_bytes(key))
        with pytest.raises(KeyRefused, match="small order"):
            check_x25519_public(key)


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_keys_of_other_lengths_are_refused(length: int) -> None:
    for check in (check_ed25519_public, check_x25519_public):
        with pytest.raises(KeyRefused) as refused:
            check(b"\x09" * length)
        assert refused.value.code == "key_refused"


def test_honest_keys_are_taken() -> None:
    for _ in range(50):
        check_ed25519_public(Ed25519PrivateKey.generate().public_key().public_bytes_raw())
        check_x25519_public(X25519PrivateKey.generate().public_key().public_bytes_raw())


def test_signatures_hold_once_only() -> None:
    private = Ed25519PrivateKey.generate()
    key, signature = private.public_key().public_bytes_raw(), private.sign(b"m")
    assert verify_ed25519(key, signature, b"m")
    assert not verify_ed25519(key, signature, b"n")
    assert not verify_ed25519(key, signature[:63], b"m")
    assert not verify_ed25519(key, signature + b"\x00", b"m")
    malleated = signature[:32] + (int.from_bytes(signature[32:], "little") + L).to_bytes(32, "little")
    assert not verify_ed25519(key, malleated, b"m")
    assert not verify_ed25519(key[:31], signature, b"m")


def test_rfc_8032_vector() -> None:
    key = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    signature = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert verify_ed25519(key, signature, b"")
