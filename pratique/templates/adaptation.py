"""An operation's own narrowing of a template: hide, require, default. What it lets pass, the template lets pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from pratique.contents.content import Problem
from pratique.templates.schema import leaves, narrowed, node_at
from pratique.templates.structure import Structure
from pratique.wire.refused import Refused


class Adaptation(Protocol):
    """What the coordinating party decides for its operation."""

    @property
    def hide(self) -> Sequence[str]: ...

    @property
    def require(self) -> Sequence[str]: ...

    @property
    def default(self) -> Mapping[str, Any]: ...


class AdaptationRefused(Refused):
    """An adaptation that this template cannot follow; `problems` names the paths."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("wrong_adaptation", "; ".join(str(problem) for problem in problems))
        self.problems = problems


def adaptation_problems(schema: Mapping[str, Any], adaptation: Adaptation) -> Iterator[Problem]:
    """Give what an adaptation asks that cannot be."""
    rules = (rule for rule in schema["x-rules"] if rule.get("where") not in adaptation.hide)
    demanded = {path for rule in rules for path in rule.get("demands", ())}
    kinds = [path for kind in schema["x-kinds"].values() for path in kind.get("require", ())]
    ticks = {leaf.get("x-route") for _, leaf in leaves(schema)}
    for number, path in enumerate(adaptation.hide):
        where = f"hide[{number}]"
        if node_at(schema, path) is None or path.endswith("[]"):
            yield Problem(where, "is not a field of this template", "unknown_field")
        elif any(f"{one}.".startswith(f"{path}.") for one in kinds):
            yield Problem(where, "is mandatory in a kind of this template", "rule")
        elif path in adaptation.require:
            yield Problem(where, "is also required", "rule")
        elif (path in demanded or _mandatory(schema, path)) and path not in adaptation.default:
            yield Problem(where, "is mandatory in this template; hide it with a default, or not at all", "rule")
    for number, path in enumerate(adaptation.require):
        if node_at(schema, path) is None:
            yield Problem(f"require[{number}]", "is not a field of this template", "unknown_field")
        elif _within(path, adaptation.hide):
            yield Problem(f"require[{number}]", "lies in a part that is hidden", "rule")
    for path, value in adaptation.default.items():
        node = node_at(schema, path)
        if node is None or "properties" in node or "items" in node:
            yield Problem(f"default.{path}", "is not a single field of this template", "unknown_field")
        elif path in ticks:
            yield Problem(f"default.{path}", "decides what transit reads: each sender ticks it, or not", "rule")
        elif _within(path, adaptation.hide):
            yield Problem(f"default.{path}", "lies in a part that is hidden", "rule")
        else:
            for problem in Structure(node).problems(value):
                yield Problem(f"default.{path}", problem.text, problem.code)


def adapt(schema: Mapping[str, Any], adaptation: Adaptation) -> dict[str, Any]:
    """Give the narrowed schema; raises `AdaptationRefused`."""
    if found := tuple(adaptation_problems(schema, adaptation)):
        raise AdaptationRefused(found)
    gone = [path for path in adaptation.hide if path not in adaptation.default]
    made = narrowed(schema, hide=gone, require=[*adaptation.require, *adaptation.default])
    for path, value in adaptation.default.items():
        if (node := node_at(made, path)) is not None:
            node["default"] = value
            if path in adaptation.hide:
                node["enum"], node["x-hidden"] = [value], True
    for kind in made["x-kinds"].values():
        kind["optional"] = [path for path in kind.get("optional", ()) if path not in adaptation.require]
    return made


def _within(path: str, hide: Sequence[str]) -> bool:
    return any(path.startswith((f"{one}.", f"{one}[")) for one in hide)


def _mandatory(schema: Mapping[str, Any], path: str) -> bool:
    above, _, name = path.rpartition(".")
    parent = node_at(schema, above) if above else schema
    return parent is not None and name in parent.get("required", ())
