"""Makes signed MLS objects field by field, so that each can be made wrong in one place."""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from pratique.wire.mls import GroupContext
from pratique.wire.tls import Writer, encode

NOW = 1_800_000_000
GROUP_ID = bytes(range(32))
TAG = b"t" * 32
CONTEXT = GroupContext(GROUP_ID, 7, b"h" * 32, b"c" * 32)


def hpke_key() -> bytes:
    return X25519PrivateKey.generate().public_key().public_bytes_raw()


def sign(key: Ed25519PrivateKey, label: str, content: bytes) -> bytes:
    return key.sign(encode(f"MLS 1.0 {label}", content))


def vector(*items: bytes) -> bytes:
    return Writer().opaque(b"".join(items)).getvalue()


def u16s(*values: int) -> bytes:
    return vector(*(value.to_bytes(2, "big") for value in values))


def extension(kind: int, data: bytes = b"") -> bytes:
    return Writer().u16(kind).opaque(data).getvalue()


@dataclass
class Signer:
    """Is one device: its keys, and what it makes with them."""

    identity: str = "pratique://ke.stop.example/ncp/w.otieno/7f3a"
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    encryption_key: bytes = field(default_factory=hpke_key)
    init_key: bytes = field(default_factory=hpke_key)
    not_before: int = NOW - 3600
    not_after: int = NOW + 28 * 86_400 - 3600
    versions: bytes = u16s(1)
    suites: bytes = u16s(1)
    credentials: bytes = u16s(1)
    credential_type: int = 1
    leaf_extensions: bytes = vector()
    extensions: bytes = vector()
    claimed_key: bytes = b""

    @property
    def public(self) -> bytes:
        return self.claimed_key or self.key.public_key().public_bytes_raw()

    def leaf(self, source: bytes, place: bytes = b"") -> bytes:
        writer = Writer().opaque(self.encryption_key).opaque(self.public)
        writer.u16(self.credential_type).opaque(self.identity.encode())
        writer.raw(self.versions).raw(self.suites).raw(u16s()).raw(u16s()).raw(self.credentials)
        body = writer.raw(source).raw(self.leaf_extensions).getvalue()
        return Writer().raw(body).opaque(sign(self.key, "LeafNodeTBS", body + place)).getvalue()

    def key_package_leaf(self) -> bytes:
        return self.leaf(Writer().u8(1).u64(self.not_before).u64(self.not_after).getvalue())

    def commit_leaf(self, index: int, group_id: bytes = GROUP_ID) -> bytes:
        place = Writer().opaque(group_id).u32(index).getvalue()
        return self.leaf(Writer().u8(3).opaque(b"p" * 32).getvalue(), place)

    def key_package(self, leaf: bytes | None = None, version: int = 1, suite: int = 1) -> bytes:
        writer = Writer().u16(version).u16(suite).opaque(self.init_key).raw(leaf or self.key_package_leaf())
        body = writer.raw(self.extensions).getvalue()
        return Writer().raw(body).opaque(sign(self.key, "KeyPackageTBS", body)).getvalue()

    def group_info(
        self, context: bytes | None = None, extensions: bytes = vector(), tag: bytes = TAG, signer: int = 2
    ) -> bytes:
        body = (context or CONTEXT.encode()) + extensions + Writer().opaque(tag).u32(signer).getvalue()
        return Writer().raw(body).opaque(sign(self.key, "GroupInfoTBS", body)).getvalue()

    def commit(
        self,
        proposals: bytes,
        path: bytes | None,
        *,
        sender: bytes = b"\x01\x00\x00\x00\x02",
        content_type: int = 3,
        context: GroupContext = CONTEXT,
        tag: bytes = TAG,
        aad: bytes = b"aad",
    ) -> bytes:
        writer = Writer().opaque(context.group_id).u64(context.epoch).raw(sender).opaque(aad).u8(content_type)
        content = writer.raw(proposals).raw(b"\x00" if path is None else b"\x01" + path).getvalue()
        signed = Writer().u16(1).u16(1).raw(content).raw(context.encode()).getvalue()
        signature = sign(self.key, "FramedContentTBS", signed)
        return message(1, Writer().raw(content).opaque(signature).opaque(tag).opaque(TAG).getvalue())

    def path(self, *nodes: bytes, index: int = 2, leaf: bytes | None = None, group_id: bytes = GROUP_ID) -> bytes:
        return (leaf or self.commit_leaf(index, group_id)) + vector(*nodes)


def message(wire_format: int, body: bytes, version: int = 1) -> bytes:
    return Writer().u16(version).u16(wire_format).raw(body).getvalue()


def add(key_package: bytes) -> bytes:
    return b"\x01\x00\x01" + key_package


def remove(index: int) -> bytes:
    return Writer().raw(b"\x01\x00\x03").u32(index).getvalue()


def path_node(key: bytes | None = None, secrets: int = 1, kem_bytes: int = 32, secret_bytes: int = 48) -> bytes:
    sealed = Writer().opaque(b"k" * kem_bytes).opaque(b"s" * secret_bytes).getvalue()
    return Writer().opaque(key or hpke_key()).getvalue() + vector(*([sealed] * secrets))


def leaf_node(leaf: bytes) -> bytes:
    return b"\x01\x01" + leaf


def parent_node(*unmerged: int, key: bytes | None = None) -> bytes:
    writer = Writer().raw(b"\x01\x02").opaque(key or hpke_key()).opaque(b"p" * 32)
    return writer.raw(vector(*(index.to_bytes(4, "big") for index in unmerged))).getvalue()
