"""Paths of fields: `goods[].lots[].expiry` names a field of the template, `goods[0].lots[1].expiry` one value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Step = str | int
_INDEX = re.compile(r"\[\d+\]")
_STEP = re.compile(r"\[\d*\]|[^.\[\]]+")


def steps(path: str) -> tuple[str, ...]:
    """Cut a field's path: `goods[].product` is goods, [], product."""
    return tuple(_STEP.findall(path))


def field_path(path: str) -> str:
    """Give the field that a value's path belongs to: `legs[1].awb` is of `legs[].awb`."""
    return _INDEX.sub("[]", path)


def joined(*parts: Step) -> str:
    """Write a value's path: names by dots, places in lists in brackets."""
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def values(form: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Give each value that a form has at a field's path, with its own path."""
    yield from _values(form, steps(path), ())


def _values(value: Any, rest: tuple[str, ...], before: tuple[Step, ...]) -> Iterator[tuple[str, Any]]:
    if not rest:
        yield joined(*before), value
    elif rest[0] == "[]":
        for index, item in enumerate(value if isinstance(value, list | tuple) else ()):
            yield from _values(item, rest[1:], (*before, index))
    elif isinstance(value, dict) and rest[0] in value:
        yield from _values(value[rest[0]], rest[1:], (*before, rest[0]))
