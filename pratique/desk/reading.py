"""Read what the device's store holds of one operation, once: each entry is folded when it is there, and not again.

lanes ─▶ board      own lane ─▶ drafts, policy      operation room ─▶ desks of the parties, adaptation
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pratique.contents.prenotification import GoodsPart, Prenotification, RoutePart
from pratique.contents.title import Title
from pratique.desk.open_reminders import Awaited, OpenReminders
from pratique.reading import NO_KEY
from pratique.views import board as boards
from pratique.views import drafts as drafting
from pratique.views import room as rooms
from pratique.wire.entries import Kind
from pratique.wire.identity import office_party

if TYPE_CHECKING:
    from pratique.device import Device
    from pratique.opened import ChannelState, OpenedEntry, Operation

# Where the newest part for each addressee stands: lane, number, content.
Where = dict[str, tuple[bytes, int, Prenotification]]


@dataclass
class Cursor:
    """How far one channel is folded.

    Takes   held: entries behind `seq` that no key opened yet; taken: entries past it that this desk posted itself;
            looked: how long the channel was when `held` was looked at last: a commit or a link since may open some
    """

    seq: int = 0
    looked: int = -1
    held: set[int] = field(default_factory=set)
    taken: set[int] = field(default_factory=set)


class Reading:
    """One operation as one device's store tells it."""

    def __init__(self, device: Device, operation: Operation) -> None:
        terms = operation.terms
        self.party = device.uri.party
        self.coordinators = frozenset(one.party for one in terms.participants if "coordinator" in one.roles)
        self.board = boards.Board(coordinators=self.coordinators)
        self.drafts = drafting.Drafts()
        self.room = rooms.Room(coordinators=self.coordinators)
        self.reminders = OpenReminders()
        self.lanes: dict[tuple[str, ...], bytes] = {}
        self.parties: dict[bytes, tuple[str, ...]] = {}
        self.own_lane: bytes | None = None
        self.dead_length = 0  # of own lanes that died with their last device: entries
        self.rooms: list[bytes] = []
        self._device, self._operation = device, operation
        self._cursors: dict[bytes, Cursor] = {}
        self._foreign: set[bytes] = set()  # channels of other operations
        self._dead: set[bytes] = set()  # own lanes that died
        self._coordinated: set[bytes] = set()  # channels whose owners all coordinate: one of them is the room

    def refresh(self) -> None:
        """Fold what the store got since."""
        lanes: list[OpenedEntry] = []
        states = self._device.channels()
        self._bury(states)
        for state in states:
            if state.charter.operation != self._operation.id.hex():
                self._foreign.add(state.id)
                continue
            if state.id in self._dead:
                continue
            if state.charter.purpose == "lane":
                self.know_lane(state.id, state.charter.parties)
                fresh = list(self._fresh(state.id, state))
                if state.id == self.own_lane:
                    self.drafts = drafting.fold(self.drafts, fresh)
                else:
                    lanes += fresh
            elif {office_party(owner) for owner in state.charter.owners} <= self.coordinators:
                self._coordinated.add(state.id)
                self._hear_room(state.id, list(self._fresh(state.id, state)))
        self._take_in(lanes)

    def _bury(self, states: Iterable[ChannelState]) -> None:
        """Leave own lanes that died with their last device: what they held is lost, their length is not."""
        mine = (one for one in states if one.charter.operation == self._operation.id.hex())
        dead = {one.id: one.seq for one in mine if one.charter.parties == (self.party,) and not one.living}
        self._dead, self.dead_length = set(dead), sum(dead.values())
        if self.own_lane in dead:
            del self.lanes[(self.party,)]
            self.own_lane, self.drafts = None, drafting.Drafts()

    def look(self, entry: OpenedEntry) -> None:
        """Fold an entry that just came, and what stands before it in its channel."""
        cursor = self._cursors.get(entry.channel)
        if cursor is None or entry.type == Title.TYPE:
            if entry.channel not in self._foreign:
                self.refresh()
            return
        late = [entry] if entry.seq in cursor.held and not _waits(entry) else []
        cursor.held.difference_update(one.seq for one in late)
        # A commit may have brought this device in, and with it the keys of what was there before.
        self._sort_in([*late, *self._fresh(entry.channel, again=entry.kind is Kind.COMMIT)])

    def know_lane(self, channel: bytes, parties: tuple[str, ...]) -> None:
        """Note the lane of a full set of parties."""
        self.lanes[parties], self.parties[channel] = channel, parties
        if parties == (self.party,):
            self.own_lane = channel

    @property
    def own_lane_read(self) -> bool:
        """Say whether nothing of the own lane is hidden from this device; what no living lane holds is lost."""
        cursor = None if self.own_lane is None else self._cursors.get(self.own_lane)
        return cursor is None or not cursor.held

    def knows(self, channel: bytes) -> bool:
        """Say whether a channel is one of this operation's."""
        return channel in self._cursors

    def parts(self, reference: str) -> Where:
        """Give where the newest part of each Member on the way stands, the destination's first."""
        found: Where = {}
        for said in self.board.said.get(reference, ()):
            part = said.content
            if said.mark is None and isinstance(part, GoodsPart | RoutePart):
                before = found.get(part.addressee)
                if before is None or before[2].version < part.version:
                    found[part.addressee] = (bytes.fromhex(said.place.log), said.place.seq, part)
        goods = next((part for _, _, part in found.values() if isinstance(part, GoodsPart)), None)
        on_way = found.keys() if goods is None else {goods.destination, *goods.transit}
        ordered = sorted(found.items(), key=lambda one: one[1][2].part != "goods")
        return {party: where for party, where in ordered if party in on_way}

    def waiting(self, reference: str, party: str, lane: bytes, awaited: Awaited | None = None) -> tuple[int, ...]:
        """Give the reminders of a reference in a lane that still wait for a party."""
        contents = (one.place.seq for one in self.board.said.get(reference, ()) if one.place.log == lane.hex())
        return tuple(sorted(self.reminders.waiting(lane, contents, party, awaited)))

    def take(self, entries: Iterable[OpenedEntry]) -> None:
        """Fold own posts at once; when the store shows them too, they are passed over."""
        posted = list(entries)
        for entry in posted:
            self._cursors.setdefault(entry.channel, Cursor()).taken.add(entry.seq)
        self._sort_in(posted)

    def _sort_in(self, entries: Iterable[OpenedEntry]) -> None:
        own: list[OpenedEntry] = []
        lanes: list[OpenedEntry] = []
        told: dict[bytes, list[OpenedEntry]] = {}
        for entry in entries:
            if entry.channel == self.own_lane:
                own.append(entry)
            elif entry.channel in self.parties:
                lanes.append(entry)
            elif entry.channel in self._coordinated:
                told.setdefault(entry.channel, []).append(entry)
        self.drafts = drafting.fold(self.drafts, own)
        for channel, fresh in told.items():
            self._hear_room(channel, fresh)
        self._take_in(lanes)

    def _hear_room(self, channel: bytes, fresh: list[OpenedEntry]) -> None:
        """Fold what a coordinator's channel tells, if a coordinator has named it the room: others may sit in it too."""
        if channel not in self.rooms and any(_names_room(one) for one in fresh if one.party in self.coordinators):
            self.rooms.append(channel)
        if channel in self.rooms:
            self.room = rooms.fold(self.room, fresh)

    def _take_in(self, entries: list[OpenedEntry]) -> None:
        self.reminders.take(entries)
        self.board = boards.fold(self.board, [one for one in entries if one.kind is Kind.APPLICATION])

    def _fresh(
        self, channel: bytes, state: ChannelState | None = None, *, again: bool = False
    ) -> Iterator[OpenedEntry]:
        """Yield what was not folded; with the channel's state, or `again`, also what a key opened since."""
        cursor = self._cursors.setdefault(channel, Cursor())
        if cursor.held and (again or (state is not None and cursor.looked != state.seq)):
            for entry in self._device.opened(channel, min(cursor.held) - 1):
                if entry.seq in cursor.held and not _waits(entry):
                    cursor.held.discard(entry.seq)
                    yield entry
        cursor.looked = cursor.looked if state is None else state.seq
        for entry in self._device.opened(channel, cursor.seq):
            cursor.seq = entry.seq
            if _waits(entry):
                cursor.held.add(entry.seq)
            elif entry.seq in cursor.taken:
                cursor.taken.discard(entry.seq)
            else:
                yield entry
        cursor.seq = max(cursor.seq, 0 if state is None else state.seq)


def _waits(entry: OpenedEntry) -> bool:
    """Say whether another key may still open an entry."""
    return entry.problem is not None and entry.problem.startswith((NO_KEY, "cannot_open"))


def _names_room(entry: OpenedEntry) -> bool:
    title = entry.read_as(Title)
    return title is not None and title.purpose == "operation"
