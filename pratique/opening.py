"""Open sealed entries with the epoch keys at hand: links first, since they bring older keys, then contents in order.

An entry that does not open, or is not believed, becomes a value with its reason; nothing here fails.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from pratique.sealing import Content, EpochKey, Place, SealRefused, open_link, open_sealed
from pratique.store.file import Store
from pratique.store.keys import Keys
from pratique.store.logs import Logs, Row
from pratique.sync import mistrust
from pratique.wire.entries import Entry, Kind

T = TypeVar("T")


@dataclass(frozen=True)
class Opener:
    """Opens what waits in one store; every call stands in the caller's transaction, or in one of its own."""

    store: Store
    logs: Logs
    keys: Keys

    def open_waiting(self, log: bytes) -> None:
        """Open every waiting entry of a channel for which a key is held."""
        with self.store.transaction():
            while self._walk_links(log):
                pass
            for row in self.logs.waiting(log):
                self.logs.put(self._content(row))

    def _walk_links(self, log: bytes) -> bool:
        """Open waiting links, newest first; say whether one brought a key that was not there."""
        links = [row for row in self.logs.waiting(log) if row.entry.kind is Kind.LINK]
        brought = False
        for row in reversed(links):
            entry = row.entry
            try:
                old = self._try(row, open_link)
            except SealRefused as refused:
                self.logs.put(replace(row, state="refused", problem=f"wrong_link: {refused.detail}"))
                continue
            if self.keys.has_own(log, old.epoch):
                good = old in self.keys.epochs(log, old.epoch)[:1]
                problem = (
                    f"wrong_link: {entry.device} linked to another key of epoch {old.epoch} than this device holds"
                )
                self.logs.put(replace(row, state="counted" if good else "refused", problem=None if good else problem))
                continue
            self.keys.put_epoch(log, old, source=entry.seq)
            self.logs.put(replace(row, state="counted"))
            self.logs.wait_again(log, old.epoch)
            brought = True
        return brought

    def _content(self, row: Row) -> Row:
        entry = row.entry
        if entry.kind is not Kind.APPLICATION:
            return row
        try:
            content: Content = self._try(row, open_sealed)
        except SealRefused as refused:
            detail = f"could not be opened, epoch {entry.epoch}" if refused.code == "cannot_open" else refused.detail
            return replace(row, state="refused", problem=f"{refused.code}: {detail}")
        problem = self._doubt(row, content)
        if problem is not None:
            return replace(row, state="refused", problem=problem)
        return replace(row, state="opened", type=content.type, body=content.body, problem=None)

    def _doubt(self, row: Row, content: Content) -> str | None:
        entry, seen = row.entry, content.seen
        if seen.seq >= entry.seq or self.logs.chain_at(entry.log, seen.seq) != seen.chain:
            self.logs.note(mistrust(self.logs.load(entry.log), entry.device))
            where = f"(up to {seen.seq}); ask {entry.device} and the server's operator"
            return f"seen_mismatch: the sender saw other entries than this device {where}"
        if not self.logs.count(row):
            return "replayed: an entry of this post came before"
        return None

    def _try(self, row: Row, open_with: Callable[[bytes, Place, EpochKey, bytes], T]) -> T:
        """Open with each key held for the entry's epoch; raises the last `SealRefused`."""
        entry = row.entry
        keys = self.keys.epochs(entry.log, entry.epoch)
        for key in keys:
            try:
                return open_with(entry.data, place_of(entry), key, row.signer)
            except SealRefused as refused:
                if key is keys[-1] or refused.code != "cannot_open":
                    raise
        raise SealRefused("cannot_open", f"no key of epoch {entry.epoch} is held")


def place_of(entry: Entry) -> Place:
    """Give the place into which an entry was sealed."""
    return Place(entry.log, entry.device, entry.post_id, entry.kind)
