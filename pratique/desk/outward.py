"""Post to lanes, the Member's own lane and the operation room; what was posted is folded at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from pratique.device import Posting
from pratique.opened import OpenedEntry, Posted
from pratique.wire import strict_json
from pratique.wire.entries import Kind, Urgency

if TYPE_CHECKING:
    from pratique.contents.content import Content
    from pratique.desk.reading import Reading
    from pratique.device import Device
    from pratique.opened import Operation, Sent
    from pratique.wire.bodies import Ring

MOST_TOGETHER = 64


@dataclass(frozen=True)
class Parcel:
    """One content on its way to one channel.

    Takes   reminders: whose answer is awaited, and who is called when; ends: reminders that need not ring any more
    """

    channel: bytes
    content: Content
    urgency: Urgency = Urgency.ROUTINE
    reminders: tuple[tuple[str, tuple[Ring, ...]], ...] = ()
    ends: tuple[int, ...] = ()


class Outward:
    """What one desk posts."""

    def __init__(self, device: Device, operation: Operation, reading: Reading) -> None:
        self._device, self._operation, self._reading = device, operation, reading
        self.unsure = False  # something may stand in the logs that is not folded here

    async def lane(self, parties: Sequence[str]) -> bytes:
        """Give the lane of these parties and this Member; first use makes it."""
        own = self._device.uri.party
        wanted = tuple(sorted({own, *parties}))
        if wanted != (own,):
            wanted = tuple(sorted({*wanted, *self._operation.terms.lane_companions}))
        channel = self._reading.lanes.get(wanted)
        if channel is None:
            channel = await self._device.lane(self._operation.id, parties)
            self._reading.know_lane(channel, wanted)
        return channel

    async def own_lane(self) -> bytes:
        """Give the lane of this Member alone."""
        return await self.lane((self._device.uri.party,))

    async def send(self, parcels: Sequence[Parcel]) -> list[Posted]:
        """Post all, in order; nothing leaves before everything is in the outbox.

        Raises  Unreachable: the next sync sends them; Problem, ChannelStopped, SealRefused
        """
        packed = list(_packed(parcels))
        unsure, self.unsure = self.unsure, True
        sent = await self._device.post_all([_posting(group) for group in packed])
        entries: list[OpenedEntry] = []
        for group, one in zip(packed, sent, strict=True):
            entries += self._entries(group, one)
        self._reading.take(entries)
        self.unsure = unsure
        for parcel in parcels:
            self._reading.reminders.end(parcel.channel, parcel.ends)
        return [place for one in sent for place in one.posted]

    def _entries(self, group: Sequence[Parcel], sent: Sent) -> Iterator[OpenedEntry]:
        for parcel, place in zip(group, sent.posted, strict=True):
            body = parcel.content.write()
            yield self._entry(parcel, place, place.seq, Kind.APPLICATION, parcel.content.TYPE, body)
        awaited = [(parcel, party) for parcel in group for party, _ in parcel.reminders]
        for (parcel, party), seq in zip(awaited, sent.reminders, strict=True):
            said = strict_json.dumps({"party": party})
            yield self._entry(parcel, sent.posted[0], seq, Kind.REMINDER, "reminder", said)

    def _entry(self, parcel: Parcel, place: Posted, seq: int, kind: Kind, type: str, body: bytes) -> OpenedEntry:
        return OpenedEntry(
            channel=parcel.channel,
            seq=seq,
            kind=kind,
            at_ms=place.at_ms,
            device=str(self._device.uri),
            party=self._device.uri.party,
            epoch=0,
            post_id=place.post_id,
            urgency=parcel.urgency,
            type=type,
            body=body,
        )


def _packed(parcels: Sequence[Parcel]) -> Iterator[list[Parcel]]:
    """Put neighbours into one post; what ends reminders travels alone.

    All contents of a post have as many reminders, so that a reader knows which belong to which.
    """
    for (_, _, reminders, _), group in groupby(enumerate(parcels), _kind):
        together, most = [parcel for _, parcel in group], MOST_TOGETHER // (1 + reminders)
        for start in range(0, len(together), most):
            yield together[start : start + most]


def _kind(placed: tuple[int, Parcel]) -> tuple[bytes, int, int, int]:
    place, parcel = placed
    return parcel.channel, parcel.urgency, len(parcel.reminders), place if parcel.ends else -1


def _posting(group: Sequence[Parcel]) -> Posting:
    contents = tuple((parcel.content.TYPE, parcel.content.write()) for parcel in group)
    reminders = tuple(reminder for parcel in group for reminder in parcel.reminders)
    return Posting(group[0].channel, contents, group[0].urgency, reminders, group[-1].ends)
