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

    Takes   reminder: whose answer is awaited, and who is called when; ends: reminders that need not ring any more
    """

    channel: bytes
    content: Content
    urgency: Urgency = Urgency.ROUTINE
    reminder: tuple[str, tuple[Ring, ...]] | None = None
    ends: tuple[int, ...] = ()


class Outward:
    """What one desk posts."""

    def __init__(self, device: Device, operation: Operation, reading: Reading) -> None:
        self._device, self._operation, self._reading = device, operation, reading

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
        sent = await self._device.post_all([_posting(group) for group in packed])
        entries: list[OpenedEntry] = []
        for group, one in zip(packed, sent, strict=True):
            entries += self._entries(group, one)
        self._reading.take(entries)
        for parcel in parcels:
            self._reading.reminders.end(parcel.channel, parcel.ends)
        return [place for one in sent for place in one.posted]

    def _entries(self, group: Sequence[Parcel], sent: Sent) -> Iterator[OpenedEntry]:
        for parcel, place in zip(group, sent.posted, strict=True):
            body = parcel.content.write()
            yield self._entry(parcel, place, place.seq, Kind.APPLICATION, parcel.content.TYPE, body)
        if sent.reminder_seq is not None and group[-1].reminder is not None:
            said = strict_json.dumps({"party": group[-1].reminder[0]})
            yield self._entry(group[-1], sent.posted[-1], sent.reminder_seq, Kind.REMINDER, "reminder", said)

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
    """Put neighbours of one channel and urgency into one post; what brings or ends a reminder travels alone."""
    for key, group in groupby(
        enumerate(parcels),
        lambda one: (one[1].channel, one[1].urgency, one[0] if one[1].reminder or one[1].ends else -1),
    ):
        del key
        together = [parcel for _, parcel in group]
        for start in range(0, len(together), MOST_TOGETHER):
            yield together[start : start + MOST_TOGETHER]


def _posting(group: Sequence[Parcel]) -> Posting:
    contents = tuple((parcel.content.TYPE, parcel.content.write()) for parcel in group)
    return Posting(group[0].channel, contents, group[0].urgency, group[-1].reminder, group[-1].ends)
