"""The fields of a template as a flat list, for screens, tables and translations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pratique.templates.paths import steps
from pratique.templates.schema import conditional


@dataclass(frozen=True)
class Field:
    """One field that holds a value.

    Shape  path: goods[].lots[].expiry; a list of single values ends in []
           type: text, day, instant, integer, number or boolean
           required: must be filled in every form; `within`: must be filled where its part of the form is used
           list: the code list of its values; `enum`: the only values, in their order
           route: True, or the tick on which transit sees it; `hidden`: an operation fixed its value
    """

    path: str
    group: str
    type: str
    required: bool
    within: bool
    list: str | None
    unit: str | None
    enum: tuple[str | int, ...] | None
    check: str | None
    default: Any
    route: bool | str
    material: bool | str
    hidden: bool
    max_length: int | None
    minimum: float | None
    maximum: float | None

    @property
    def repeats(self) -> bool:
        """Say whether there may be several."""
        return "[]" in self.path


def fields_of(schema: Mapping[str, Any]) -> tuple[Field, ...]:
    """Give every field of a schema in the form's order."""
    return tuple(_fields(schema, "", "", True, True, False))


def _fields(
    node: Mapping[str, Any], path: str, group: str, required: bool, within: bool, material: bool | str
) -> Iterator[Field]:
    group, material = node.get("x-group", group), node.get("x-material", material)
    if "properties" in node:
        for name, child in node["properties"].items():
            wanted = name in node.get("required", ())
            yield from _fields(child, f"{path}.{name}" if path else name, group, required and wanted, wanted, material)
    elif "items" in node:
        yield from _fields(node["items"], f"{path}[]", group, required, within, material)
    else:
        yield Field(
            path, group, _type(node), required, within, node.get("x-list"), node.get("x-unit"),
            tuple(node["enum"]) if "enum" in node else None, node.get("x-check"), node.get("default"),
            conditional(node) or bool(node.get("x-route")), material, bool(node.get("x-hidden")),
            node.get("maxLength"), node.get("minimum", node.get("exclusiveMinimum")), node.get("maximum"),
        )  # fmt: skip


def _type(node: Mapping[str, Any]) -> str:
    if node["type"] != "string":
        return str(node["type"])
    return {"day": "day", "gs1-day": "day", "utc-instant": "instant"}.get(node.get("format", ""), "text")


def containers(path: str) -> tuple[str, ...]:
    """Give the parts of the form that hold a field: goods and goods[].lots for goods[].lots[].expiry."""
    parts = [step for step in steps(path) if step != "[]"]
    found, text = [], ""
    for step in steps(path):
        if step == "[]":
            text += "[]"
        else:
            text = f"{text}.{step}" if text else step
            found.append(text)
    return tuple(found[: len(parts) - 1])
