"""Read what a post brings, before any lock is held: which drafts stand together, and what they look like from outside.

Everything here is a function of the post's bytes alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.errors import EntryRefused
from pratique.wire import mls
from pratique.wire.bodies import BadCommit, Charter, Rejoin, Reminder, Roster
from pratique.wire.entries import Draft, Kind
from pratique.wire.refused import Refused
from pratique.wire.stated import read_reminder
from pratique.wire.statements import Statement
from pratique.wire.tls import Reader

MAX_DRAFTS = 64
MAX_SEALED_BYTES = 66 * 1024  # the largest padded content, 64 KiB, and what sealing adds to it
MAX_HANDSHAKE_BYTES = 1024 * 1024
SEALED = frozenset({Kind.APPLICATION, Kind.LINK})
_REMINDING = frozenset({Kind.APPLICATION, Kind.REMINDER})
_HANDSHAKES = frozenset({Kind.COMMIT, Kind.GROUP_INFO, Kind.WELCOME})
# Revocations come by their own route, which ends the device everywhere.
_POSTED_LABELS = frozenset({Roster.LABEL, Rejoin.LABEL, BadCommit.LABEL})


@dataclass(frozen=True)
class PostBody:
    """What a post's body says, decoded."""

    post_id: UUID
    drafts: tuple[Draft, ...]
    group_info: bytes | None = None
    ratchet_tree: bytes | None = None
    first_ratchet_tree: bytes | None = None


@dataclass(frozen=True)
class EpochState:
    """The public state of one epoch, read: what joiners fetch."""

    message: bytes
    tree_bytes: bytes
    info: mls.GroupInfo
    tree: mls.RatchetTree


@dataclass(frozen=True)
class Handshake:
    """A commit and what must come with it."""

    draft: Draft
    commit: mls.Commit
    state: EpochState
    link: Draft | None
    welcome: Draft | None


@dataclass(frozen=True)
class Founding:
    """The beginning of a channel: charter, GroupInfo of epoch 0, perhaps a roster and a first commit."""

    charter_draft: Draft
    statement: Statement
    charter: Charter
    info_draft: Draft
    state: EpochState
    rosters: tuple[Draft, ...]


@dataclass(frozen=True)
class Bundle:
    """One post, sorted: a founding, a handshake, or plain drafts (application, link, roster, reminder)."""

    post_id: UUID
    plain: tuple[Draft, ...]
    founding: Founding | None
    handshake: Handshake | None

    @property
    def only_sealed(self) -> bool:
        """Say whether the post changes nothing that the server can see."""
        changes = self.founding or self.handshake
        return not changes and all(draft.kind in SEALED for draft in self.plain)

    @property
    def holds_reminders(self) -> bool:
        """Say whether the post holds reminders or their ends, beside which it only seals."""
        return any(draft.kind is Kind.REMINDER for draft in self.plain)

    @property
    def first_ring_ms(self) -> int | None:
        """Give the earliest instant at which one of its reminders rings."""
        said = [read_reminder(draft.data) for draft in self.plain if draft.kind is Kind.REMINDER]
        return min((ring.at_ms for one in said if isinstance(one, Reminder) for ring in one.rings), default=None)


def read(body: PostBody, *, founding: bool) -> Bundle:
    """Sort a post's drafts into what stands or falls together.

    Raises  EntryRefused: bad_bundle, too_large, or the code of the MLS or statement rule that is broken
    """
    _check_sizes(body.drafts)
    try:
        return _sort(body, founding)
    except Refused as refused:
        raise EntryRefused(refused.code, refused.detail) from None


def seated_offices(bundle: Bundle) -> frozenset[str]:
    """Give the offices that the post would seat."""
    rosters = bundle.founding.rosters if bundle.founding else bundle.plain
    seated = set(bundle.founding.charter.owners) if bundle.founding else set()
    for draft in rosters:
        if draft.kind is Kind.ROSTER and (statement := Statement.parse(draft.data)).label == Roster.LABEL:
            seated.update(change.office for change in statement.read(Roster).changes if change.seated)
    return frozenset(seated)


def _check_sizes(drafts: Sequence[Draft]) -> None:
    if not 0 < len(drafts) <= MAX_DRAFTS:
        raise EntryRefused("bad_bundle", f"a post holds 1 to {MAX_DRAFTS} drafts")
    for draft in drafts:
        limit = MAX_HANDSHAKE_BYTES if draft.kind in _HANDSHAKES else MAX_SEALED_BYTES
        if not 0 < len(draft.data) <= limit:
            raise EntryRefused("too_large", f"entries of kind {draft.kind.word} have 1 to {limit} bytes")
        if draft.to and draft.kind is not Kind.WELCOME:
            raise EntryRefused("bad_bundle", "only a welcome names its devices")


