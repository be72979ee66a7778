"""Carry an MLS Welcome to a device's inbox together with what binds it to its channel's log (docs/protocol.md §6).

Shape  welcome ‖ charter ‖ seen.seq u64 ‖ seen.chain ‖ roster_head ‖ committer ‖ signature, each opaque<V> unless named
       signature: the committer's, over "pratique welcome v1" ‖ channel ‖ the fields before it
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pratique.wire.entries import Seen
from pratique.wire.keys import verify_ed25519
from pratique.wire.refused import Refused
from pratique.wire.tls import Malformed, Reader, encode

SIGNED_LABEL = "pratique welcome v1"
SIGNATURE_BYTES = 64


class WelcomeRefused(Refused):
    """A welcome that is malformed or not signed by who it says; codes malformed_welcome, bad_signature."""


@dataclass(frozen=True)
class Welcome:
    """One welcome.

    Takes   welcome: the MLS Welcome; charter: the charter statement's bytes; seen: what the committer had processed;
            roster_head: digest of the newest roster (or charter) statement it had processed; committer: device URI
    """

    welcome: bytes
    charter: bytes
    seen: Seen
    roster_head: bytes
    committer: str
    signature: bytes = b""

    @property
    def channel(self) -> bytes:
        """Give the channel's id: SHA-256 of the charter."""
        return hashlib.sha256(self.charter).digest()

    def encode(self) -> bytes:
        """Give the data of the inbox entry."""
        return self._fields() + encode(self.signature)

    @classmethod
    def decode(cls, data: bytes) -> Welcome:
        """Read `encode`'s bytes; checks no signature; raises `WelcomeRefused`."""
        try:
            reader = Reader(data)
            welcome, charter = reader.opaque(), reader.opaque()
            seen, roster_head = Seen(reader.u64(), reader.opaque()), reader.opaque()
            read = cls(welcome, charter, seen, roster_head, reader.text(), reader.opaque())
            reader.done()
        except Malformed as malformed:
            raise WelcomeRefused("malformed_welcome", malformed.detail) from None
        if len(read.seen.chain) != 32 or len(roster_head) != 32 or len(read.signature) != SIGNATURE_BYTES:
            raise WelcomeRefused("malformed_welcome", "a field of the welcome has the wrong length")
        return read

    def sign(self, key: Ed25519PrivateKey) -> Welcome:
        """Give the same welcome with the committer's signature."""
        return Welcome(
            self.welcome, self.charter, self.seen, self.roster_head, self.committer, key.sign(self._signed())
        )

    def verify(self, key: bytes) -> None:
        """Check the committer's signature under its Ed25519 key; raises `WelcomeRefused`."""
        if not verify_ed25519(key, self.signature, self._signed()):
            raise WelcomeRefused("bad_signature", "the welcome is not signed by its committer")

    def _signed(self) -> bytes:
        return encode(SIGNED_LABEL, self.channel) + self._fields()

    def _fields(self) -> bytes:
        head = encode(self.welcome, self.charter, self.seen.seq, self.seen.chain)
        return head + encode(self.roster_head, self.committer)


def binding(seen: Seen, roster_head: bytes) -> bytes:
    """Give the content of our GroupInfo extension: what the Welcome's GroupInfo says of the log."""
    return encode(seen.seq, seen.chain, roster_head)
