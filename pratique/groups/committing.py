"""Stage commits and new channels: the exact bytes to post, and the engine's state that they lead to.

Nothing here is sent or believed: the bytes go to the outbox first, and the state counts when the log shows the commit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pratique.groups.engine_host import Committed, Engine, KeyPackage
from pratique.http import text
from pratique.sealing import EpochKey, Place, seal_link
from pratique.store.logs import LogPosition
from pratique.store.outbox import Outgoing, Staged
from pratique.wire import mls, strict_json
from pratique.wire.entries import Draft, Kind, Seen
from pratique.wire.statements import Statement
from pratique.wire.welcomes import Welcome, binding

CREATE_PATH = "/v1/channels"


@dataclass(frozen=True)
class Signer:
    """Who posts: the device's URI and its signature key."""

    uri: str
    key: Ed25519PrivateKey


@dataclass(frozen=True)
class Base:
    """What a commit stands on: the channel, its charter's bytes, its history, the engine's state, and what was seen."""

    channel: bytes
    charter: bytes
    full: bool
    state: bytes
    epoch: EpochKey
    seen: Seen
    roster_head: bytes


def entries_path(channel: bytes) -> str:
    """Give the path that a channel's posts go to."""
    return f"/v1/channels/{channel.hex()}/entries"


def post_body(post_id: UUID, drafts: Sequence[Draft], **more: bytes) -> bytes:
    """Write the exact bytes of a post.

    Takes   more: group_info, ratchet_tree, first_ratchet_tree
    """
    told = []
    for draft in drafts:
        one = {"kind": draft.kind.word, "epoch": draft.epoch, "urgency": draft.urgency.word}
        told.append(one | {"data_base64": text(draft.data)} | ({"to": list(draft.to)} if draft.to else {}))
    blobs = {name: text(value) for name, value in more.items()}
    return strict_json.dumps({"post_id": str(post_id), "drafts": told} | blobs)


def base_of(position: LogPosition, charter: bytes, epoch: EpochKey) -> Base:
    """Give what a commit stands on in a channel that this device follows with its engine."""
    member = position.membership
    assert member is not None and position.state is not None
    seen = Seen(position.seq, position.chain)
    full = member.charter.history == "full"
    return Base(position.id, charter, full, position.state, epoch, seen, member.roster_head)


async def stage_commit(
    engine: Engine, base: Base, signer: Signer, *, adds: Sequence[bytes] = (), removes: Sequence[int] = ()
) -> Outgoing:
    """Stage a commit: Adds, Removes, or nothing but a fresh path.

    Takes   adds: key packages of devices that the caller has judged; removes: every surplus leaf
    """
    post_id = uuid4()
    committed, drafts = await _commit(engine, base, signer, post_id, adds, removes)
    body = post_body(post_id, drafts, group_info=committed.group_info, ratchet_tree=committed.ratchet_tree)
    staged = (_staged(committed.epoch.number, committed.commit, committed.state),)
    return Outgoing(post_id, base.channel, entries_path(base.channel), body, staged=staged)


async def stage_channel(
    engine: Engine,
    signer: Signer,
    charter: Statement,
    roster: Statement | None,
    own: KeyPackage,
    adds: Sequence[bytes],
    *,
    full: bool,
) -> Outgoing:
    """Stage a new channel: charter, GroupInfo of epoch 0, roster, and the commit that adds everybody else."""
    post_id, channel = uuid4(), charter.digest
    created = await engine.create(channel, own.key_package, own.private)
    drafts = [Draft(Kind.CHARTER, charter.raw), Draft(Kind.GROUP_INFO, created.group_info)]
    if roster is not None:
        drafts.append(Draft(Kind.ROSTER, roster.raw))
    staged = [_staged(0, created.group_info, created.state)]
    more = {"group_info": created.group_info, "ratchet_tree": created.ratchet_tree}
    if adds:
        first = EpochKey(0, created.epoch.key, created.epoch.authenticator)
        head = charter.digest if roster is None else roster.digest
        base = Base(channel, charter.raw, full, created.state, first, Seen(0, channel), head)
        committed, commit_drafts = await _commit(engine, base, signer, post_id, adds, ())
        drafts += commit_drafts
        staged.append(_staged(committed.epoch.number, committed.commit, committed.state))
        more = {"group_info": committed.group_info, "ratchet_tree": committed.ratchet_tree}
    body = post_body(post_id, drafts, **more, first_ratchet_tree=created.ratchet_tree)
    return Outgoing(post_id, channel, CREATE_PATH, body, staged=tuple(staged))


async def _commit(
    engine: Engine, base: Base, signer: Signer, post_id: UUID, adds: Sequence[bytes], removes: Sequence[int]
) -> tuple[Committed, list[Draft]]:
    packages = [mls.parse_key_package(add) for add in adds]
    committed = await engine.commit(
        base.state,
        adds=adds,
        removes=removes,
        aad=base.seen.encode(),
        allowed=[(package.identity, package.signature_key) for package in packages],
        group_info_extension=binding(base.seen, base.roster_head),
    )
    number = committed.epoch.number
    drafts = [Draft(Kind.COMMIT, committed.commit, epoch=base.epoch.epoch)]
    if base.full:
        new = EpochKey(number, committed.epoch.key, committed.epoch.authenticator)
        place = Place(base.channel, signer.uri, post_id, Kind.LINK)
        drafts.append(Draft(Kind.LINK, seal_link(base.epoch, new, place, base.seen, signer.key), epoch=number))
    if committed.welcome is not None:
        welcome = Welcome(committed.welcome, base.charter, base.seen, base.roster_head, signer.uri).sign(signer.key)
        to = tuple(package.identity for package in packages)
        drafts.append(Draft(Kind.WELCOME, welcome.encode(), epoch=number, to=to))
    return committed, drafts


def _staged(epoch: int, data: bytes, state: bytes) -> Staged:
    return Staged(epoch, hashlib.sha256(data).digest(), state)
