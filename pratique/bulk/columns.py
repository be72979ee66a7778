"""The columns of a bulk file: the template's fields laid flat, one row per lot.

    goods[].product              goods.product            (a line of goods; repeated or left empty on its further lots)
    goods[].lots[].batch         lot.batch                (the row's own lot)
    legs[].from_place            leg1.from_place, leg2.from_place, …
    temperature.loggers[].serial logger1.serial, …
    legs[].seals[]               leg1.seals               (several values in one cell, separated by ;)

Before them stand the announcement's own columns, such as `national_reference`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from pratique.templates.paths import steps
from pratique.templates.schema import leaves, node_at

if TYPE_CHECKING:
    from pratique.templates.template import Template

# How many of each numbered thing an empty template offers; a file may go on to the template's own limit.
OFFERED = {"leg": 3, "document": 3, "logger": 2, "diluent": 2}
NATIONAL_REFERENCE = "national_reference"
REASON = "reason"
IGNORED = frozenset({"errors"})
_WORDS = {"type": "string", "minLength": 1, "maxLength": 200}
# The announcement's own columns, in their order.
OWN: Mapping[str, Mapping[str, Any]] = {
    NATIONAL_REFERENCE: {**_WORDS, "required": True},
    "kind": {"type": "string", "enum": ["departure", "onward", "series", "call_off"]},
    "mode": {"type": "string", "enum": ["INFORM", "REPLY"]},
    "tlp": {"type": "string", "enum": ["TLP:RED", "TLP:AMBER+STRICT", "TLP:AMBER", "TLP:GREEN", "TLP:CLEAR"]},
    "relates_to": {**_WORDS, "many": True},
    "urgency_reason": {"type": "string", "maxLength": 4000},
    REASON: _WORDS,
}


Step = str | int


@dataclass(frozen=True)
class Column:
    """One column: its header, the field it fills, and that field's schema.

    Takes   level: own, shipment, goods or lot: what a value belongs to; path: where it goes below that level
    """

    header: str
    level: str
    path: tuple[Step, ...]
    field: str
    node: Mapping[str, Any]
    many: bool = False
    required: bool = False

    @property
    def code_list(self) -> str:
        """The name of the code list its values come from; empty where there is none."""
        return str(self.node.get("x-list", ""))


class Columns:
    """All columns that a template has; `offered` are those of an empty file, in order."""

    def __init__(self, template: Template) -> None:
        required = {field.path for field in template.fields() if field.required}
        own = [
            Column(name, "own", (name,), name, node, "many" in node, "required" in node) for name, node in OWN.items()
        ]
        self.offered = [*own, *_laid_flat(template.schema, required, OFFERED)]
        self._by_header = {column.header: column for column in (*own, *_laid_flat(template.schema, required, {}))}

    def find(self, header: str) -> Column | None:
        """Give the column of a header, or None."""
        return self._by_header.get(header)


def header_of(path: str) -> str:
    """Give the header of a value: `legs[1].awb` stands under leg2.awb, `goods[0].lots[1].doses` under lot.doses."""
    prefix, below = _level(steps(path))
    if below and below[-1].startswith("["):
        below = below[:-1]
    for at, step in enumerate(below):
        if step.startswith("["):
            return ".".join([f"{_singular(below[at - 1])}{int(step[1:-1]) + 1}", *below[at + 1 :]])
    return ".".join([*([prefix] if prefix in ("goods", "lot") else []), *below])


def _laid_flat(schema: Mapping[str, Any], required: set[str], offered: Mapping[str, int]) -> Iterator[Column]:
    """Give each column; all of leg1 stand together before leg2."""
    for array, group in groupby(leaves(schema), key=lambda leaf: _array(leaf[0])):
        fields = list(group)
        most = 1 if array is None else int((node_at(schema, array) or {}).get("maxItems", 1))
        if array is not None and offered:
            most = min(most, offered.get(_singular(steps(array)[-1]), most))
        for number in range(most):
            for path, node in fields:
                yield _column(path, node, path in required or path.removesuffix("[]") in required, number)


def _column(path: str, node: Mapping[str, Any], required: bool, number: int) -> Column:
    level, below = _level(steps(path))
    many = below[-1] == "[]"
    below = below[:-1] if many else below
    place = tuple(number if step == "[]" else step for step in below)
    written = [f"[{number}]" if step == "[]" else step for step in below]
    above = {"goods": ["goods", "[0]"], "lot": ["goods", "[0]", "lots", "[0]"]}.get(level, [])
    header = header_of(_joined([*above, *written]))
    # What stands in a list is asked for only where the list has that item.
    return Column(header, level, place, path, node, many, required and number == 0 and "default" not in node)


def _level(below: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    if below[0] == "goods" and len(below) > 1:
        if below[2:3] == ("lots",) and len(below) > 3:
            return "lot", below[4:]
        return "goods", below[2:]
    return "shipment", below


def _array(path: str) -> str | None:
    """Give the list of numbered things that a field is in, or None; lines of goods and lots have rows instead."""
    _, below = _level(steps(path))
    inner = [at for at, step in enumerate(below[:-1]) if step == "[]"]
    if not inner:
        return None
    above = steps(path)[: len(steps(path)) - len(below)]
    return _joined([*above, *below[: inner[0]]])


def _joined(parts: Sequence[str]) -> str:
    text = ""
    for part in parts:
        text += part if part.startswith("[") or not text else f".{part}"
    return text


def _singular(name: str) -> str:
    return name.removesuffix("s")
