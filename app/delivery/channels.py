"""Keep each channel's fold and what is read off it: seats, leaves, epoch; and who has read how far."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, delete, insert, select, update

from app import access, log
from app.db import Transaction
from app.errors import LaneExists
from app.models.channel import channels, cursors, leaves, seats
from pratique.wire import strict_json
from pratique.wire.bodies import Charter
from pratique.wire.identity import DeviceUri
from pratique.wire.leaves import Membership

_REMEMBERED = 1000
_CHANGED = select(channels.c.id, channels.c.changed_seq).where(channels.c.id.in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True, slots=True)
class Listed:
    """A channel as its participants see it in a list."""

    id: bytes
    operation: bytes
    purpose: str
    history: str
    epoch: int
    head_seq: int
    head_chain: bytes
    cursor: int


class Folds:
    """Remember the saved folds of this process's busy channels, so that a post does not read 200 leaves from JSON.

    A fold is known by the number of the entry that made it; nothing is put here that was not saved before.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, Membership] = OrderedDict()

    def get(self, channel: bytes) -> Membership | None:
        """Give the newest fold that this process knows; another process may have saved a newer one."""
        return self._known.get(channel)

    def put(self, channel: bytes, member: Membership) -> None:
        """Remember a saved fold."""
        self._known[channel] = member
        self._known.move_to_end(channel)
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)


async def load(tx: Transaction, ids: Iterable[bytes], folds: Folds) -> dict[bytes, Membership]:
    """Give the folds of some channels as they are now; call it under the logs' locks.

    Gives   per channel the membership after its last change: `member.seq` is that change's number, not the head's
    """
    rows = await tx.execute(_CHANGED, {"ids": list(ids)})
    changed: dict[bytes, int] = dict(rows.all())
    found: dict[bytes, Membership] = {}
    for channel, seq in changed.items():
        known = folds.get(channel)
        if known is not None and known.seq == seq:
            found[channel] = known
    if cold := changed.keys() - found.keys():
        for channel, fold in await tx.execute(select(channels.c.id, channels.c.fold).where(channels.c.id.in_(cold))):
            found[channel] = Membership.from_json(strict_json.loads(fold))
            folds.put(channel, found[channel])
    return found


async def begin(tx: Transaction, member: Membership) -> None:
    """Keep a new channel; `save` has to follow."""
    await tx.execute(
        insert(channels).values(
            id=member.channel,
            operation=bytes.fromhex(member.charter.operation),
            purpose=member.charter.purpose,
            history=member.charter.history,
            lane_parties=_lane(member.charter),
            epoch=member.epoch,
            changed_seq=member.seq,
            fold=b"",
        )
    )


async def require_new_lane(tx: Transaction, charter: Charter) -> None:
    """Let pass a charter whose lane is not there yet, or is a party's own and has died: the new one takes its place.

    A lane dies with the last leaf of a device that is not revoked, and stays dead: nobody is left to add another.

    Locks   nothing; call it under the operation log's lock
    Raises  LaneExists
    """
    row = await tx.execute(
        select(channels.c.id).where(
            channels.c.operation == bytes.fromhex(charter.operation), channels.c.lane_parties == _lane(charter)
        )
    )
    if (found := row.scalar()) is None:
        return
    if len(charter.parties) > 1 or (await load(tx, [found], Folds()))[found].living:
        raise LaneExists(found)
    await tx.execute(update(channels).where(channels.c.id == found).values(lane_parties=None))


async def save(tx: Transaction, before: Membership | None, after: Membership, since: Mapping[str, int]) -> None:
    """Keep a changed fold, and the seats and leaves as it has them.

    Takes   since: per device that the change adds, what the commit that added it had seen
    """
    await tx.execute(
        update(channels)
        .where(channels.c.id == after.channel)
        .values(epoch=after.epoch, changed_seq=after.seq, fold=strict_json.dumps(after.to_json()))
    )
    seated = before.seated if before else frozenset()
    if gone := seated - after.seated:
        await tx.execute(delete(seats).where(seats.c.channel == after.channel, seats.c.office.in_(gone)))
    if new := after.seated - seated:
        await tx.execute(insert(seats), [{"channel": after.channel, "office": office} for office in new])
    # A leaf is known by who and when: a device that rejoined in one commit has a new one.
    held = {(leaf.uri, leaf.since_seq) for leaf in before.leaves.values()} if before else set()
    holds = {(leaf.uri, leaf.since_seq) for leaf in after.leaves.values()}
    if lost := [uri for uri, _ in held - holds]:
        await tx.execute(delete(leaves).where(leaves.c.channel == after.channel, leaves.c.device.in_(lost)))
    if gained := [uri for uri, _ in holds - held]:
        await tx.execute(
            insert(leaves),
            [{"channel": after.channel, "device": uri, "since_seq": since.get(uri, 0)} for uri in gained],
        )


