"""Reads commits and checks their signatures: PublicMessages of members, holding nothing that the protocol closes.

What needs the channel's state stays with the caller: the sender's leaf and device, certificates, seats, single use.
"""

from __future__ import annotations

from dataclasses import dataclass

from pratique.wire.mls.framing import ContentType, WireFormat, open_message, read_content_head
from pratique.wire.mls.group_info import GroupContext
from pratique.wire.mls.key_package import KeyPackage
from pratique.wire.mls.proposal import Proposals, read_proposals
from pratique.wire.mls.refused import MlsReader, MlsRefused
from pratique.wire.mls.suite import HASH_BYTES, MAX_LEAVES, MLS10, verify_with_label
from pratique.wire.mls.update_path import UpdatePath, read_update_path
from pratique.wire.tls import Writer


@dataclass(frozen=True, slots=True)
class Commit:
    """Holds one commit as it was read; `content` is the exact FramedContent, `sender` the committer's leaf index."""

    group_id: bytes
    epoch: int
    sender: int
    aad: bytes
    adds: tuple[KeyPackage, ...]
    removes: tuple[int, ...]
    path: UpdatePath | None
    signature: bytes
    confirmation_tag: bytes
    content: bytes


def parse_commit(message: bytes) -> Commit:
    """Give the commit of a PublicMessage, refusing by code every commit that the protocol closes.

    Raises  MlsRefused: beside those of `read_proposals` and `read_update_path`: wire_format_refused, sender_refused,
            not_a_commit, path_missing, own_leaf_removed, duplicate_key, tag_refused
    """
    reader = open_message(message, WireFormat.PUBLIC_MESSAGE)
    start = reader.at
    head = read_content_head(reader)
    if head.leaf_index is None:
        raise MlsRefused("sender_refused", f"a commit comes from a member, not from {head.sender_kind.name}")
    if head.leaf_index >= MAX_LEAVES:
        raise MlsRefused("sender_refused", f"a group has at most {MAX_LEAVES} leaves")
    if head.content_type is not ContentType.COMMIT:
        raise MlsRefused("not_a_commit", f"a commit was expected and this is {head.content_type.name}")
    proposals = read_proposals(reader)
    path = read_update_path(reader) if reader.flag() else None
    content = reader.since(start)
    signature, confirmation_tag = reader.opaque(), _read_tag(reader)
    _read_tag(reader)
    reader.done()
    _check_proposals(proposals, path, head.leaf_index)
    return Commit(
        group_id=head.group_id,
        epoch=head.epoch,
        sender=head.leaf_index,
        aad=head.aad,
        adds=proposals.adds,
        removes=proposals.removes,
        path=path,
        signature=signature,
        confirmation_tag=confirmation_tag,
        content=content,
    )


def verify_commit_signature(commit: Commit, context: GroupContext, signature_key: bytes) -> None:
    """Refuse a commit not made for this epoch of this group by the holder of this key.

    Takes   context: of the epoch that the commit ends; signature_key: of the leaf at `commit.sender`
    Raises  MlsRefused: wrong_group, wrong_epoch, key_changed, key_refused, signature_refused
    """
    if commit.group_id != context.group_id:
        raise MlsRefused("wrong_group", "the commit is for another group")
    if commit.epoch != context.epoch:
        raise MlsRefused("wrong_epoch", f"the commit is for epoch {commit.epoch} and this is {context.epoch}")
    signed = Writer().u16(MLS10).u16(WireFormat.PUBLIC_MESSAGE).raw(commit.content).raw(context.encode())
    verify_with_label(signature_key, "FramedContentTBS", signed.getvalue(), commit.signature)
    if commit.path is not None:
        if commit.path.leaf.signature_key != signature_key:
            raise MlsRefused("key_changed", "the committer's new leaf has another signature key")
        commit.path.leaf.verify(commit.group_id, commit.sender)


def _check_proposals(proposals: Proposals, path: UpdatePath | None, sender: int) -> None:
    if path is None and (proposals.removes or not proposals.adds):
        raise MlsRefused("path_missing", "a commit without a path holds Adds and nothing else")
    if sender in proposals.removes:
        raise MlsRefused("own_leaf_removed", "a committer cannot remove its own leaf")
    adds = proposals.adds
    encryption_keys = [add.encryption_key for add in adds]
    signature_keys = [add.signature_key for add in adds]
    init_keys = [add.init_key for add in adds]
    if path is not None:
        encryption_keys += [path.leaf.encryption_key, *path.public_keys]
        signature_keys.append(path.leaf.signature_key)
    if any(len(set(keys)) != len(keys) for keys in (encryption_keys, signature_keys, init_keys)):
        raise MlsRefused("duplicate_key", "a commit brings one key twice")


def _read_tag(reader: MlsReader) -> bytes:
    tag = reader.opaque()
    if len(tag) != HASH_BYTES:
        raise MlsRefused("tag_refused", f"a confirmation or membership tag has {HASH_BYTES} bytes")
    return tag
