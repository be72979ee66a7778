"""Opens MLSMessages: says what they are without reading them through, and hands on a reader (RFC 9420 §6)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from pratique.wire.mls.refused import MlsReader, MlsRefused
from pratique.wire.mls.suite import read_version

MAX_MESSAGE_BYTES = 2 * 1024 * 1024


class WireFormat(IntEnum):
    PUBLIC_MESSAGE = 1
    PRIVATE_MESSAGE = 2
    WELCOME = 3
    GROUP_INFO = 4
    KEY_PACKAGE = 5


class SenderKind(IntEnum):
    MEMBER = 1
    EXTERNAL = 2
    NEW_MEMBER_PROPOSAL = 3
    NEW_MEMBER_COMMIT = 4


class ContentType(IntEnum):
    APPLICATION = 1
    PROPOSAL = 2
    COMMIT = 3


@dataclass(frozen=True, slots=True)
class Framing:
    """Says what a message claims to be; fields its wire format does not show are None."""

    wire_format: WireFormat
    group_id: bytes | None = None
    epoch: int | None = None
    sender_kind: SenderKind | None = None
    leaf_index: int | None = None
    content_type: ContentType | None = None


@dataclass(frozen=True, slots=True)
class ContentHead:
    """Holds the head of a FramedContent, up to its content type."""

    group_id: bytes
    epoch: int
    sender_kind: SenderKind
    leaf_index: int | None
    aad: bytes
    content_type: ContentType


def peek(message: bytes) -> Framing:
    """Give what a message claims to be; nothing behind its head is read, nothing is verified.

    Raises  MlsRefused
    """
    reader = _check_size(message)
    wire_format = _read_wire_format(reader)
    if wire_format is WireFormat.PUBLIC_MESSAGE:
        head = read_content_head(reader)
        return Framing(wire_format, head.group_id, head.epoch, head.sender_kind, head.leaf_index, head.content_type)
    if wire_format is WireFormat.PRIVATE_MESSAGE:
        return Framing(
            wire_format, reader.opaque(), reader.u64(), content_type=reader.known(ContentType, "content_type_refused")
        )
    return Framing(wire_format)


def open_message(message: bytes, expected: WireFormat) -> MlsReader:
    """Give a reader behind the header of an MLSMessage of the expected wire format."""
    reader = _check_size(message)
    wire_format = _read_wire_format(reader)
    if wire_format is not expected:
        raise MlsRefused("wire_format_refused", f"a {expected.name} was expected and this is a {wire_format.name}")
    return reader


def read_content_head(reader: MlsReader) -> ContentHead:
    group_id, epoch = reader.opaque(), reader.u64()
    sender_kind = reader.known(SenderKind, "sender_refused")
    # An external sender has an index too, but into a list that our groups do not have.
    index = reader.u32() if sender_kind in (SenderKind.MEMBER, SenderKind.EXTERNAL) else None
    leaf_index = index if sender_kind is SenderKind.MEMBER else None
    aad, content_type = reader.opaque(), reader.known(ContentType, "content_type_refused")
    return ContentHead(group_id, epoch, sender_kind, leaf_index, aad, content_type)


def _check_size(message: bytes) -> MlsReader:
    if len(message) > MAX_MESSAGE_BYTES:
        raise MlsRefused("too_large", f"an MLS message has at most {MAX_MESSAGE_BYTES} bytes")
    return MlsReader(message)


def _read_wire_format(reader: MlsReader) -> WireFormat:
    read_version(reader)
    return reader.known(WireFormat, "wire_format_refused", size=2)
