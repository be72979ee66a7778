"""Judge posts under the locks of their logs: look once for the whole batch, then judge each and number its entries.

    lock all logs in id order ─▶ look: devices, earlier posts, folds ─▶ per post: seat, repeat, fold ─▶ entries

A post that only seals is judged by what was looked up and leaves rows to be put at the save; one that changes the
channel runs in a savepoint. So a refusal leaves no trace, and a batch of sealed posts costs a handful of statements.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.exc import SQLAlchemyError

from app import access, log
from app.db import Transaction
from app.delivery import bundles, channels, sealed
from app.delivery.framing import Bundle
from app.directory.parties import Parties
from app.errors import DeviceRevoked, NotFound, PostIdReused
from app.log import LogKind
from app.models.post import posts
from pratique.wire import strict_json
from pratique.wire.entries import Entry
from pratique.wire.events import format_ms
from pratique.wire.identity import DeviceUri
from pratique.wire.leaves import Membership

_ANSWERED = select(posts.c.post_id, posts.c.device, posts.c.body_sha256, posts.c.answer).where(
    posts.c.post_id.in_(bindparam("ids", expanding=True))
)


@dataclass(frozen=True)
class Post:
    """One post on its way; `logs` are locked for it, `begins` are those that it may begin."""

    device: DeviceUri
    channel: bytes
    bundle: Bundle
    body_sha256: bytes
    logs: frozenset[bytes]
    begins: Mapping[bytes, LogKind] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """The 201 of a post: `body` is its JSON, the same bytes for every repeat."""

    body: bytes


@dataclass
class Look:
    """What is known under the locks of one batch; it moves on with every post that is taken."""

    active: frozenset[str]
    members: dict[bytes, Membership]
    answered: dict[tuple[UUID, str], tuple[bytes, bytes]]


class Judge:
    """Judge batches of posts for the writer."""

    def __init__(self, parties: Parties) -> None:
        self.folds = channels.Folds()
        self._parties = parties

    async def judge(self, tx: Transaction, batch: Sequence[Post]) -> list[Answer | Exception]:
        """Give the answer or the refusal of each post, in their order.

        Raises  what the database raises: the transaction may be lost, nothing of the batch counts
        """
        begins = {log_id: kind for post in batch for log_id, kind in post.begins.items()}
        await log.lock(tx, {log_id for post in batch for log_id in post.logs}, begins)
        look = await self._look(tx, batch)
        answers: list[Answer | Exception] = []
        for post in batch:
            try:
                answers.append(await self._take(tx, look, post))
            except SQLAlchemyError:
                raise
            except Exception as refused:
                answers.append(refused)
        return answers

    async def _look(self, tx: Transaction, batch: Sequence[Post]) -> Look:
        rows = await tx.execute(_ANSWERED, {"ids": [post.bundle.post_id.bytes for post in batch]})
        answered = {(UUID(bytes=post_id), device): (digest, answer) for post_id, device, digest, answer in rows}
        active = await access.active(tx, {str(post.device) for post in batch})
        return Look(active, await channels.load(tx, {post.channel for post in batch}, self.folds), answered)

    async def _take(self, tx: Transaction, look: Look, post: Post) -> Answer:
        device, key = str(post.device), (post.bundle.post_id, str(post.device))
        if device not in look.active:
            raise DeviceRevoked
        member = look.members.get(post.channel)
        if post.bundle.founding is None and not seats(member, post.device):
            raise NotFound
        if earlier := look.answered.get(key):
            digest, body = earlier
            if digest != post.body_sha256:
                raise PostIdReused
            return Answer(body)
        taken = await self._append(tx, look, post, member)
        answer = Answer(
            strict_json.dumps(
                {"entries": [{"log": one.log.hex(), "seq": one.seq, "at": format_ms(one.at_ms)} for one in taken]}
            )
        )
        row = {"post_id": key[0].bytes, "device": device, "body_sha256": post.body_sha256, "answer": answer.body}
        tx.put(posts, row)
        look.answered[key] = (post.body_sha256, answer.body)
        return answer

    async def _append(self, tx: Transaction, look: Look, post: Post, member: Membership | None) -> list[Entry]:
        bundle, device = post.bundle, str(post.device)
        if member is not None and bundle.only_sealed:
            return sealed.take(tx, device, bundle, member)
        async with tx.savepoint():
            known = await self._parties.newest(tx)
            if member is not None and bundle.holds_reminders:
                return await sealed.take_reminders(tx, known, device, bundle, member)
            before = None if bundle.founding else member
            changed, taken = await bundles.take(tx, known, device, bundle, before)
        look.members[post.channel] = changed
        return taken


async def taken(tx: Transaction, device: DeviceUri, post_id: UUID, body_sha256: bytes) -> bool:
    """Say whether this very post was taken before: then its answer stands, whatever has happened since."""
    rows = await tx.execute(_ANSWERED, {"ids": [post_id.bytes]})
    return any((row.device, row.body_sha256) == (str(device), body_sha256) for row in rows)


def seats(member: Membership | None, device: DeviceUri) -> bool:
    """Say whether a channel seats a device: its office, unless the device is revoked there."""
    return member is not None and device.office_id in member.seated and str(device) not in member.revoked
