"""Gives the transcript hashes that chain the commits of a group (RFC 9420 §8.2)."""

import hashlib

from pratique.wire.mls.commit import Commit
from pratique.wire.mls.framing import WireFormat
from pratique.wire.tls import Writer


def confirmed_transcript_hash(interim: bytes, content: bytes, signature: bytes) -> bytes:
    """Give the hash that confirms one public commit.

    Takes   interim: of the epoch before, empty before the first commit; content: its exact FramedContent
    """
    signed = Writer().raw(interim).u16(WireFormat.PUBLIC_MESSAGE).raw(content).opaque(signature)
    return hashlib.sha256(signed.getvalue()).digest()


def next_confirmed_transcript_hash(commit: Commit, interim: bytes) -> bytes:
    """Give the confirmed transcript hash of the epoch that the commit begins."""
    return confirmed_transcript_hash(interim, commit.content, commit.signature)


def interim_transcript_hash(confirmed: bytes, confirmation_tag: bytes) -> bytes:
    """Give the hash that the next commit follows on, from an epoch's own hash and confirmation tag."""
    return hashlib.sha256(Writer().raw(confirmed).opaque(confirmation_tag).getvalue()).digest()
