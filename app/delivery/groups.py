"""Judge the MLS side of a channel beyond the fold, and keep the public state of every epoch.

What a server without secrets can check: signatures, the tree that the commit makes, transcript hash, confirmation tags
that agree. What it cannot: path secrets, the tags themselves; members do (docs/protocol.md §4).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import insert, select

from app import access
from app.db import Transaction
from app.delivery.framing import EpochState, Founding, Handshake
from app.errors import EntryRefused, NotFound
from app.models.channel import group_states
from pratique.wire import mls
from pratique.wire.entries import Seen
from pratique.wire.identity import DeviceUri
from pratique.wire.leaves import Membership
from pratique.wire.tls import Reader


@dataclass(frozen=True, slots=True)
class PublicState:
    """What joiners of one epoch fetch."""

    epoch: int
    group_info: bytes
    ratchet_tree: bytes


def check_founding(founding: Founding, member: Membership) -> None:
    """Hold the state of epoch 0 to the fold: one leaf, the founder's.

    Takes   member: after the GroupInfo's entry, which the fold has verified
    Raises  EntryRefused, MlsRefused
    """
    state = founding.state
    _check_tree(state, member)
    leaf = state.tree.leaves[0]
    leaf.check()
    leaf.verify(member.channel, 0)


def check_commit(handshake: Handshake, current: EpochState, before: Membership, after: Membership) -> None:
    """Hold a commit and the state it brings to the epoch that it ends.

    Takes   current: the kept state of that epoch; before, after: the fold around the commit's entry
    Raises  EntryRefused, MlsRefused
    """
    commit, made = handshake.commit, handshake.state
    key = before.leaves[commit.sender].key
    mls.verify_commit_signature(commit, current.info.context, key)
    # Also where the committer's path is about to replace that key: every other member's engine would refuse the commit.
    standing = current.tree.encryption_keys(without=commit.removes)
    if any(package.encryption_key in standing for package in commit.adds):
        raise EntryRefused("duplicate_key", "a key package brings a key that stands in the tree")
    tree = mls.next_tree(current.tree, commit)
    _check_tree(made, after)
    confirmed = current.info.context.confirmed_transcript_hash
    interim = mls.interim_transcript_hash(confirmed, current.info.confirmation_tag)
    context = mls.GroupContext(
        before.channel, after.epoch, tree.tree_hash(), mls.next_confirmed_transcript_hash(commit, interim)
    )
    if made.info.context != context:
        raise EntryRefused("false_group_info", "GroupInfo and tree are not of the epoch that the commit begins")
    if made.info.signer != commit.sender or made.info.confirmation_tag != commit.confirmation_tag:
        raise EntryRefused("false_group_info", "the GroupInfo is not the committer's for this commit")
    mls.verify_group_info(made.info, key)
    _check_seen(made.info, Seen.decode(commit.aad))


async def current(tx: Transaction, channel: bytes, epoch: int) -> EpochState:
    """Give the kept state of an epoch, read again."""
    kept = await _kept(tx, channel, epoch)
    if kept is None:
        raise LookupError(f"epoch {epoch} of a channel has no state")
    info, tree = mls.parse_group_info(kept.group_info), mls.parse_ratchet_tree(kept.ratchet_tree)
    return EpochState(kept.group_info, kept.ratchet_tree, info, tree)


async def keep(tx: Transaction, channel: bytes, state: EpochState) -> None:
    """Keep the state of the epoch that a commit or a founding began."""
    await tx.execute(
        insert(group_states).values(
            channel=channel,
            epoch=state.info.context.epoch,
            group_info=state.message,
            ratchet_tree=state.tree_bytes,
        )
    )


async def group_info(tx: Transaction, device: DeviceUri, channel: bytes, epoch: int) -> PublicState:
    """Give GroupInfo and ratchet tree of one epoch; raises `NotFound`."""
    await access.channel(tx, device, channel)
    kept = await _kept(tx, channel, epoch)
    if kept is None:
        raise NotFound
    return kept


async def _kept(tx: Transaction, channel: bytes, epoch: int) -> PublicState | None:
    row = await tx.execute(
        select(group_states.c.group_info, group_states.c.ratchet_tree).where(
            group_states.c.channel == channel, group_states.c.epoch == epoch
        )
    )
    found = row.first()
    return None if found is None else PublicState(epoch, found.group_info, found.ratchet_tree)


def _check_tree(state: EpochState, member: Membership) -> None:
    if state.tree.tree_hash() != state.info.context.tree_hash:
        raise EntryRefused("false_tree", "the tree is not the one that the GroupInfo names")
    state.tree.check_unique_keys()
    told = {index: (leaf.identity, leaf.signature_key) for index, leaf in state.tree.leaves.items()}
    if told != {index: (leaf.uri, leaf.key) for index, leaf in member.leaves.items()}:
        raise EntryRefused("false_tree", "the leaves of the tree are not those of the channel")


def _check_seen(info: mls.GroupInfo, seen: Seen) -> None:
    reader = Reader(info.extension(mls.PRATIQUE) or b"")
    told, roster_head = Seen(reader.u64(), reader.opaque()), reader.opaque()
    reader.done()
    if told != seen or len(roster_head) != 32:
        raise EntryRefused("false_group_info", "the GroupInfo does not say what the commit had seen")
