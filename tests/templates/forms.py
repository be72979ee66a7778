"""Read the vectors of the templates: named forms, and cases that edit them."""

import copy
import json
from pathlib import Path
from typing import Any

from pratique.templates.paths import steps

VECTORS = Path(__file__).parents[2] / "vectors" / "templates"


def vectors(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


FORMS = vectors("forms")


def case_form(case: dict[str, Any]) -> dict[str, Any]:
    """Give the form of a case, edited."""
    form: dict[str, Any] = copy.deepcopy(FORMS[case["form"]]["form"])
    for path in case.get("remove", ()):
        *above, last = _keys(path)
        del _inside(form, above)[last]
    for path, value in case.get("set", {}).items():
        *above, last = _keys(path)
        parent = _inside(form, above)
        if isinstance(parent, list) and last == len(parent):
            parent.append(value)
        else:
            parent[last] = value
    return form


def case_part(case: dict[str, Any]) -> tuple[Any, str]:
    """Give the part and the kind of a case."""
    named = FORMS[case["form"]]
    return case.get("part", named.get("part", "goods")), case.get("kind", named["kind"])


def value_at(form: Any, path: str) -> Any:
    return _inside(form, _keys(path))


def _keys(path: str) -> list[str | int]:
    return [int(step[1:-1]) if step.startswith("[") else step for step in steps(path)]


def _inside(form: Any, keys: list[str | int]) -> Any:
    for key in keys:
        form = form[key]
    return form
