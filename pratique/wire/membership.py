"""Fold a channel's log into seats and leaves: one function of the log, the same on the server and on every client.

    charter ─▶ group_info ─▶ roster / commit / … ─▶ Membership(seated offices, leaves, epoch)

An entry that the fold refuses does not count: the server never appends it, a client never believes it
(docs/protocol.md §6).
The fold sees no secret and no engine; path secrets, membership and confirmation tags are the engine's to check.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pratique.wire import mls
from pratique.wire.bodies import BadCommit, Charter, Rejoin, Revocation, Roster
from pratique.wire.entries import Entry, Kind, Seen
from pratique.wire.identity import DeviceUri, NameRefused, office_party
from pratique.wire.leaves import Directory, Leaf, Membership, NotCounted, adopt, check_sealed, frozen, skip
from pratique.wire.refused import Refused
from pratique.wire.stated import body_of, check_reminder, signed_by_device, statement_of
from pratique.wire.statements import Statement

__all__ = [
    "Directory",
    "Leaf",
    "Membership",
    "NotCounted",
    "adopt",
    "advance",
    "check_revocation",
    "check_sealed",
    "found",
    "skip",
]

MAX_LEAVES = 1000


def found(entry: Entry, directory: Directory) -> Membership:
    """Begin a fold at a channel's first entry (rules CH-1 to CH-3).

    Raises  NotCounted
    """
    statement = statement_of(entry)
    if entry.kind is not Kind.CHARTER or entry.seq != 1 or statement.digest != entry.log:
        raise NotCounted("bad_charter", "a channel begins with the charter whose digest is its id")
    charter = body_of(statement, Charter)
    signer = signed_by_device(statement, entry, directory)
    if signer.office_id not in charter.owners:
        raise NotCounted("bad_charter", "the signer's office is not an owner")
    return Membership(
        entry.log,
        charter,
        statement.signer,
        at_ms=entry.at_ms,
        roster_head=statement.digest,
        seated=frozenset(charter.owners),
    )


def advance(member: Membership, entry: Entry, directory: Directory) -> Membership:
    """Fold one more entry, or raise `NotCounted` and leave the membership as it was.

    Takes   entry: the next of the same log, numbered member.seq + 1
    """
    if entry.log != member.channel or entry.seq != member.seq + 1:
        raise NotCounted("out_of_order", f"expected entry {member.seq + 1} of this channel")
    if entry.at_ms < member.at_ms:
        raise NotCounted("time_fell", "an entry is not older than the one before it")
    if (member.epoch < 0) != (entry.kind is Kind.GROUP_INFO):
        raise NotCounted("bad_group_info", "entry 2 of a channel, and only it, is the GroupInfo of epoch 0")
    match entry.kind:
        case Kind.GROUP_INFO:
            changed = _group_info(member, entry, directory)
        case Kind.ROSTER:
            changed = _roster(member, entry, directory)
        case Kind.COMMIT:
            changed = _commit(member, entry, directory)
        case Kind.APPLICATION | Kind.LINK:
            changed = _sealed(member, entry)
        case Kind.REMINDER:
            check_reminder(member, entry, directory)
            changed = member
        case Kind.NOTICE:
            changed = member
        case _:
            raise NotCounted("wrong_kind", f"a channel's log holds no {entry.kind.word} after its beginning")
    return replace(changed, seq=entry.seq, at_ms=entry.at_ms)


def _group_info(member: Membership, entry: Entry, directory: Directory) -> Membership:
    founder = directory.device(member.founder, entry.at_ms)
    if founder is None or entry.device != member.founder:
        raise NotCounted("bad_group_info", "the GroupInfo of epoch 0 is the charter's signer's")
    try:
        info = mls.parse_group_info(entry.data)
        mls.verify_group_info(info, founder.key)
    except Refused as refused:
        raise NotCounted(refused.code, refused.detail) from None
    context = info.context
    if context.group_id != member.channel or context.epoch != 0 or info.signer != 0 or context.extensions:
        raise NotCounted("bad_group_info", "the GroupInfo is not of this channel's epoch 0 with one leaf")
    leaf = Leaf(member.founder, founder.key, founder.not_after_ms, entry.seq)
    return replace(member, epoch=0, leaves=frozen({0: leaf}))


def _roster(member: Membership, entry: Entry, directory: Directory) -> Membership:
    statement = statement_of(entry)
    match statement.label:
        case Roster.LABEL:
            return _seats(member, entry, statement, directory)
        case Revocation.LABEL:
            return _revocation(member, entry, statement, directory)
        case Rejoin.LABEL:
            rejoin = body_of(statement, Rejoin)
            signed_by_device(statement, entry, directory)
            index = member.leaf_of(entry.device)
            if rejoin.channel != member.channel.hex() or index is None:
                raise NotCounted("bad_rejoin", "only a device with a leaf here can rejoin here")
            if statement.seen.seq < member.leaves[index].since_seq:
                raise NotCounted("bad_rejoin", "the statement is older than the leaf, so it was replayed")
            return replace(member, rejoining=member.rejoining | {entry.device})
        case BadCommit.LABEL:
            report = body_of(statement, BadCommit)
            signed_by_device(statement, entry, directory)
            if member.leaf_of(entry.device) is None:
                raise NotCounted("no_leaf", "only a device with a leaf can fail to apply a commit")
            if report.channel != member.channel.hex() or report.seq >= entry.seq:
                raise NotCounted("bad_report", "the report is not about an earlier entry of this channel")
            return member
        case _:
            raise NotCounted("wrong_statement", "this statement has no place in a channel")


def _seats(member: Membership, entry: Entry, statement: Statement, directory: Directory) -> Membership:
    roster = body_of(statement, Roster)
    signer = signed_by_device(statement, entry, directory)
    if signer.office_id not in member.charter.owners or signer.office_id not in member.seated:
        raise NotCounted("not_owner", "only a seated owner office changes seats")
    if str(signer) in member.revoked:
        raise NotCounted("device_revoked", "the signer is revoked here")
    if roster.channel != member.channel.hex():
        raise NotCounted("wrong_channel", "the statement is about another channel")
    if roster.number != member.roster_number + 1 or statement.follows != member.roster_head:
        raise NotCounted("stale_roster", f"the next statement is number {member.roster_number + 1}")
    seated = set(member.seated)
    for change in roster.changes:
        if member.charter.parties and office_party(change.office) not in member.charter.parties:
            raise NotCounted("party_not_named", "no statement can seat a party that the charter does not name")
        if change.seated == (change.office in seated):
            raise NotCounted("no_change", f"{change.office} is already so")
        (seated.add if change.seated else seated.discard)(change.office)
    if not seated & set(member.charter.owners):
        raise NotCounted("no_owner_left", "one owner office stays seated")
    return replace(member, seated=frozenset(seated), roster_number=roster.number, roster_head=statement.digest)


def _revocation(member: Membership, entry: Entry, statement: Statement, directory: Directory) -> Membership:
    revocation = check_revocation(statement, directory, entry.at_ms)
    if revocation.device in member.revoked:
        raise NotCounted("no_change", "the device is already revoked here")
    return replace(member, revoked=member.revoked | {revocation.device})


def check_revocation(statement: Statement, directory: Directory, at_ms: int) -> Revocation:
    """Check that a revocation is signed by the device's own party CA or the root; raises `NotCounted`."""
    revocation = body_of(statement, Revocation)
    try:
        host = DeviceUri.parse(revocation.device).host
    except NameRefused as refused:
        raise NotCounted(refused.code, refused.detail) from None
    if statement.signer not in ("root", host):
        raise NotCounted("not_authority", "a device is revoked by its own party or by the root")
    for key in directory.authority_keys(statement.signer, at_ms):
        try:
            statement.verify(key)
        except Refused:
            continue
        return revocation
    raise NotCounted("bad_signature", f"the revocation is not signed by {statement.signer}")


