"""Search everything that a server holds for everything that was said, and say what was found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exercise.canary import Hit, files, marks, planted, search

# Names of places in logs, not words of anybody: the server itself gave them.
PLACES = frozenset({"log", "seq"})


def said_in(documents: Iterable[Any]) -> set[str]:
    """Give every value of documents and contents that must not be found."""
    found: set[str] = set()
    for document in documents:
        found |= marks(_without_places(document))
    return found


def _without_places(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_places(item) for name, item in value.items() if name not in PLACES}
    return [_without_places(item) for item in value] if isinstance(value, list) else value


@dataclass(frozen=True)
class Found:
    """What a search found, and where it looked."""

    hits: tuple[Hit, ...]
    size: int
    names: tuple[str, ...]

    def __str__(self) -> str:
        """Say it in a few words."""
        return f"{len(self.hits)} found in {self.size:,} bytes ({', '.join(self.names)})"


class Search:
    """What is looked for.

    Takes   before: what the place held before anything was said: its words prove nothing
    """

    def __init__(self, values: Iterable[str], before: bytes) -> None:
        self.values = {value for value in values if value.encode() not in before}

    def beyond(self, before: bytes) -> Search:
        """Give the same search without the words that stand in these bytes."""
        return Search(self.values, before)

    def works(self) -> bool:
        """Say whether each value is found where it is planted: a search that cannot find proves nothing."""
        return {hit.value for hit in search(self.values, [("planted", planted(self.values))])} == self.values

    def within(self, folder: Path, *names: str) -> Found:
        """Search the files of a folder: all, or those whose names begin so."""
        sources = [(name, data) for name, data in files(folder) if not names or name.startswith(names)]
        size = sum(len(data) for _, data in sources)
        return Found(tuple(search(self.values, sources)), size, tuple(name for name, _ in sources))
