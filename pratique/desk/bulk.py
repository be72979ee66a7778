"""Announce thousands in one run: numbered, then posted lane by lane, some hundreds at a time.

A run that broke off is run again: what stands in the own lane as sent is passed over, what was begun goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pratique.contents.draft import Draft
from pratique.desk import announcing, checking, numbering
from pratique.desk.dispatching import Version, digest_of, dispatch, sent_as
from pratique.desk.outward import Parcel
from pratique.desk.results import Sent
from pratique.errors import PratiqueError, Unreachable
from pratique.wire.refused import Refused

if TYPE_CHECKING:
    from pratique.contents.prenotification import Announcement
    from pratique.desk.desk import Desk
    from pratique.desk.results import Checked
    from pratique.views.drafts import DraftOf
    from pratique.wire.entries import Urgency

# One round: everything of it stands in the outbox together before the first post leaves.
ROUND = 256

Done = dict[int, Sent | PratiqueError]


async def announce_many(
    desk: Desk,
    announcements: Sequence[Announcement],
    progress: Callable[[int, int], None] | None,
    urgency: Urgency | None,
) -> list[Sent | PratiqueError]:
    """Send all; give what became of each, in order."""
    run = _Run(desk, announcements, urgency)
    for start in range(0, len(announcements), ROUND):
        end = min(start + ROUND, len(announcements))
        await run.round(range(start, end))
        if progress is not None:
            progress(end, len(announcements))
    return [run.done[place] for place in range(len(announcements))]


class _Run:
    """One run over a list; everything in it is named by its place there."""

    def __init__(self, desk: Desk, announcements: Sequence[Announcement], urgency: Urgency | None) -> None:
        self.done: Done = {}
        self._desk, self._all, self._urgency = desk, announcements, urgency
        self._drafts: dict[int, str] = {}
        self._checked: dict[int, Checked] = {}
        # What has no national reference is known again by its bytes, each draft once.
        self._pool: dict[str, list[DraftOf]] = {}
        for one in desk.known.drafts.by_id.values():
            if one.national_reference is None and one.state in ("DRAFT", "SENT"):
                digest = one.digest or (digest_of(one.announcement) if one.announcement is not None else "")
                self._pool.setdefault(digest, []).append(one)

    async def round(self, places: Sequence[int]) -> None:
        """Send some of the list."""
        # The same national reference twice: the later one is a version of the earlier one, and follows it.
        names = {self._all[place].national_reference or str(place): place for place in reversed(places)}
        first = sorted(names.values())
        await self._number(first)
        versions: dict[int, Version] = {}
        for place in first:
            if place not in self.done:
                try:
                    prepared = self._prepare(place)
                except (PratiqueError, Refused) as refused:
                    self.done[place] = _as_error(refused)
                    continue
                if isinstance(prepared, Sent):
                    self.done[place] = prepared
                else:
                    versions[place] = prepared
        try:
            sent = await dispatch(self._desk, list(versions.values()))
            self.done |= dict(zip(versions, sent, strict=True))
        except Unreachable:
            raise
        except (PratiqueError, Refused):
            # One of them cannot be posted: what was is known after a sync, and each of the others goes by itself.
            await self._desk.catch_up()
        for place in places:
            if place not in self.done:
                await self._single(place)

    async def _number(self, places: Sequence[int]) -> None:
        """Post the drafts of what is new and can be sent; note what cannot."""
        desk, drafts = self._desk, list[Draft]()
        base = await numbering.base(desk)
        for place in places:
            announcement = self._all[place]
            if (known := self._known(place)) is not None:
                self._drafts[place] = known.draft
                continue
            try:
                self._checked[place] = self._check(place)
            except (PratiqueError, Refused) as refused:
                self.done[place] = _as_error(refused)
                continue
            drafts.append(numbering.begin(announcement, 0 if drafts else base))
            self._drafts[place] = drafts[-1].draft
        if drafts:
            own = await desk.outward.own_lane()
            await desk.outward.send([Parcel(own, draft) for draft in drafts])
            await desk.catch_up(own)

    def _check(self, place: int) -> Checked:
        checked = checking.check(self._desk, self._all[place], urgency=self._urgency, duplicates=False)
        checking.insist(checked)
        checking.insist_on_release(self._desk)
        return checked

    def _known(self, place: int) -> DraftOf | None:
        announcement = self._all[place]
        if announcement.national_reference is not None:
            return self._desk.known.find(announcement)
        same = self._pool.get(digest_of(announcement))
        return same.pop() if same else None

    def _prepare(self, place: int) -> Version | Sent:
        """Give the version to post, or what was sent before."""
        desk, announcement = self._desk, self._all[place]
        known = numbering.known_again(desk, announcement, self._drafts[place])
        if known.reference is None:
            if known.draft != self._drafts[place]:
                detail = f"another device of your Member is announcing {announcement.national_reference} right now"
                raise PratiqueError("announced_elsewhere", detail, "run the same again; nothing is sent twice")
            checked = self._checked.pop(place, None) or self._check(place)
            return announcing.first_version(desk, announcement, checked, known, self._urgency)
        version = announcing.again(desk, known, announcement, self._urgency)
        if version is not None:
            return version
        return sent_as(desk, numbering.current(desk, numbering.reference_of(desk, known)), repeated=True)

    async def _single(self, place: int) -> None:
        if place not in self._drafts:
            await self._number([place])
        if place in self.done:
            return
        try:
            prepared = self._prepare(place)
            if isinstance(prepared, Version):
                (prepared,) = await dispatch(self._desk, [prepared])
            self.done[place] = prepared
        except Unreachable:
            raise
        except (PratiqueError, Refused) as refused:
            self.done[place] = _as_error(refused)


def _as_error(refused: PratiqueError | Refused) -> PratiqueError:
    return refused if isinstance(refused, PratiqueError) else PratiqueError(refused.code, refused.detail)
