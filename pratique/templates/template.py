"""One version of a template: what a form must hold, what is odd about it, what transit reads, what changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from typing import Any, Literal, Protocol

from pratique import codes
from pratique.codes.data import folder, read_json
from pratique.contents.content import Problem
from pratique.templates import filling, projection
from pratique.templates.adaptation import Adaptation, adapt
from pratique.templates.changes import Change, changes
from pratique.templates.fields import Field, containers, fields_of
from pratique.templates.finding_rules import FINDINGS
from pratique.templates.rules import RULES
from pratique.templates.schema import inlined, known, narrowed, node_at, route_schema
from pratique.templates.structure import Structure
from pratique.templates.text import FieldText, texts
from pratique.wire.refused import Refused

PartName = Literal["goods", "route"]
Form = Mapping[str, Any]
_ID = re.compile(r"[a-z][a-z_]{0,39}/[1-9][0-9]{0,3}")


class UnknownTemplate(Refused):
    """A template or version that this program does not have."""

    def __init__(self) -> None:
        super().__init__("unknown_template", "this version of the template is not known here; update the program")


class Explained(Protocol):
    """A finding that a person has given a reason for."""

    @property
    def field(self) -> str: ...


class Template:
    """One version; `id` is what a sent entry pins.

    Shape  schema: JSON Schema 2020-12 without references, with the keywords of docs/templates.md
    """

    def __init__(self, id: str, schema: Mapping[str, Any]) -> None:
        self.id = id
        self.schema = schema
        self._schemas: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._structures: dict[tuple[str, str], Structure] = {}

    @property
    def kinds(self) -> tuple[str, ...]:
        """Give the kinds of announcement this template knows."""
        return tuple(self.schema["x-kinds"])

    @property
    def groups(self) -> tuple[str, ...]:
        """Give the groups of fields in their order."""
        return tuple(self.schema["x-groups"])

    def problems(self, form: Form, part: PartName = "goods", kind: str = "departure") -> tuple[Problem, ...]:
        """Give what blocks: structure first, then the rules between fields where every value has its form."""
        found = self._structure(part, kind).problems(form)
        if any(problem.code == "wrong_form" for problem in found):
            return found
        told = {problem.path for problem in found}
        # A rule may rely on the form of all it reads: what is no field here was not looked at.
        if any(problem.code == "unknown_field" for problem in found):
            form = known(form, self.schema_of(part, kind))
        rules = (RULES[name](form) for name in self._rules("x-rules", part, kind))
        return (*found, *(problem for rule in rules for problem in rule if problem.path not in told))

    def findings(
        self, form: Form, overrides: Iterable[Explained] = (), part: PartName = "goods", kind: str = "departure"
    ) -> tuple[Problem, ...]:
        """Give what needs a reason and has none; only of a form without problems."""
        explained = {override.field for override in overrides}
        schema = self.schema_of(part, kind)
        rules = (FINDINGS[name](form, schema) for name in self._rules("x-findings", part, kind))
        return tuple(problem for rule in rules for problem in rule if problem.path not in explained)

    def project(self, form: Form, party: str) -> dict[str, Any]:
        """Give what one transit Member reads."""
        return projection.project(form, self._route, party)

    def route_path(self, form: Form, party: str, path: str) -> str | None:
        """Give where a value of the whole form stands in one transit Member's view; None: it does not."""
        inner = projection.route_path(form, party, path)
        seen = inner is not None and node_at(self._route, re.sub(r"\[\d+\]", "[]", inner)) is not None
        return inner if seen else None

    def changes(self, before: Form, after: Form, part: PartName = "goods") -> tuple[Change, ...]:
        """Give what differs between two versions of a form."""
        return changes(before, after, self._route if part == "route" else self.schema)

    def filled(self, form: Form, kind: str = "departure") -> dict[str, Any]:
        """Give the form with defaults, and references as they are stored; do this before `problems`."""
        made: dict[str, Any] = filling.filled(dict(form), self.schema_of("goods", kind))
        return made

    def fields(self, part: PartName = "goods", kind: str = "departure") -> tuple[Field, ...]:
        """Give every field in the form's order."""
        return fields_of(self.schema_of(part, kind))

    def text(self, path: str, language: str = "en") -> FieldText:
        """Give a field's or a part's label and help."""
        spoken = texts(self.id, language)["fields"]
        label, help_ = spoken[self._text_key(path)]
        return FieldText(label, help_, tuple(spoken[self._text_key(part)][0] for part in containers(path)))

    def group_text(self, group: str, language: str = "en") -> str:
        """Give a group's label."""
        return str(texts(self.id, language)["groups"][group])

    def value_text(self, path: str, value: str | int, language: str = "en") -> str:
        """Give the name of a field's code; the value itself where it is no code."""
        node = node_at(self.schema, path) or {}
        if node.get("x-list") != "hs2022":
            return codes.name(node["x-list"], value, language) if "x-list" in node else str(value)
        six = str(value)[:6]
        # The short list speaks six languages, the long one is UN Comtrade's English.
        named = next((name for name in ("hs_health", "hs2022") if codes.holds(name, six)), None)
        return codes.name(named, six, language) if named else str(value)

    def adapted(self, adaptation: Adaptation) -> Template:
        """Give the template as an operation wants it; raises `AdaptationRefused`."""
        return Template(self.id, adapt(self.schema, adaptation))

    def schema_of(self, part: PartName, kind: str) -> Mapping[str, Any]:
        """Give the schema of one part for one kind of announcement."""
        if (part, kind) not in self._schemas:
            whole = narrowed(self.schema, **self.schema["x-kinds"][kind])
            self._schemas[part, kind] = route_schema(whole) if part == "route" else whole
        return self._schemas[part, kind]

    @cached_property
    def _route(self) -> Mapping[str, Any]:
        return route_schema(self.schema)

    def _structure(self, part: PartName, kind: str) -> Structure:
        if (part, kind) not in self._structures:
            self._structures[part, kind] = Structure(self.schema_of(part, kind))
        return self._structures[part, kind]

    def _rules(self, keyword: str, part: str, kind: str) -> Iterator[str]:
        for rule in self.schema[keyword]:
            if part in rule.get("parts", (part,)) and kind in rule.get("kinds", (kind,)):
                yield rule["rule"]

    def _text_key(self, path: str) -> str:
        node = node_at(self.schema, path) or {}
        return str(node.get("x-text", path))


@cache
def load(id: str) -> Template:
    """Give one version, such as prenotification/1; raises `UnknownTemplate`."""
    file = folder() / id / "schema.json"
    if not _ID.fullmatch(id) or not file.is_file():
        raise UnknownTemplate
    return Template(id, inlined(read_json(file)))


def names() -> tuple[str, ...]:
    """Give every template and version, oldest version first."""
    found = (file.parent for file in folder().glob("*/*/schema.json"))
    return tuple(
        f"{place.parent.name}/{place.name}" for place in sorted(found, key=lambda p: (p.parent.name, int(p.name)))
    )


def newest(name: str) -> Template:
    """Give the newest version of a template; raises `UnknownTemplate`."""
    versions = [id for id in names() if id.startswith(f"{name}/")]
    if not versions:
        raise UnknownTemplate
    return load(versions[-1])
