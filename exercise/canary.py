"""Search bytes for the plaintext of a document: each value raw, in base64 at three alignments, in hex and in UTF-16.

Short values and numbers are searched together with their field name, as they stand in a sealed content.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LEAST_CHARACTERS = 5


@dataclass(frozen=True)
class Hit:
    """A plaintext value that stands where it must not."""

    where: str
    value: str
    form: str


def marks(document: Any) -> set[str]:
    """Give what of a parsed JSON document must not be found: every value of it, alone or with its field name."""
    return set(_marks(document, ""))


def _marks(value: Any, name: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _marks(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from _marks(item, name)
    else:
        yield f"{json.dumps(name)}:{json.dumps(value, ensure_ascii=False)}"
        if isinstance(value, str) and len(value) >= LEAST_CHARACTERS:
            yield value


def forms(value: str) -> Iterator[tuple[str, bytes]]:
    """Give the ways in which a value could lie in a file."""
    raw = value.encode()
    yield "raw", raw
    if (escaped := json.dumps(value)[1:-1].encode()) != raw:
        yield "JSON", escaped
    yield "hex", raw.hex().encode()
    yield "HEX", raw.hex().upper().encode()
    yield "UTF-16 LE", value.encode("utf-16-le")
    yield "UTF-16 BE", value.encode("utf-16-be")
    for shift in range(3):
        # The first and last characters depend on what stands around the value: only the inner ones are its own.
        first, end = -(-shift * 8 // 6), (shift + len(raw)) * 8 // 6
        inner = base64.b64encode(bytes(shift) + raw + bytes(3))[first:end]
        yield f"base64 +{shift}", inner
        if (safe := inner.replace(b"+", b"-").replace(b"/", b"_")) != inner:
            yield f"base64url +{shift}", safe


def planted(values: Iterable[str]) -> bytes:
    """Give bytes that hold each value in each form, to try the search on."""
    return b"".join(bytes(7) + sought for value in values for _, sought in forms(value))


def search(values: Iterable[str], sources: Iterable[tuple[str, bytes]]) -> list[Hit]:
    """Give every place where a value is found.

    Takes   sources: (name, bytes) of files, rows or log lines
    """
    wanted = [(value, form, sought) for value in sorted(values) for form, sought in forms(value)]
    return [Hit(where, value, form) for where, data in sources for value, form, sought in wanted if sought in data]


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Give every file under a folder with its bytes."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes()
