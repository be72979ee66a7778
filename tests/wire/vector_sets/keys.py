"""Make keys.json: public keys and signatures that must be taken, and those that curve code takes and must not."""

from tests.wire.vector_sets.actors import Case, key, public

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
Y8 = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"
U8 = (
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
)
RFC_8032 = (
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
    "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
)
RFC_7748_ALICE = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"


def make() -> Case:
    """Give the whole file."""
    return {
        "about": "Keys of small order, keys that are not canonical, and malleable signatures are refused everywhere.",
        "ed25519": [
            _key("RFC 8032 test 1", "ok", RFC_8032[0]),
            _key("y = 2", "ok", _little(2)),
            *(_key(f"small order, y = {word}", "key_refused", text) for word, text in _small_order_ed25519().items()),
            *(_key(f"not canonical, y = p + {more}", "key_refused", _little(P + more)) for more in range(19)),
            _key("not canonical, all bits", "key_refused", "ff" * 32),
            _key("31 bytes", "key_refused", RFC_8032[0][2:]),
            _key("33 bytes", "key_refused", RFC_8032[0] + "00"),
            _key("empty", "key_refused", ""),
        ],
        "x25519": [
            _key("RFC 7748 Alice", "ok", RFC_7748_ALICE),
            _key("u = 9", "ok", _little(9)),
            *(_key(f"small order, u = {u}", "key_refused", _little(u)) for u in (0, 1)),
            _key("small order, u = p - 1", "key_refused", _little(P - 1)),
            *(_key(f"small order 8, number {n}", "key_refused", text) for n, text in enumerate(U8, 1)),
            *(_key(f"not canonical, u = p + {more}", "key_refused", _little(P + more)) for more in (0, 1, 9, 18)),
            _key("not canonical, top bit", "key_refused", _little(9 | 1 << 255)),
            _key("31 bytes", "key_refused", RFC_7748_ALICE[2:]),
        ],
        "signatures": _signatures(),
    }


def _signatures() -> list[Case]:
    message = b"pratique"
    good, signer = key("signer").sign(message), public("signer")
    s = int.from_bytes(good[32:], "little")
    neutral = _little(1)
    return [
        _signature("RFC 8032 test 1", "ok", RFC_8032[0], b"", bytes.fromhex(RFC_8032[1])),
        _signature("good", "ok", signer.hex(), message, good),
        _signature("another message", "bad_signature", signer.hex(), b"pratiquf", good),
        _signature("another key", "bad_signature", public("other").hex(), message, good),
        _signature("S + L", "bad_signature", signer.hex(), message, good[:32] + (s + L).to_bytes(32, "little")),
        _signature("S of zero", "bad_signature", signer.hex(), message, good[:32] + bytes(32)),
        _signature("63 bytes", "bad_signature", signer.hex(), message, good[:63]),
        _signature("65 bytes", "bad_signature", signer.hex(), message, good + b"\x00"),
        _signature("any message under the neutral point", "bad_signature", neutral, message, bytes([1]) + bytes(63)),
        _signature("the key itself as message and R", "bad_signature", signer.hex(), signer, signer + bytes(32)),
    ]


def _small_order_ed25519() -> dict[str, str]:
    y8 = int.from_bytes(bytes.fromhex(Y8), "little")
    found = {"0": 0, "1": 1, "p - 1": P - 1, "order 8": y8, "order 8 negated": P - y8, "p": P, "p + 1": P + 1}
    return {f"{word}, sign {sign}": _little(y | sign << 255) for word, y in found.items() for sign in (0, 1)}


def _key(name: str, expect: str, text: str) -> Case:
    return {"name": name, "expect": expect, "key": text}


def _signature(name: str, expect: str, signer: str, message: bytes, signature: bytes) -> Case:
    return {"name": name, "expect": expect, "key": signer, "message": message.hex(), "signature": signature.hex()}


def _little(value: int) -> str:
    return value.to_bytes(32, "little").hex()
