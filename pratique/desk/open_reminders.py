"""Know which reminder waits for what: each stands in one post behind the content it reminds of."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from pratique.opened import OpenedEntry
from pratique.wire import strict_json
from pratique.wire.entries import Kind

Place = tuple[bytes, int]


class OpenReminders:
    """The reminders of the lanes that were read, ended ones too."""

    def __init__(self) -> None:
        self._last: dict[tuple[bytes, str, UUID], list[int]] = {}
        self._behind: dict[Place, list[tuple[int, str]]] = {}
        self._reminds: dict[Place, tuple[int, str]] = {}
        self._ended: set[Place] = set()

    def take(self, entries: Iterable[OpenedEntry]) -> None:
        """Take entries of lanes; what does not count there is passed over."""
        for entry in entries:
            if entry.problem is not None:
                continue
            post = (entry.channel, entry.device, entry.post_id)
            if entry.kind is Kind.APPLICATION:
                self._last.setdefault(post, []).append(entry.seq)
            elif entry.kind is Kind.REMINDER:
                said = strict_json.loads(entry.body)
                if entry.type == "reminder_end":
                    self._ended.add((entry.channel, said["seq"]))
                elif (about := max((seq for seq in self._last.get(post, ()) if seq < entry.seq), default=None)) is None:
                    continue
                else:
                    self._behind.setdefault((entry.channel, about), []).append((entry.seq, said["party"]))
                    self._reminds[(entry.channel, entry.seq)] = (about, said["party"])

    def end(self, channel: bytes, seqs: Iterable[int]) -> None:
        """Note reminders that this desk ended itself."""
        self._ended.update((channel, seq) for seq in seqs)

    def find(self, channel: bytes, seq: int) -> tuple[int, str] | None:
        """Give the number of the content that a reminder stands behind, and whose answer it waits for."""
        return self._reminds.get((channel, seq))

    def waiting(self, channel: bytes, contents: Iterable[int], party: str) -> tuple[int, ...]:
        """Give the reminders of some contents of a lane that still wait for a party."""
        found = (one for seq in contents for one in self._behind.get((channel, seq), ()))
        return tuple(
            sorted({seq for seq, whom in found if whom == party and (channel, seq) not in self._ended})
        )  # fmt: skip
