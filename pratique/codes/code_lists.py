"""Read a code list when it is first asked for, and keep it."""

from __future__ import annotations

import csv
import gzip
import io
import os
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pratique.codes.data import folder, read_json

FALLBACK = "en"


class UnknownList(KeyError):
    """A list that is not shipped."""


@dataclass(frozen=True, slots=True)
class Code:
    """One code: its names by language, and what else its list says of it."""

    code: str
    names: Mapping[str, str]
    extra: Mapping[str, Any] = field(default_factory=dict)

    def name(self, language: str) -> str:
        """Give its name; English where the list has no other, the code where it has none."""
        return self.names.get(language) or self.names.get(FALLBACK) or self.code


@dataclass(frozen=True)
class Source:
    """Where a list is from."""

    source: str
    date: str
    licence: str


@dataclass(frozen=True)
class _List:
    source: Source
    codes: Mapping[str, Code]
    folded: dict[str, list[tuple[str, Code]]] = field(default_factory=dict)


def lists() -> tuple[str, ...]:
    """Give the names of all lists."""
    return tuple(sorted({path.stem for place in _places() for path in place.glob("*.json")}))


def source(list_name: str) -> Source:
    """Give a list's source, date and licence; raises `UnknownList`."""
    return _load(list_name).source


def codes(list_name: str) -> Mapping[str, Code]:
    """Give a whole list in its order; raises `UnknownList`."""
    return _load(list_name).codes


def entry(list_name: str, code: str | int) -> Code | None:
    """Give one code, or None; raises `UnknownList`."""
    return _load(list_name).codes.get(str(code))


def holds(list_name: str, code: str | int) -> bool:
    """Say whether a list has a code; raises `UnknownList`."""
    return str(code) in _load(list_name).codes


def name(list_name: str, code: str | int, language: str = FALLBACK) -> str:
    """Give a code's name; the code itself where the list does not have it."""
    found = entry(list_name, code)
    return found.name(language) if found else str(code)


def search(list_name: str, text: str, language: str = FALLBACK, limit: int = 20) -> tuple[Code, ...]:
    """Give the codes that begin with a text, then those with a word that begins with it, then those that contain it."""
    wanted = _fold(text)
    found: tuple[list[Code], ...] = ([], [], [])
    if not wanted:
        return ()
    for folded, code in _folded(list_name, language):
        at = folded.find(wanted)
        if code.code.lower().startswith(wanted):
            found[0].append(code)
        elif at >= 0:
            found[1 if at == 0 or f" {wanted}" in folded else 2].append(code)
    return tuple(code for rank in found for code in rank)[:limit]


def _folded(list_name: str, language: str) -> list[tuple[str, Code]]:
    known = _load(list_name)
    if language not in known.folded:
        known.folded[language] = [(_fold(code.name(language)), code) for code in known.codes.values()]
    return known.folded[language]


def _fold(text: str) -> str:
    """Give a text without case and accents, so that Liege finds Liège."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).strip()


def _places() -> tuple[Path, ...]:
    """Give where lists are looked for: an administration's own folder first, then those shipped."""
    own = os.environ.get("PRATIQUE_CODES")
    return (*((Path(own),) if own else ()), folder() / "codes")


@cache
def _load(list_name: str) -> _List:
    for place in _places():
        file = place / f"{list_name}.json"
        if file.is_file():
            head = read_json(file)
            source = Source(head["source"], head["date"], head["licence"])
            rows = _table(place / head["rows"]) if "rows" in head else _entries(head["codes"])
            return _List(source, {code.code: code for code in rows})
    raise UnknownList(f"there is no code list {list_name}")


def _entries(entries: Mapping[str, Mapping[str, Any]]) -> Iterator[Code]:
    for code, one in entries.items():
        yield Code(code, one["names"], {key: value for key, value in one.items() if key != "names"})


def _table(file: Path) -> Iterator[Code]:
    """Read a long list: columns code, name, then whatever else it says."""
    with io.TextIOWrapper(gzip.open(file), encoding="utf-8", newline="") as text:
        for code, english, *rest in (reader := csv.reader(text)):
            if reader.line_num == 1:
                columns = rest
            else:
                yield Code(code, {FALLBACK: english}, dict(zip(columns, rest, strict=True)))
