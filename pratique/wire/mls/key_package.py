"""Reads key packages and checks all that can be checked without a certificate (RFC 9420 §10)."""

from __future__ import annotations

from dataclasses import dataclass

from pratique.wire.mls.extension import LAST_RESORT, Extension, read_extensions
from pratique.wire.mls.framing import WireFormat, open_message
from pratique.wire.mls.leaf import LeafNode, LeafSource, read_leaf
from pratique.wire.mls.refused import MlsReader, MlsRefused
from pratique.wire.mls.suite import check_hpke_key, read_suite, read_version, ref_hash, verify_with_label

MAX_LIFETIME_S = 28 * 86_400 + 3_600


@dataclass(frozen=True, slots=True)
class KeyPackage:
    """Holds one key package as it was read; `encoded` is the struct without MLSMessage header."""

    init_key: bytes
    leaf: LeafNode
    extensions: tuple[Extension, ...]
    signature: bytes
    encoded: bytes
    signed: bytes

    @property
    def identity(self) -> str:
        return self.leaf.identity

    @property
    def signature_key(self) -> bytes:
        return self.leaf.signature_key

    @property
    def encryption_key(self) -> bytes:
        return self.leaf.encryption_key

    @property
    def not_before(self) -> int:
        return self.leaf.not_before

    @property
    def not_after(self) -> int:
        return self.leaf.not_after

    @property
    def last_resort(self) -> bool:
        return any(extension.type == LAST_RESORT for extension in self.extensions)

    @property
    def ref(self) -> bytes:
        """Give the KeyPackageRef (RFC 9420 §5.2)."""
        return ref_hash("KeyPackage Reference", self.encoded)


def parse_key_package(message: bytes) -> KeyPackage:
    """Give the key package of an MLSMessage.

    Raises  MlsRefused
    """
    reader = open_message(message, WireFormat.KEY_PACKAGE)
    key_package = read_key_package(reader)
    reader.done()
    return key_package


def read_key_package(reader: MlsReader) -> KeyPackage:
    start = reader.at
    read_version(reader)
    read_suite(reader)
    init_key = reader.opaque()
    leaf = read_leaf(reader)
    if leaf.source is not LeafSource.KEY_PACKAGE:
        raise MlsRefused("leaf_source_refused", "the leaf of a key package says that it is not of a key package")
    extensions = read_extensions(reader)
    signed = reader.since(start)
    signature = reader.opaque()
    return KeyPackage(init_key, leaf, extensions, signature, reader.since(start), signed)


def verify_key_package(key_package: KeyPackage, at_s: int) -> None:
    """Refuse a key package that is not sound at this moment.

    Takes   at_s: seconds since 1970; the lifetime may span 28 days and one hour, both ends counted in
    Raises  MlsRefused: key_refused, duplicate_key, capabilities_refused, extension_refused, lifetime_refused,
            not_yet_valid, expired, signature_refused
    """
    leaf = key_package.leaf
    leaf.check()
    check_hpke_key(key_package.init_key)
    if key_package.init_key in (leaf.encryption_key, leaf.signature_key):
        raise MlsRefused("duplicate_key", "the init key of a key package is also a key of its leaf")
    for extension in key_package.extensions:
        if extension != Extension(LAST_RESORT, b""):
            raise MlsRefused("extension_refused", f"a key package carries extension 0x{extension.type:04x}")
    if not 0 <= leaf.not_after - leaf.not_before <= MAX_LIFETIME_S:
        raise MlsRefused("lifetime_refused", "a key package lives at most 28 days")
    if at_s < leaf.not_before:
        raise MlsRefused("not_yet_valid", "the key package's lifetime has not begun")
    if at_s > leaf.not_after:
        raise MlsRefused("expired", "the key package's lifetime is over")
    leaf.verify(b"", 0)
    verify_with_label(leaf.signature_key, "KeyPackageTBS", key_package.signed, key_package.signature)
