"""Derive schemas from a template's one schema: without references, for a kind, an adaptation, a transit Member."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pratique.templates.paths import steps

Schema = dict[str, Any]


def inlined(schema: Mapping[str, Any]) -> Schema:
    """Put every definition where it is used; keywords beside a reference win."""
    definitions = schema["$defs"]

    def put(node: Any) -> Any:
        if isinstance(node, list):
            return [put(item) for item in node]
        if not isinstance(node, dict):
            return node
        here = {key: put(value) for key, value in node.items() if key not in ("$ref", "$defs")}
        if "$ref" not in node:
            return here
        return {**put(definitions[node["$ref"].removeprefix("#/$defs/")]), **here}

    whole: Schema = put(dict(schema))
    return whole


def node_at(schema: Mapping[str, Any], path: str) -> Schema | None:
    """Give the part of a schema that describes one field, or None."""
    node: Any = schema
    for step in steps(path):
        node = node.get("items") if step == "[]" else node.get("properties", {}).get(step)
        if node is None:
            return None
    found: Schema = node
    return found


def leaves(schema: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Schema]]:
    """Give every field that holds a value, in the form's order."""
    if "properties" in schema:
        for name, node in schema["properties"].items():
            yield from leaves(node, f"{path}.{name}" if path else name)
    elif "items" in schema:
        yield from leaves(schema["items"], f"{path}[]")
    else:
        yield path, dict(schema)


def narrowed(
    schema: Mapping[str, Any],
    *,
    hide: Iterable[str] = (),
    optional: Iterable[str] = (),
    require: Iterable[str] = (),
) -> Schema:
    """Give the schema with fields taken out, made optional or made mandatory."""
    made = copy.deepcopy(dict(schema))
    for path in hide:
        if (parent := _parent(made, path)) is not None:
            parent["properties"].pop(steps(path)[-1], None)
            _free(parent, steps(path)[-1])
    for path in optional:
        if (parent := _parent(made, path)) is not None:
            _free(parent, steps(path)[-1])
    for path in require:
        _demand(made, path)
    return made


def route_schema(schema: Mapping[str, Any]) -> Schema:
    """Give what a transit Member's form may hold: the fields marked `x-route`, and nothing else."""
    kept = _routed(schema)
    if kept is None:
        raise ValueError("the template marks no field for the route")
    return kept


def _routed(node: Mapping[str, Any]) -> Schema | None:
    if "properties" in node:
        children = {name: _routed(child) for name, child in node["properties"].items()}
        kept = {name: child for name, child in children.items() if child is not None}
        if not kept:
            return None
        required = [name for name in node.get("required", ()) if name in kept and not conditional(kept[name])]
        return {**node, "properties": kept, "required": required}
    if "items" in node:
        items = _routed(node["items"])
        return None if items is None else {**node, "items": items}
    return dict(node) if node.get("x-route") else None


def conditional(node: Mapping[str, Any]) -> str | None:
    """Give the tick on which everything in this part of the form goes to transit, or None."""
    marks = {leaf.get("x-route") for _, leaf in leaves(node)}
    (mark,) = marks if len(marks) == 1 else (None,)
    return mark if isinstance(mark, str) else None


def known(value: Any, node: Mapping[str, Any]) -> Any:
    """Give a form without what its schema does not know."""
    if "properties" in node and isinstance(value, dict):
        inner = node["properties"]
        return {name: known(item, inner[name]) for name, item in value.items() if name in inner}
    if "items" in node and isinstance(value, list):
        return [known(item, node["items"]) for item in value]
    return value


def _parent(schema: Schema, path: str) -> Any:
    node: Any = schema
    for step in steps(path)[:-1]:
        node = node.get("items") if step == "[]" else node.get("properties", {}).get(step)
        if node is None:
            return None
    return node


def _free(parent: Schema, name: str) -> None:
    if name in parent.get("required", ()):
        parent["required"] = [one for one in parent["required"] if one != name]


def _demand(schema: Schema, path: str) -> None:
    """Make a field mandatory: with the parts that hold it, but in a list only for each item that is there."""
    way = steps(path)
    listed = max((place for place, step in enumerate(way) if step == "[]"), default=-1)
    node: Any = schema
    for place, step in enumerate(way):
        if step == "[]":
            node = node["items"]
            continue
        if place > listed and step not in node.get("required", ()):
            node["required"] = [*node.get("required", ()), step]
        node = node["properties"][step]
