"""Reads leaf nodes with basic credentials and checks their signatures (RFC 9420 §7.2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from pratique.wire.mls.extension import Extension, read_extensions
from pratique.wire.mls.refused import MlsReader, MlsRefused
from pratique.wire.mls.suite import MLS10, SUITE, check_hpke_key, check_signature_key, verify_with_label
from pratique.wire.tls import Writer

BASIC = 1
MAX_IDENTITY_BYTES = 512


class LeafSource(IntEnum):
    KEY_PACKAGE = 1
    UPDATE = 2
    COMMIT = 3


@dataclass(frozen=True, slots=True)
class Capabilities:
    versions: tuple[int, ...]
    suites: tuple[int, ...]
    extensions: tuple[int, ...]
    proposals: tuple[int, ...]
    credentials: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LeafNode:
    """Holds one leaf as it was read; `encoded` is its exact bytes.

    Unit    not_before, not_after: seconds since 1970, 0 unless the source is a key package
    """

    encryption_key: bytes
    signature_key: bytes
    identity: str
    capabilities: Capabilities
    source: LeafSource
    not_before: int
    not_after: int
    parent_hash: bytes
    extensions: tuple[Extension, ...]
    signature: bytes
    encoded: bytes
    signed: bytes

    def verify(self, group_id: bytes, leaf_index: int) -> None:
        """Refuse a leaf whose own signature does not hold at this place of this group.

        Raises  MlsRefused: key_refused, signature_refused
        """
        signed = self.signed
        if self.source is not LeafSource.KEY_PACKAGE:
            signed += Writer().opaque(group_id).u32(leaf_index).getvalue()
        verify_with_label(self.signature_key, "LeafNodeTBS", signed, self.signature)

    def check(self) -> None:
        """Refuse a leaf outside the profile: other keys, capabilities without suite 1 and basic, any extension.

        Raises  MlsRefused: key_refused, duplicate_key, capabilities_refused, extension_refused
        """
        check_signature_key(self.signature_key)
        check_hpke_key(self.encryption_key)
        if self.signature_key == self.encryption_key:
            raise MlsRefused("duplicate_key", "one key serves as signature key and as encryption key")
        offered = self.capabilities
        if MLS10 not in offered.versions or SUITE not in offered.suites or BASIC not in offered.credentials:
            raise MlsRefused(
                "capabilities_refused", "the leaf does not offer mls10, suite 0x0001 and basic credentials"
            )
        if self.extensions:
            raise MlsRefused("extension_refused", "the leaf carries an extension")


def read_leaf(reader: MlsReader) -> LeafNode:
    start = reader.at
    encryption_key, signature_key = reader.opaque(), reader.opaque()
    identity = _read_identity(reader)
    capabilities = Capabilities(*(reader.integers(2) for _ in range(5)))
    source = reader.known(LeafSource, "leaf_source_refused")
    not_before = not_after = 0
    parent_hash = b""
    if source is LeafSource.KEY_PACKAGE:
        not_before, not_after = reader.u64(), reader.u64()
    elif source is LeafSource.COMMIT:
        parent_hash = reader.opaque()
    extensions = read_extensions(reader)
    signed = reader.since(start)
    signature = reader.opaque()
    return LeafNode(
        encryption_key=encryption_key,
        signature_key=signature_key,
        identity=identity,
        capabilities=capabilities,
        source=source,
        not_before=not_before,
        not_after=not_after,
        parent_hash=parent_hash,
        extensions=extensions,
        signature=signature,
        encoded=reader.since(start),
        signed=signed,
    )


def _read_identity(reader: MlsReader) -> str:
    if (kind := reader.u16()) != BASIC:
        raise MlsRefused("credential_refused", f"credential type {kind} is not basic")
    identity = reader.text()
    if not 0 < len(identity.encode()) <= MAX_IDENTITY_BYTES:
        raise MlsRefused("identity_refused", f"an identity has 1 to {MAX_IDENTITY_BYTES} bytes")
    return identity
