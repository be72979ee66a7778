"""One Member's work in one operation: the façade that the command line, the gateway and imports use."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING, Any

from pratique.desk import (
    amending,
    announcing,
    bulk,
    checking,
    drafting,
    finding,
    reporting,
    rerouting,
    room,
    watching,
)
from pratique.desk.numbering import Known
from pratique.desk.outward import Outward
from pratique.desk.reading import Reading

if TYPE_CHECKING:
    from pratique.contents.adaptation import Adaptation
    from pratique.contents.content import Event
    from pratique.contents.desk import DeskHours
    from pratique.contents.policy import Policy
    from pratique.contents.prenotification import Announcement
    from pratique.desk.results import Alert, Checked, Reported, Sent
    from pratique.device import Device
    from pratique.errors import PratiqueError
    from pratique.opened import Operation, SyncReport
    from pratique.templates.template import Template
    from pratique.views.board import Board
    from pratique.views.consignment import Consignment
    from pratique.views.drafts import Drafts
    from pratique.views.room import Room
    from pratique.wire.entries import Urgency


def clock_ms() -> int:
    """Give this machine's clock, UTC, in milliseconds."""
    return time.time_ns() // 1_000_000


class Desk:
    """What one device of a Member does and sees in one operation; acts of one desk come one after the other."""

    def __init__(self, device: Device, operation: Operation, clock: Callable[[], int] = clock_ms) -> None:
        """Take an open device; `clock` tells milliseconds UTC."""
        self.device = device
        self.party = device.uri.party
        self.now_ms = clock
        self._work_under(operation)
        self.adapted: dict[str, tuple[Adaptation, Template]] = {}
        self._known = Known(self.reading.drafts)
        self._turn = asyncio.Lock()

    @classmethod
    async def open(cls, device: Device, operation: Operation, clock: Callable[[], int] = clock_ms) -> Desk:
        """Fold what the device's store holds of an operation; reads no network."""
        desk = cls(device, operation, clock)
        desk.refresh()
        return desk

    @property
    def board(self) -> Board:
        """The consignments that this Member sees."""
        return self.reading.board

    @property
    def drafts(self) -> Drafts:
        """This Member's own drafts, numbers and policy."""
        return self.reading.drafts

    @property
    def known(self) -> Known:
        """The drafts by national reference and by reference."""
        if self._known.drafts is not self.reading.drafts:
            self._known = Known(self.reading.drafts)
        return self._known

    @property
    def room(self) -> Room:
        """What the operation room tells: desk settings of the parties and the coordinator's adaptation."""
        return self.reading.room

    @property
    def template(self) -> Template:
        """The newest template, adapted as the operation wants it."""
        return checking.newest_template(self)

    @asynccontextmanager
    async def _acting(self) -> AsyncIterator[None]:
        """Let one act at a time begin, where everything that was said before has left and is folded."""
        async with self._turn:
            if self.outward.unsure or self.device.unsent():
                await self.catch_up()
            yield

    def refresh(self) -> None:
        """Fold what the store got since."""
        self.reading.refresh()

    async def sync(self) -> SyncReport:
        """Catch up with the server, then fold; new terms of the operation hold from now on."""
        report = await self.catch_up()
        newest = next((one for one in await self.device.operations() if one.id == self.operation.id), self.operation)
        if newest.head != self.operation.head:
            self._work_under(newest)
            self.refresh()
        return report

    def _work_under(self, operation: Operation) -> None:
        self.operation = operation
        self.reading = Reading(self.device, operation)
        self.outward = Outward(self.device, operation, self.reading)

    async def catch_up(self, channel: bytes | None = None) -> SyncReport:
        """Send what an earlier run left, follow one channel or all, and fold."""
        report = await self.device.sync(channel)
        self.refresh()
        self.outward.unsure = self.outward.unsure and channel is not None
        return report

    def check(self, announcement: Announcement, *, urgency: Urgency | None = None, again: bool = False) -> Checked:
        """Give what a person sees before sending: problems, findings, parties, deadlines, lateness, duplicates.

        Takes   urgency: None for urgent where it says why, else priority
                again: a new version of what was sent in time, which cannot be late
        """
        return checking.check(self, announcement, urgency=urgency, again=again)

    async def announce(
        self, announcement: Announcement, *, urgency: Urgency | None = None, without: Sequence[str] = ()
    ) -> Sent:
        """Send a pre-notification; the same national reference again amends, the same bytes again change nothing.

        Takes   urgency: None for urgent where it says why, else priority; a new version is as urgent as the one before
                without: transit Members that cannot be reached here and are told by another way
        Raises  AnnouncementRefused: bad_form, needs_reason; PratiqueError: not_the_sender, not_reachable,
                needs_release; Unreachable: announce the same again, and it is finished without doubling
        """
        async with self._acting():
            return await announcing.announce(self, announcement, urgency=urgency, without=tuple(without))

    async def announce_many(
        self,
        announcements: Sequence[Announcement],
        progress: Callable[[int, int], None] | None = None,
        *,
        urgency: Urgency | None = None,
    ) -> list[Sent | PratiqueError]:
        """Send many, in order, batched by lane; what cannot be sent stands as its error in its place.

        Takes   progress: told how many of how many are done
        Raises  Unreachable: run the same again; what is sent is not sent twice
        """
        async with self._acting():
            return await bulk.announce_many(self, announcements, progress, urgency)

    async def amend(
        self,
        reference: str,
        announcement: Announcement,
        *,
        urgency: Urgency | None = None,
        without: Sequence[str] = (),
    ) -> Sent:
        """Send a new version to the same lanes; `changes` tells the differences and which are material.

        Takes   urgency: None for that of the version before, without its reason no more than priority
        Raises  PratiqueError: destination_changed (re-route instead), or the mark the board would put on it
        """
        async with self._acting():
            return await amending.amend(self, reference, announcement, urgency, tuple(without))

    async def withdraw(self, reference: str, reason: str) -> Reported:
        """Take a pre-notification back; everybody who got it is told as urgent."""
        from pratique.contents.withdrawal import Withdrawal

        return await self.report(reference, Withdrawal, {"reason": reason})

    async def reroute(
        self, reference: str, announcement: Announcement, reason: str, *, urgency: Urgency | None = None
    ) -> Sent:
        """Announce the new way, as urgent as the old one, then tell everybody on that which reference replaces it."""
        async with self._acting():
            return await rerouting.reroute(self, reference, announcement, reason, urgency)

    async def save_draft(self, announcement: Announcement, draft_id: str | None = None) -> str:
        """Keep a draft in the Member's own lane; give its id."""
        async with self._acting():
            return await drafting.save(self, announcement, draft_id)

    async def submit(self, draft_id: str) -> None:
        """Hand a draft to another person of this Member for release."""
        async with self._acting():
            await drafting.submit(self, draft_id)

    async def give_back(self, draft_id: str, comment: str) -> None:
        """Return a draft to its author with a comment."""
        async with self._acting():
            await drafting.give_back(self, draft_id, comment)

    async def discard(self, draft_id: str) -> None:
        """Put a draft away that will not be sent."""
        async with self._acting():
            await drafting.discard(self, draft_id)

    async def release(self, draft_id: str, *, urgency: Urgency | None = None, without: Sequence[str] = ()) -> Sent:
        """Send a draft; where the Member wants four eyes, only another person than its author can."""
        async with self._acting():
            return await drafting.release(self, draft_id, urgency, tuple(without))

    async def report(
        self, reference: str, event: type[Event], said: Mapping[str, Any], *, urgency: Urgency | None = None
    ) -> Reported:
        """Post an event to the lanes where it belongs, after the board has judged it.

        Takes   said: the event's own fields, without about and follows; an `id` where the caller must know it again
                urgency: None for the event's usual one
        Raises  ContentRefused; PratiqueError: no_consignment, not_yours, or the mark the board would put on it
        """
        async with self._acting():
            return await reporting.report(self, reference, event, said, urgency)

    async def opened(self, reference: str) -> None:
        """Tell the sender once that this Member has opened a pre-notification, unless the Member's policy says no."""
        async with self._acting():
            await reporting.opened(self, reference)

    async def set_desk(self, settings: DeskHours) -> None:
        """Tell all Members this desk's calendar, duty phone and second office."""
        async with self._acting():
            await room.set_desk(self, settings)

    async def set_policy(self, policy: Policy) -> None:
        """Set this Member's own rules: four eyes, read receipts."""
        async with self._acting():
            await drafting.set_policy(self, policy)

    async def adapt(self, adaptation: Adaptation) -> None:
        """Adapt the template for the whole operation; only the coordinating party can."""
        async with self._acting():
            await room.adapt(self, adaptation)

    async def delivered(self, references: Sequence[str]) -> Mapping[tuple[str, str], int]:
        """Ask the server how far each addressee's devices have fetched the lanes: (log, party) to the furthest seq."""
        return await finding.delivered(self, references)

    def find(self, reference: str) -> Consignment:
        """Give one consignment; a beginning or an end of its reference is enough where only one has it.

        Raises  PratiqueError: no_consignment, several_consignments
        """
        return finding.find(self.board, reference)

    def last(self, origin: str | None = None) -> Announcement:
        """Give the newest announcement of a party (this Member's own if left out), to begin the next from."""
        return finding.last(self, origin or self.party)

    def announcement_of(self, reference: str) -> Announcement:
        """Give what was announced under a reference, as it stands."""
        return finding.announcement_of(self, self.find(reference))

    def call_off(self, series: str) -> Announcement:
        """Give a call-off filled in from its series: the times and lots are still to be said."""
        return finding.call_off(self, self.find(series))

    async def watch(self) -> AsyncGenerator[Alert]:
        """Yield what needs a look as it comes, everything it rests on folded first; ends when cancelled."""
        async with aclosing(watching.watch(self)) as alerts:
            async for alert in alerts:
                yield alert
