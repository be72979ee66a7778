"""Opens a Welcome as a joiner does, as far as its GroupInfo: enough to hold commits of the vectors to their context."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

from pratique.wire.mls import GroupInfo, KeyPackage, RatchetTree, parse_key_package, parse_welcome
from pratique.wire.mls.group_info import read_group_info
from pratique.wire.mls.refused import MlsReader
from pratique.wire.mls.tree import parse_ratchet_tree
from pratique.wire.tls import Reader, Writer, encode

RATCHET_TREE = 2


def join(vector: dict[str, Any]) -> tuple[GroupInfo, RatchetTree]:
    """Give what the joiner of a passive-client vector sees first."""
    init_key = X25519PrivateKey.from_private_bytes(bytes.fromhex(vector["init_priv"]))
    key_package = parse_key_package(bytes.fromhex(vector["key_package"]))
    psks = {bytes.fromhex(psk["psk_id"]): bytes.fromhex(psk["psk"]) for psk in vector["external_psks"]}
    group_info = open_group_info(bytes.fromhex(vector["welcome"]), key_package, init_key, psks)
    given = vector.get("ratchet_tree")
    tree = bytes.fromhex(given) if given else group_info.extension(RATCHET_TREE)
    assert tree is not None
    return group_info, parse_ratchet_tree(tree)


def open_group_info(
    welcome: bytes, key_package: KeyPackage, init_key: X25519PrivateKey, psks: dict[bytes, bytes]
) -> GroupInfo:
    parsed = parse_welcome(welcome)
    (secrets,) = (secrets for secrets in parsed.secrets if secrets.ref == key_package.ref)
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_128_GCM)
    info = encode("MLS 1.0 Welcome", parsed.encrypted_group_info)
    opened = Reader(suite.decrypt(secrets.kem_output + secrets.ciphertext, init_key, info))
    joiner_secret = opened.opaque()
    if opened.u8():
        opened.opaque()
    member_secret = HKDF.extract(SHA256(), joiner_secret, _psk_secret(opened.vector(), psks))
    welcome_secret = _expand(member_secret, "welcome", 32)
    key, nonce = _expand(welcome_secret, "key", 16), _expand(welcome_secret, "nonce", 12)
    reader = MlsReader(AESGCM(key).decrypt(nonce, parsed.encrypted_group_info, b""))
    group_info = read_group_info(reader)
    reader.done()
    return group_info


def _psk_secret(ids: Reader, psks: dict[bytes, bytes]) -> bytes:
    """Give the PSK secret of RFC 9420 §8.4 for external PSKs."""
    found: list[tuple[bytes, bytes]] = []
    while ids.left:
        start = ids.at
        assert ids.u8() == 1
        psk = psks[ids.opaque()]
        ids.opaque()
        found.append((ids.since(start), psk))
    secret = bytes(32)
    for index, (encoded, psk) in enumerate(found):
        label = Writer().raw(encoded).u16(index).u16(len(found)).getvalue()
        derived = _expand(HKDF.extract(SHA256(), bytes(32), psk), "derived psk", 32, label)
        secret = HKDF.extract(SHA256(), derived, secret)
    return secret


def _expand(secret: bytes, label: str, size: int, context: bytes = b"") -> bytes:
    info = Writer().u16(size).raw(encode(f"MLS 1.0 {label}", context)).getvalue()
    return HKDFExpand(SHA256(), size, info).derive(secret)
