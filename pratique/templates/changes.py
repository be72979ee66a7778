"""What differs between two versions of a form, and whether it resets the answers that were given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pratique.templates.days import instant

SHIFT = {"air": timedelta(hours=6)}
OTHER_SHIFT = timedelta(hours=24)
Mark = bool | str


@dataclass(frozen=True)
class Change:
    """One difference; `before` or `after` is None where the value was not there.

    Shape  path: as in the form after; as in the form before for what was taken away
    """

    path: str
    before: Any
    after: Any
    material: bool


def changes(before: Any, after: Any, schema: Mapping[str, Any]) -> tuple[Change, ...]:
    """Give the differences of two forms in the form's order."""
    return tuple(_changes(before, after, schema, "", False, None))


def _changes(
    before: Any, after: Any, node: Mapping[str, Any], path: str, material: Mark, mode: str | None
) -> Iterator[Change]:
    material = node.get("x-material", material)
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict) and "properties" in node:
        mode = after.get("mode", mode)
        for name, child in node["properties"].items():
            yield from _changes(
                before.get(name), after.get(name), child, f"{path}.{name}" if path else name, material, mode
            )
    elif isinstance(before, list) and isinstance(after, list) and "properties" in node.get("items", {}):
        for place, old, new in _pairs(before, after, node.get("x-key")):
            yield from _changes(old, new, node["items"], f"{path}[{place}]", material, mode)
    elif before is None or after is None:
        yield Change(path, before, after, _weighs(node, material, before if after is None else after))
    elif material == "shift":
        limit = SHIFT.get(mode or "", OTHER_SHIFT)
        yield Change(path, before, after, abs(instant(after) - instant(before)) > limit)
    else:
        yield Change(path, before, after, bool(material))


def _weighs(node: Mapping[str, Any], material: Mark, value: Any) -> bool:
    """Say whether anything material came or went."""
    material = node.get("x-material", material)
    if isinstance(value, dict) and "properties" in node:
        return any(_weighs(node["properties"][name], material, inner) for name, inner in value.items())
    if isinstance(value, list):
        return any(_weighs(node["items"], material, inner) for inner in value)
    return bool(material)


def _pairs(before: Sequence[Any], after: Sequence[Any], key: str | None) -> Iterator[tuple[int, Any, Any]]:
    """Pair items by their key where the list has one, else by their place."""
    if key is None:
        for place in range(max(len(before), len(after))):
            old, new = (items[place] if place < len(items) else None for items in (before, after))
            yield place, old, new
        return
    known = {item.get(key): item for item in before}
    for place, item in enumerate(after):
        yield place, known.pop(item.get(key), None), item
    for place, item in enumerate(before):
        if item.get(key) in known:
            yield place, known.pop(item.get(key)), None