def _commit(member: Membership, entry: Entry, directory: Directory) -> Membership:
    try:
        commit = mls.parse_commit(entry.data)
        seen = Seen.decode(commit.aad)
    except Refused as refused:
        raise NotCounted(refused.code, refused.detail) from None
    if commit.group_id != member.channel:
        raise NotCounted("wrong_channel", "the commit is of another group")
    if commit.epoch != member.epoch or entry.epoch != member.epoch:
        raise NotCounted("stale_epoch", f"the channel is at epoch {member.epoch}")
    if seen.seq >= entry.seq or len(seen.chain) != 32:
        raise NotCounted("bad_seen", "the commit has seen an entry that is not yet there")
    own = member.leaves.get(commit.sender)
    if own is None or own.uri != entry.device:
        raise NotCounted("not_own_leaf", "the commit's leaf is not the posting device's")
    surplus = set(member.surplus(entry.at_ms))
    removed = set(commit.removes)
    if commit.sender in surplus:
        raise NotCounted("no_leaf", "the committer's own leaf is surplus")
    if not removed <= surplus:
        raise NotCounted("not_surplus", "a commit removes only surplus leaves")
    if removed != surplus:
        raise NotCounted("removal_pending", f"leaf {min(surplus - removed)} must be removed in this commit")
    if commit.path is not None and (commit.path.leaf.identity, commit.path.leaf.signature_key) != (own.uri, own.key):
        raise NotCounted("leaf_changed", "a committer keeps its URI and its signature key")
    leaves = {index: leaf for index, leaf in member.leaves.items() if index not in removed}
    renewed = directory.device(own.uri, entry.at_ms)
    if renewed is not None and commit.path is not None:
        leaves[commit.sender] = replace(own, not_after_ms=renewed.not_after_ms)
    for package in commit.adds:
        leaves[_leftmost_blank(leaves)] = _added(member, leaves, package, entry, directory)
    if len(leaves) > MAX_LEAVES:
        raise NotCounted("group_full", f"a channel holds at most {MAX_LEAVES} devices")
    gone = {member.leaves[index].uri for index in removed}
    return replace(member, epoch=member.epoch + 1, leaves=frozen(leaves), rejoining=frozenset(member.rejoining - gone))