async def holding(tx: Transaction, device: str) -> list[bytes]:
    """Give the channels in which a device holds a leaf."""
    rows = await tx.execute(select(leaves.c.channel).where(leaves.c.device == device).order_by(leaves.c.channel))
    return list(rows.scalars())


async def seating(tx: Transaction, office: str) -> list[bytes]:
    """Give the channels in which an office is seated."""
    rows = await tx.execute(select(seats.c.channel).where(seats.c.office == office).order_by(seats.c.channel))
    return list(rows.scalars())


async def list_for(tx: Transaction, device: DeviceUri) -> list[Listed]:
    """Give the channels in which the device's office is seated."""
    rows = await tx.execute(_listing(device).where(seats.c.office == device.office_id).order_by(channels.c.id))
    found = [_listed(row) for row in rows.mappings()]
    ends = await log.ends(tx, [one[0] for one in found])
    return [Listed(*one[:5], *ends[one[0]], one[5]) for one in found]


async def detail(tx: Transaction, device: DeviceUri, channel: bytes) -> tuple[Listed, list[tuple[str, int]]]:
    """Give one channel and how far each device has read it; raises `NotFound`."""
    await access.channel(tx, device, channel)
    one = _listed((await tx.execute(_listing(device).where(channels.c.id == channel))).mappings().one())
    rows = await tx.execute(
        select(cursors.c.device, cursors.c.seq).where(cursors.c.log == channel).order_by(cursors.c.device)
    )
    ends = await log.ends(tx, [channel])
    return Listed(*one[:5], *ends[channel], one[5]), list(rows.all())


async def set_cursor(tx: Transaction, device: DeviceUri, log_id: bytes, seq: int) -> None:
    """Note how far a device has read a log it may read; never backwards, never past the log's end.

    Raises  NotFound
    """
    await access.readable(tx, device, log_id)
    seq = min(seq, await log.head(tx, log_id) or 0)
    if seq < 1:
        return
    note = tx.insert(cursors).values(log=log_id, device=str(device), seq=seq)
    await tx.execute(
        note.on_conflict_do_update(
            index_elements=[cursors.c.log, cursors.c.device], set_={"seq": seq}, where=cursors.c.seq < seq
        )
    )


async def acked(tx: Transaction, devices: Iterable[str], logs: Iterable[bytes]) -> dict[tuple[str, bytes], int]:
    """Give how far devices say they have read logs; who said nothing is not there."""
    rows = await tx.execute(
        select(cursors.c.device, cursors.c.log, cursors.c.seq).where(
            cursors.c.log.in_(list(logs)), cursors.c.device.in_(list(devices))
        )
    )
    return {(device, log_id): seq for device, log_id, seq in rows}


async def operations(tx: Transaction, ids: Iterable[bytes]) -> dict[bytes, bytes]:
    """Give the operation of each of some channels."""
    rows = await tx.execute(select(channels.c.id, channels.c.operation).where(channels.c.id.in_(list(ids))))
    return dict(rows.all())


def _lane(charter: Charter) -> str | None:
    return ",".join(charter.parties) if charter.purpose == "lane" else None


def _listing(device: DeviceUri) -> Any:
    return (
        select(
            channels.c.id,
            channels.c.operation,
            channels.c.purpose,
            channels.c.history,
            channels.c.epoch,
            cursors.c.seq,
        )
        .join(seats, seats.c.channel == channels.c.id)
        .outerjoin(cursors, and_(cursors.c.log == channels.c.id, cursors.c.device == str(device)))
        .distinct()
    )


def _listed(row: Mapping[Any, Any]) -> tuple[bytes, bytes, str, str, int, int]:
    return row["id"], row["operation"], row["purpose"], row["history"], row["epoch"], row["seq"] or 0
