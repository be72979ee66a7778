"""Write an empty form with its labels and help texts as comments, to be filled in with any editor.

Comments are lines that begin with //; fields that may be left out are comments themselves: take the // away to use one.
In every object the last field that is needed stands last, so that no comma has to be moved.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pratique.errors import PratiqueError

if TYPE_CHECKING:
    from pratique.templates import Template

_WIDTH = 110
_LONGEST_LIST = 12
_ENVELOPE = (
    '// "kind": "departure" | "onward" | "series" | "call_off"',
    '"kind": "departure",',
    '// "mode": "INFORM" | "REPLY"',
    '"mode": "INFORM",',
    '// "tlp": "TLP:RED" | "TLP:AMBER+STRICT" | "TLP:AMBER" | "TLP:GREEN" | "TLP:CLEAR"',
    '"tlp": "TLP:AMBER+STRICT",',
    '// "national_reference": "",',
)
_BLANKS: Mapping[str, Any] = {"string": "", "integer": 0, "number": 0, "boolean": False}


def write_skeleton(file: Path, template: Template, language: str) -> None:
    """Write the form to a new file; raises `PratiqueError` where there is one already."""
    if file.exists():
        raise PratiqueError("file_exists", f"{file} is there already", "choose another name, or move it away")
    file.write_text(skeleton(template, language), encoding="utf-8")


def skeleton(template: Template, language: str) -> str:
    """Give the empty form as text."""
    lines = ["{", *(f"  {line}" for line in (f"// {template.id}", *_ENVELOPE))]
    group = ""
    ordered = list(_ordered(template.schema_of("goods", "departure")))
    for name, node, needed, last in ordered:
        if node.get("x-group") not in (None, group):
            group = node["x-group"]
            title = template.group_text(group, language)
            lines += ["", f"  // ── {title} {'─' * max(_WIDTH - len(title) - 6, 4)}"]
        lines += _field(template, language, name, name, node, needed, last, "  ")
    return "\n".join([*lines, "}", ""])


def _ordered(node: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], bool, bool]]:
    """Give the fields of an object: name, schema, whether it is needed, whether it stands last."""
    needed = [name for name in node["properties"] if name in node.get("required", ())]
    for name, child in node["properties"].items():
        if name not in needed[-1:]:
            yield name, child, name in needed, False
    for name in needed[-1:]:
        yield name, node["properties"][name], True, True


def _field(
    template: Template,
    language: str,
    name: str,
    path: str,
    node: Mapping[str, Any],
    needed: bool,
    last: bool,
    indent: str,
) -> Iterator[str]:
    comma = "" if last else ","
    body = list(_value(template, language, path, node, indent))
    body[0] = f"{indent}{json.dumps(name)}: {body[0]}"
    body[-1] += comma
    yield from _help(template, language, path, node, indent)
    yield from body if needed else (f"{indent}// {line.removeprefix(indent)}" for line in body)


def _value(template: Template, language: str, path: str, node: Mapping[str, Any], indent: str) -> Iterator[str]:
    if "properties" in node:
        yield "{"
        for name, child, needed, last in _ordered(node):
            yield from _field(template, language, name, f"{path}.{name}", child, needed, last, indent + "  ")
        yield indent + "}"
    elif "properties" in node.get("items", {}):
        yield "["
        first, *rest = _value(template, language, f"{path}[]", node["items"], indent + "  ")
        yield f"{indent}  {first}"
        yield from rest
        yield indent + "]"
    elif "items" in node:
        yield "[]"
    else:
        yield json.dumps(node.get("default", _BLANKS[node["type"]]), ensure_ascii=False)


def _help(template: Template, language: str, path: str, node: Mapping[str, Any], indent: str) -> Iterator[str]:
    spoken = template.text(_leaf(path, node), language)
    told = " – ".join(text for text in (spoken.label, spoken.help) if text)
    inner = node.get("items", node)
    if "enum" in inner and len(inner["enum"]) <= _LONGEST_LIST:
        values = (_named(value, template.value_text(_leaf(path, node), value, language)) for value in inner["enum"])
        told += f" [{'; '.join(values)}]"
    yield from textwrap.wrap(told, _WIDTH, initial_indent=f"{indent}// ", subsequent_indent=f"{indent}//   ")


def _named(value: str | int, name: str) -> str:
    same = str(value).casefold().replace("_", "") == name.casefold().replace("-", "").replace(" ", "")
    return str(value) if same else f"{value} = {name}"


def _leaf(path: str, node: Mapping[str, Any]) -> str:
    """Give the path under which texts are kept: a list of single values ends in []."""
    return f"{path}[]" if "items" in node and "properties" not in node["items"] else path
