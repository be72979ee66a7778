"""Join by a welcome, where it leads into the very group whose log this device reads (docs/protocol.md §4, §6).

A welcome could be into a private fork, into a tree with strangers, or about another log. Each is refused here: the
GroupInfo's confirmation tag and signer must be those of the logged commit, every leaf certified, and what the committer
had seen must be this device's own log.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pratique.directory import LocalDirectory
from pratique.groups.engine_host import Engine, EngineError, EngineUnavailable, Joined, KeyPackage
from pratique.sync import ChainAt
from pratique.wire import mls
from pratique.wire.entries import Entry, Seen
from pratique.wire.membership import Leaf, Membership
from pratique.wire.refused import Refused
from pratique.wire.welcomes import Welcome, binding


class JoinRefused(Refused):
    """A welcome that does not lead into the group that the log shows."""


@dataclass(frozen=True)
class Invited:
    """What a join starts from.

    Takes   entry, commit: the logged commit that adds this device; folded: the fold past it, without leaves where the
            earlier commits are withheld; group_info, ratchet_tree: of the new epoch, as the server gives them
    """

    entry: Entry
    commit: mls.Commit
    folded: Membership
    welcome: Welcome
    package: KeyPackage
    group_info: bytes
    ratchet_tree: bytes


async def join(
    engine: Engine,
    invited: Invited,
    directory: LocalDirectory,
    chain_at: ChainAt,
    roster_heads: Iterable[bytes],
    commits: Iterable[bytes],
) -> tuple[Joined, Mapping[int, Leaf]]:
    """Join, and give the leaves of the new epoch.

    Takes   directory: prepared for every leaf of the tree; roster_heads: the digests that were the newest roster
            statement at some entry from `seen` to the commit; commits: in `full`, the data of entry 2 and of every
            counted commit up to this one
    Raises  JoinRefused, EngineUnavailable
    """
    entry, commit, welcome = invited.entry, invited.commit, invited.welcome
    _check_welcome(invited, directory, chain_at, roster_heads)
    info = _group_info(invited, directory)
    if invited.folded.leaves:
        _check_transcript(info, commits)
    tree = mls.parse_ratchet_tree(invited.ratchet_tree)
    allowed = [pair for leaf in tree.leaves.values() if (pair := directory.pair(leaf.identity)) is not None]
    for leaf in tree.leaves.values():
        if (leaf.identity, leaf.signature_key) not in allowed:
            raise JoinRefused(
                "not_certified", f"the tree holds {leaf.identity}, which no party certified with that key"
            )
    package = invited.package
    try:
        joined = await engine.join(
            welcome.welcome, package.key_package, package.private, invited.ratchet_tree, allowed=allowed
        )
    except EngineUnavailable:
        raise
    except EngineError as refused:
        raise JoinRefused(refused.code, f"the engine refuses the welcome: {refused.detail}") from None
    epoch = joined.epoch
    if epoch.number != commit.epoch + 1 or epoch.confirmation_tag != commit.confirmation_tag:
        raise JoinRefused("private_fork", "the welcome leads into another epoch than the logged commit")
    if joined.signer != commit.sender or epoch.tree_hash != info.context.tree_hash:
        raise JoinRefused("private_fork", "the welcome's GroupInfo is not the committer's")
    if joined.group_info_extension != binding(welcome.seen, welcome.roster_head):
        raise JoinRefused("wrong_binding", "the welcome and its GroupInfo speak of different logs")
    leaves = {leaf.index: (leaf.uri, leaf.key) for leaf in epoch.leaves}
    if leaves.get(joined.signer, ("", b""))[0] != entry.device:
        raise JoinRefused("private_fork", "the committer's leaf is not the posting device's")
    folded = invited.folded.leaves
    if folded and leaves != {index: (leaf.uri, leaf.key) for index, leaf in folded.items()}:
        raise JoinRefused("wrong_tree", "the group's leaves are not those that the log shows")
    return joined, folded or _adopted(leaves, invited, directory)


def _check_welcome(
    invited: Invited, directory: LocalDirectory, chain_at: ChainAt, roster_heads: Iterable[bytes]
) -> None:
    welcome, entry = invited.welcome, invited.entry
    committer = directory.device(entry.device, entry.at_ms)
    if committer is None or welcome.committer != entry.device or welcome.channel != entry.log:
        raise JoinRefused("wrong_welcome", "the welcome is not from the device whose commit the log shows")
    welcome.verify(committer.key)
    if Seen.decode(invited.commit.aad) != welcome.seen or chain_at(welcome.seen.seq) != welcome.seen.chain:
        raise JoinRefused("seen_mismatch", f"{entry.device} saw other entries than this device")
    if welcome.roster_head not in set(roster_heads):
        raise JoinRefused("wrong_roster", f"{entry.device} saw other roster statements than this device")
    folded = invited.folded
    if not folded.leaves and (committer.uri.office_id not in folded.seated or entry.device in folded.revoked):
        # Where the commits before are withheld, the fold judged no leaf; the signed roster still says who is seated.
        raise JoinRefused("not_seated", "the committer has no seat in this channel, or was revoked")
    if invited.package.ref not in mls.parse_welcome(welcome.welcome).refs:
        raise JoinRefused("wrong_welcome", "the welcome is not for this device's key package")


def _group_info(invited: Invited, directory: LocalDirectory) -> mls.GroupInfo:
    commit, info = invited.commit, mls.parse_group_info(invited.group_info)
    signer = directory.pair(invited.entry.device)
    mls.check_group_info(info)
    if signer is None or info.signer != commit.sender or info.confirmation_tag != commit.confirmation_tag:
        raise JoinRefused("private_fork", "the server's GroupInfo is not that of the logged commit")
    mls.verify_group_info(info, signer[1])
    if info.context.group_id != invited.entry.log or info.context.epoch != commit.epoch + 1:
        raise JoinRefused("private_fork", "the server's GroupInfo is of another group or epoch")
    return info


def _check_transcript(info: mls.GroupInfo, commits: Iterable[bytes]) -> None:
    """Recompute the transcript hash from the log: every commit of the group's past is the one logged."""
    confirmed, interim = b"", b""
    for number, data in enumerate(commits):
        if number == 0:
            interim = mls.interim_transcript_hash(b"", mls.parse_group_info(data).confirmation_tag)
            continue
        commit = mls.parse_commit(data)
        confirmed = mls.next_confirmed_transcript_hash(commit, interim)
        interim = mls.interim_transcript_hash(confirmed, commit.confirmation_tag)
    if confirmed != info.context.confirmed_transcript_hash:
        raise JoinRefused("wrong_transcript", "the commits in the log are not those that made the group")


def _adopted(leaves: Mapping[int, tuple[str, bytes]], invited: Invited, directory: LocalDirectory) -> dict[int, Leaf]:
    """Give the leaves of a channel whose earlier commits are withheld; certificates tell until when each counts."""
    new = {package.identity for package in invited.commit.adds}
    adopted = {}
    for index, (uri, key) in leaves.items():
        certificate = directory.device(uri, invited.entry.at_ms) or directory.newest(uri)
        assert certificate is not None
        adopted[index] = Leaf(uri, key, certificate.not_after_ms, invited.entry.seq if uri in new else 0)
    return adopted
