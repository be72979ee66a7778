"""Seal and open contents under an epoch key: Cobblestone-256 outside, a device's signature inside.

Shape  sealed  = Cobblestone-256(K_e, context = label ‖ channel ‖ epoch ‖ device ‖ post_id, padded)
       padded  = signed content ‖ zeros up to the next size of PADDED_BYTES
       content = type ‖ seen.seq u64 ‖ seen.chain ‖ bytes ‖ signature, the whole as one opaque<V>
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pratique.wire.entries import Kind, Seen
from pratique.wire.keys import verify_ed25519
from pratique.wire.refused import Refused
from pratique.wire.tls import Malformed, Reader, Writer, encode

PADDED_BYTES = (256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536)
LABELS = {Kind.APPLICATION: "pratique entry v1", Kind.LINK: "pratique link v1"}
SIGNED_LABEL = "pratique content v1"
LINK_TYPE = "link"


class SealRefused(Refused):
    """Something that cannot be sealed, opened or believed; `code` is stable."""


@dataclass(frozen=True)
class EpochKey:
    """What a member of one epoch holds of it.

    Shape  key: 32 bytes, MLS-Exporter("pratique epoch key", group_id, 32); authenticator: epoch_authenticator
    """

    epoch: int
    key: bytes = field(repr=False)
    authenticator: bytes = field(repr=False)


@dataclass(frozen=True)
class Place:
    """Where a content stands; bound into the seal and into the signature."""

    channel: bytes
    device: str
    post_id: UUID
    kind: Kind = Kind.APPLICATION


@dataclass(frozen=True)
class Content:
    """An opened content: what it is, what its sender had seen, its bytes."""

    type: str
    seen: Seen
    body: bytes


def _context(place: Place, epoch: int) -> bytes:
    post_id = place.post_id.bytes
    return encode(LABELS[place.kind], place.channel, epoch, place.device) + post_id


def _signed(place: Place, epoch: EpochKey, content: Content) -> bytes:
    head = encode(SIGNED_LABEL, LABELS[place.kind], place.channel, epoch.epoch, epoch.authenticator, place.device)
    return head + place.post_id.bytes + encode(content.type, content.seen.seq, content.seen.chain, content.body)


def seal(content: Content, place: Place, epoch: EpochKey, key: Ed25519PrivateKey) -> bytes:
    """Sign, pad and seal one content.

    Raises  SealRefused("content_too_large") when it does not fit the largest padded size
    """
    inner = Writer()
    inner.opaque(content.type.encode("ascii"))
    inner.u64(content.seen.seq)
    for part in (content.seen.chain, content.body, key.sign(_signed(place, epoch, content))):
        inner.opaque(part)
    outer = Writer()
    outer.opaque(inner.getvalue())
    framed = outer.getvalue()
    room = next((limit for limit in PADDED_BYTES if limit >= len(framed)), None)
    if room is None:
        raise SealRefused(
            "content_too_large", f"a content holds at most {PADDED_BYTES[-1]} bytes, this one {len(framed)}"
        )
    encryptor = Cobblestone256Encryptor(epoch.key, _context(place, epoch.epoch))
    return encryptor.update(framed.ljust(room, b"\0")) + encryptor.finalize()


def open_sealed(data: bytes, place: Place, epoch: EpochKey, signature_key: bytes) -> Content:
    """Open one content and check who signed it.

    Takes   signature_key: the Ed25519 key of the leaf that posted it
    Raises  SealRefused: cannot_open, malformed_content, bad_signature
    """
    try:
        decryptor = Cobblestone256Decryptor(epoch.key, _context(place, epoch.epoch))
        padded = decryptor.update(data) + decryptor.finalize()
    except (InvalidTag, ValueError):
        raise SealRefused("cannot_open", f"the entry does not open under the key of epoch {epoch.epoch}") from None
    try:
        outer = Reader(padded)
        framed = outer.opaque()
        rest = outer.raw(outer.left)
        inner = Reader(framed)
        content = Content(inner.opaque().decode("ascii"), Seen(inner.u64(), inner.opaque()), inner.opaque())
        signature = inner.opaque()
        inner.done()
    except (Malformed, UnicodeDecodeError):
        raise SealRefused("malformed_content", "the opened bytes are not a content") from None
    if len(content.seen.chain) not in (0, 32):
        raise SealRefused("malformed_content", "the chain that the sender had seen has the wrong length")
    if len(padded) not in PADDED_BYTES or any(rest):
        raise SealRefused("malformed_content", "the padding is not one of the fixed sizes, or not zeros")
    if not verify_ed25519(signature_key, signature, _signed(place, epoch, content)):
        raise SealRefused("bad_signature", f"the content is not signed by {place.device}")
    return content


def seal_link(old: EpochKey, new: EpochKey, place: Place, seen: Seen, key: Ed25519PrivateKey) -> bytes:
    """Seal the old epoch's key and authenticator under the new epoch's key (history `full`)."""
    body = encode(old.epoch, old.key, old.authenticator)
    return seal(Content(LINK_TYPE, seen, body), place, new, key)


def open_link(data: bytes, place: Place, new: EpochKey, signature_key: bytes) -> EpochKey:
    """Walk one link back; raises `SealRefused`."""
    content = open_sealed(data, place, new, signature_key)
    try:
        reader = Reader(content.body)
        old = EpochKey(reader.u64(), reader.opaque(), reader.opaque())
        reader.done()
    except Malformed:
        raise SealRefused("malformed_content", "the link cannot be read") from None
    if content.type != LINK_TYPE or old.epoch >= new.epoch or (len(old.key), len(old.authenticator)) != (32, 32):
        raise SealRefused("malformed_content", "the link does not lead to an older epoch")
    return old
