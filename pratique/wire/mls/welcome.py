"""Reads Welcomes: whom they are for; what they hold stays sealed (RFC 9420 §12.4.3.1)."""

from __future__ import annotations

from dataclasses import dataclass

from pratique.wire.mls.framing import WireFormat, open_message
from pratique.wire.mls.refused import MlsRefused
from pratique.wire.mls.suite import HASH_BYTES, MAX_LEAVES, read_suite


@dataclass(frozen=True, slots=True)
class SealedSecrets:
    """Holds what one joiner opens with its init key."""

    ref: bytes
    kem_output: bytes
    ciphertext: bytes


@dataclass(frozen=True, slots=True)
class Welcome:
    secrets: tuple[SealedSecrets, ...]
    encrypted_group_info: bytes

    @property
    def refs(self) -> tuple[bytes, ...]:
        """Give the KeyPackageRefs of the joiners, in the Welcome's order."""
        return tuple(secrets.ref for secrets in self.secrets)


def parse_welcome(message: bytes) -> Welcome:
    """Give the Welcome of an MLSMessage.

    Raises  MlsRefused: beside malformed ones: ref_refused, duplicate_ref
    """
    reader = open_message(message, WireFormat.WELCOME)
    read_suite(reader)
    inside = reader.vector()
    found: dict[bytes, SealedSecrets] = {}
    while inside.left:
        secrets = SealedSecrets(inside.opaque(), inside.opaque(), inside.opaque())
        if len(secrets.ref) != HASH_BYTES:
            raise MlsRefused("ref_refused", f"a key package reference has {HASH_BYTES} bytes")
        if secrets.ref in found:
            raise MlsRefused("duplicate_ref", "a Welcome names one key package twice")
        found[secrets.ref] = secrets
    if not 0 < len(found) <= MAX_LEAVES:
        raise MlsRefused("ref_refused", f"a Welcome names 1 to {MAX_LEAVES} key packages")
    encrypted_group_info = reader.opaque()
    reader.done()
    return Welcome(tuple(found.values()), encrypted_group_info)
