"""Reads GroupInfos and GroupContexts and checks what the protocol fixes of them (RFC 9420 §8.1, §12.4.3)."""

from __future__ import annotations

from dataclasses import dataclass

from pratique.wire.mls.extension import PRATIQUE, Extension, read_extensions, write_extensions
from pratique.wire.mls.framing import WireFormat, open_message
from pratique.wire.mls.refused import MlsReader, MlsRefused
from pratique.wire.mls.suite import HASH_BYTES, MLS10, SUITE, read_suite, read_version, verify_with_label
from pratique.wire.tls import Writer


@dataclass(frozen=True, slots=True)
class GroupContext:
    group_id: bytes
    epoch: int
    tree_hash: bytes
    confirmed_transcript_hash: bytes
    extensions: tuple[Extension, ...] = ()

    def encode(self) -> bytes:
        writer = Writer().u16(MLS10).u16(SUITE).opaque(self.group_id).u64(self.epoch)
        writer.opaque(self.tree_hash).opaque(self.confirmed_transcript_hash)
        write_extensions(writer, self.extensions)
        return writer.getvalue()


@dataclass(frozen=True, slots=True)
class GroupInfo:
    """Holds one GroupInfo as it was read; `signer` is a leaf index."""

    context: GroupContext
    extensions: tuple[Extension, ...]
    confirmation_tag: bytes
    signer: int
    signature: bytes
    signed: bytes

    def extension(self, kind: int) -> bytes | None:
        """Give the data of one GroupInfo extension, or None."""
        return next((extension.data for extension in self.extensions if extension.type == kind), None)


def parse_group_info(message: bytes) -> GroupInfo:
    """Give the GroupInfo of an MLSMessage.

    Raises  MlsRefused
    """
    reader = open_message(message, WireFormat.GROUP_INFO)
    group_info = read_group_info(reader)
    reader.done()
    return group_info


def read_group_info(reader: MlsReader) -> GroupInfo:
    start = reader.at
    context = read_group_context(reader)
    extensions, confirmation_tag, signer = read_extensions(reader), reader.opaque(), reader.u32()
    signed = reader.since(start)
    return GroupInfo(context, extensions, confirmation_tag, signer, reader.opaque(), signed)


def read_group_context(reader: MlsReader) -> GroupContext:
    read_version(reader)
    read_suite(reader)
    return GroupContext(reader.opaque(), reader.u64(), reader.opaque(), reader.opaque(), read_extensions(reader))


def verify_group_info(group_info: GroupInfo, signature_key: bytes) -> None:
    """Refuse a GroupInfo that the holder of this key, the leaf at `signer`, did not sign.

    Raises  MlsRefused: key_refused, signature_refused
    """
    verify_with_label(signature_key, "GroupInfoTBS", group_info.signed, group_info.signature)


def check_group_info(group_info: GroupInfo) -> None:
    """Refuse a GroupInfo outside the profile: context extensions, an extension that is not ours, hashes of odd sizes.

    Raises  MlsRefused: extension_refused, hash_refused, tag_refused
    """
    context = group_info.context
    if context.extensions:
        raise MlsRefused("extension_refused", "GroupContext extensions stay empty")
    for extension in group_info.extensions:
        if extension.type != PRATIQUE:
            raise MlsRefused("extension_refused", f"a GroupInfo may not carry extension 0x{extension.type:04x}")
    # Epoch 0 confirms nothing yet: its transcript hash is empty (RFC 9420 §11).
    transcript_bytes = HASH_BYTES if context.epoch else 0
    if len(context.tree_hash) != HASH_BYTES or len(context.confirmed_transcript_hash) != transcript_bytes:
        raise MlsRefused("hash_refused", "a tree hash or transcript hash does not have the size it must have")
    if len(group_info.confirmation_tag) != HASH_BYTES:
        raise MlsRefused("tag_refused", f"a confirmation tag has {HASH_BYTES} bytes")