def _added(
    member: Membership, leaves: Mapping[int, Leaf], package: mls.KeyPackage, entry: Entry, directory: Directory
) -> Leaf:
    try:
        uri = DeviceUri.parse(package.identity)
        mls.verify_key_package(package, entry.at_ms // 1000)
    except Refused as refused:
        raise NotCounted(refused.code, refused.detail) from None
    certificate = directory.device(package.identity, entry.at_ms)
    if certificate is None or certificate.key != package.signature_key:
        raise NotCounted("not_certified", f"{uri} has no certificate in force for that key")
    if uri.office_id not in member.seated:
        raise NotCounted("not_seated", f"{uri.office_id} is not seated in this channel")
    if package.identity in member.revoked:
        raise NotCounted("device_revoked", f"{uri} is revoked")
    if any(leaf.uri == package.identity or leaf.key == package.signature_key for leaf in leaves.values()):
        raise NotCounted("already_leaf", f"{uri} holds a leaf already")
    return Leaf(package.identity, package.signature_key, certificate.not_after_ms, entry.seq)


def _sealed(member: Membership, entry: Entry) -> Membership:
    check_sealed(member, entry.device, entry.epoch, entry.at_ms)
    if entry.kind is Kind.LINK and member.charter.history != "full":
        raise NotCounted("no_links", "this channel keeps no links to old epochs")
    return member


def _leftmost_blank(leaves: Mapping[int, Leaf]) -> int:
    index = 0
    while index in leaves:
        index += 1
    return index
