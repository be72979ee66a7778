"""Say what is wrong with a form's structure, in sentences that never quote what was written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

import jsonschema_rs

from pratique.contents.content import Problem
from pratique.templates.days import last_day
from pratique.templates.paths import Step, joined

_TYPES = {
    "string": "must be text",
    "integer": "must be a whole number",
    "number": "must be a number",
    "boolean": "must be true or false",
    "array": "must be a list",
    "object": "must be an object",
}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")


class Structure:
    """One compiled schema."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema
        self._validator = jsonschema_rs.Draft202012Validator(
            dict(schema), formats={name: _reads(reader) for name, reader in _FORMATS.items()}, validate_formats=True
        )

    def problems(self, form: Any) -> tuple[Problem, ...]:
        """Give what is wrong, in the form's order, each field once."""
        if self._validator.is_valid(form):
            return ()
        found = [one for error in self._validator.iter_errors(form) for one in self._told(error)]
        first: dict[str, tuple[tuple[int, ...], Problem]] = {}
        for place, problem in found:
            first.setdefault(problem.path, (place, problem))
        return tuple(problem for _, problem in sorted(first.values(), key=lambda one: one[0]))

    def _told(self, error: jsonschema_rs.ValidationError) -> Iterator[tuple[tuple[int, ...], Problem]]:
        where = tuple(error.instance_path)
        *above, keyword = error.schema_path
        node = self._node(above)
        if keyword == "additionalProperties":
            # The name of an unknown field is somebody's text: it is told only where it looks like a name.
            names = [name for name in error.kind.unexpected if _NAME.fullmatch(name)]  # type: ignore[attr-defined]
            for path in [(*where, name) for name in names] or [where]:
                yield self._place(path), Problem(joined(*path), "is not a field of this form", "unknown_field")
        elif keyword == "required":
            path = (*where, error.kind.property)  # type: ignore[attr-defined]
            yield self._place(path), Problem(joined(*path), "is missing", "missing")
        else:
            text, code = sentence(str(keyword), node)
            yield self._place(where), Problem(joined(*where), text, code)

    def _node(self, path: list[Any]) -> Mapping[str, Any]:
        node: Any = self._schema
        for step in path:
            node = node[step]
        return node  # type: ignore[no-any-return]

    def _place(self, path: tuple[Step, ...]) -> tuple[int, ...]:
        node: Any = self._schema
        place = []
        for step in path:
            if isinstance(step, int):
                place.append(step)
                node = node.get("items", {})
            else:
                known = list(node.get("properties", ()))
                place.append(known.index(step) if step in known else len(known))
                node = node.get("properties", {}).get(step, {})
        return tuple(place)


def sentence(keyword: str, node: Mapping[str, Any]) -> tuple[str, str]:
    """Give the sentence and the code for one keyword of JSON Schema that does not hold."""
    bound = node.get(keyword)
    match keyword:
        case "type":
            return _TYPES[node["type"]], "wrong_form"
        case "enum":
            return "must be one of " + ", ".join(str(one) for one in node["enum"]), "wrong_form"
        case "pattern":
            return node["x-wrong"], "wrong_form"
        case "format":
            return f"is not a {'time' if node['format'] == 'utc-instant' else 'day'} of the calendar", "wrong_form"
        case "minLength":
            return "is empty" if bound == 1 else f"must have at least {bound} characters", "out_of_range"
        case "maxLength":
            return f"must have at most {bound} characters", "out_of_range"
        case "minItems":
            return "is empty" if bound == 1 else f"must have at least {bound} items", "out_of_range"
        case "maxItems":
            return f"must have at most {bound} items", "out_of_range"
        case "minimum" | "maximum":
            return f"must be at {'least' if keyword == 'minimum' else 'most'} {bound}", "out_of_range"
        case "exclusiveMinimum" | "exclusiveMaximum":
            return f"must be {'more' if keyword == 'exclusiveMinimum' else 'less'} than {bound}", "out_of_range"
        case "uniqueItems":
            return "names something twice", "rule"
    return "does not follow the template", "wrong_form"


_FORMATS = {"day": date.fromisoformat, "utc-instant": datetime.fromisoformat, "gs1-day": last_day}


def _reads(reader: Any) -> Any:
    def reads(text: str) -> bool:
        try:
            reader(text)
        except ValueError:
            return False
        return True

    return reads