def _sort(body: PostBody, founding: bool) -> Bundle:
    drafts = list(body.drafts)
    begun = _founding(body, drafts) if founding else None
    handshake = _handshake(body, drafts) if drafts and drafts[0].kind is Kind.COMMIT else None
    if (founding or handshake) and drafts:
        raise EntryRefused("bad_bundle", f"a {drafts[0].kind.word} has no place in this bundle")
    if not handshake and not founding and (body.group_info, body.ratchet_tree) != (None, None):
        raise EntryRefused("bad_bundle", "a GroupInfo and a tree come with a commit only")
    if not founding and body.first_ratchet_tree is not None:
        raise EntryRefused("bad_bundle", "the tree of epoch 0 comes with a charter only")
    kinds = {draft.kind for draft in drafts}
    if Kind.REMINDER in kinds and not kinds <= _REMINDING:
        raise EntryRefused("bad_bundle", "a reminder stands alone or beside application entries")
    for draft in drafts:
        if draft.kind is Kind.ROSTER:
            _check_roster(draft)
        elif draft.kind is Kind.REMINDER:
            read_reminder(draft.data)
        elif draft.kind not in SEALED:
            raise EntryRefused("bad_bundle", f"a {draft.kind.word} has no place in this bundle")
    return Bundle(body.post_id, tuple(drafts), begun, handshake)


def _founding(body: PostBody, drafts: list[Draft]) -> Founding:
    """Take charter, GroupInfo and rosters off the front of the drafts."""
    if [draft.kind for draft in drafts[:2]] != [Kind.CHARTER, Kind.GROUP_INFO] or body.first_ratchet_tree is None:
        raise EntryRefused("bad_bundle", "a channel begins with charter, GroupInfo and the tree of epoch 0")
    charter_draft, info_draft = drafts[:2]
    del drafts[:2]
    if charter_draft.epoch or info_draft.epoch:
        raise EntryRefused("bad_bundle", "charter and GroupInfo are of epoch 0")
    statement = Statement.parse(charter_draft.data)
    rosters = []
    while drafts and drafts[0].kind is Kind.ROSTER:
        _check_roster(drafts[0])
        rosters.append(drafts.pop(0))
    state = _state(info_draft.data, body.first_ratchet_tree)
    if not (drafts and drafts[0].kind is Kind.COMMIT):
        newest = (body.group_info or info_draft.data, body.ratchet_tree or body.first_ratchet_tree)
        if newest != (info_draft.data, body.first_ratchet_tree):
            raise EntryRefused("bad_bundle", "without a commit the newest epoch is epoch 0")
    return Founding(charter_draft, statement, statement.read(Charter), info_draft, state, tuple(rosters))


def _handshake(body: PostBody, drafts: list[Draft]) -> Handshake:
    """Take a commit, its link and its welcome off the front of the drafts."""
    if body.group_info is None or body.ratchet_tree is None:
        raise EntryRefused("bad_bundle", "a commit comes with the GroupInfo and the tree of the epoch it begins")
    draft = drafts.pop(0)
    commit = mls.parse_commit(draft.data)
    link = drafts.pop(0) if drafts and drafts[0].kind is Kind.LINK else None
    welcome = drafts.pop(0) if drafts and drafts[0].kind is Kind.WELCOME else None
    for follower in (link, welcome):
        if follower is not None and follower.epoch != draft.epoch + 1:
            raise EntryRefused("bad_bundle", f"the {follower.kind.word} is of the epoch that the commit begins")
    _check_welcome(commit, welcome)
    return Handshake(draft, commit, _state(body.group_info, body.ratchet_tree), link, welcome)


def _check_welcome(commit: mls.Commit, welcome: Draft | None) -> None:
    if (welcome is not None) != bool(commit.adds):
        raise EntryRefused("bad_bundle", "a welcome comes with a commit that adds devices, and only with it")
    if welcome is None:
        return
    if welcome.to != tuple(package.identity for package in commit.adds):
        raise EntryRefused("bad_bundle", "a welcome is to the added devices, in the order of the Adds")
    # Only its first field is the server's to read (docs/protocol.md §6); the rest is between the devices.
    message = Reader(welcome.data).opaque()
    if set(mls.parse_welcome(message).refs) != {package.ref for package in commit.adds}:
        raise EntryRefused("welcome_mismatch", "the welcome is not for the key packages that the commit adds")


def _check_roster(draft: Draft) -> None:
    statement = Statement.parse(draft.data)
    if statement.label not in _POSTED_LABELS:
        raise EntryRefused("wrong_statement", "this statement has no place in a post")
    if draft.epoch:
        raise EntryRefused("bad_bundle", "a roster statement is of no epoch: it says 0")
    if statement.label == Roster.LABEL:
        statement.read(Roster)


def _state(message: bytes, tree_bytes: bytes) -> EpochState:
    if len(message) > MAX_HANDSHAKE_BYTES or len(tree_bytes) > MAX_HANDSHAKE_BYTES:
        raise EntryRefused("too_large", f"a GroupInfo and a tree have at most {MAX_HANDSHAKE_BYTES} bytes")
    info = mls.parse_group_info(message)
    mls.check_group_info(info)
    return EpochState(message, tree_bytes, info, mls.parse_ratchet_tree(tree_bytes))
