"""Know which reminder waits for what.

In a post, reminders stand behind the contents in their order, each content with as many. A part of a pre-notification
brings one for its acknowledgement and, where an answer is asked for, a second one for that; a reply brings one for
the answer, which has its clock again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal
from uuid import UUID

from pratique.contents import prenotification
from pratique.opened import OpenedEntry
from pratique.wire import strict_json
from pratique.wire.entries import Kind

Place = tuple[bytes, int]
Awaited = Literal["acknowledgement", "answer"]


class OpenReminders:
    """The reminders of the lanes that were read, ended ones too."""

    def __init__(self) -> None:
        self._posts: dict[tuple[bytes, str, UUID], tuple[list[tuple[int, str]], list[tuple[int, str]]]] = {}
        self._post_of: dict[Place, tuple[bytes, str, UUID]] = {}
        self._ended: set[Place] = set()

    def take(self, entries: Iterable[OpenedEntry]) -> None:
        """Take entries of lanes; what does not count there is passed over."""
        for entry in entries:
            if entry.problem is not None or entry.kind not in (Kind.APPLICATION, Kind.REMINDER):
                continue
            said = strict_json.loads(entry.body) if entry.kind is Kind.REMINDER else {}
            if entry.type == "reminder_end":
                self._ended.add((entry.channel, said["seq"]))
                continue
            post = (entry.channel, entry.device, entry.post_id)
            contents, reminders = self._posts.setdefault(post, ([], []))
            if entry.kind is Kind.APPLICATION:
                contents.append((entry.seq, entry.type))
            else:
                reminders.append((entry.seq, said["party"]))
            self._post_of[entry.channel, entry.seq] = post

    def end(self, channel: bytes, seqs: Iterable[int]) -> None:
        """Note reminders that this desk ended itself."""
        self._ended.update((channel, seq) for seq in seqs)

    def find(self, channel: bytes, seq: int) -> tuple[int, str] | None:
        """Give the number of the content that a reminder stands behind, and whose answer it waits for."""
        post = self._post_of.get((channel, seq))
        if post is None:
            return None
        contents, reminders = self._posts[post]
        for place, (number, party) in enumerate(reminders):
            if number == seq and contents:
                return contents[_behind(place, contents, reminders)][0], party
        return None

    def waiting(self, channel: bytes, seqs: Iterable[int], party: str, awaited: Awaited | None = None) -> set[int]:
        """Give the reminders of some contents of a lane that still wait for a party.

        Takes   awaited: only those for this; None: all
        """
        found = set()
        for seq in seqs:
            contents, reminders = self._posts.get(self._post_of.get((channel, seq), _NO_POST), ([], []))
            for place, (number, whom) in enumerate(reminders):
                about = _behind(place, contents, reminders) if contents else -1
                if about < 0 or contents[about][0] != seq or whom != party or (channel, number) in self._ended:
                    continue
                first = place == 0 or _behind(place - 1, contents, reminders) != about
                kind = "acknowledgement" if first and contents[about][1] == prenotification.TYPE else "answer"
                if awaited in (None, kind):
                    found.add(number)
        return found


_NO_POST = (b"", "", UUID(int=0))


def _behind(place: int, contents: list[tuple[int, str]], reminders: list[tuple[int, str]]) -> int:
    """Give the place of the content that the reminder at a place belongs to."""
    return min(place * len(contents) // len(reminders), len(contents) - 1)
