"""The templates follow their vectors, which other languages run too."""

import copy
from dataclasses import dataclass, field
from typing import Any

import pytest

from pratique.contents.prenotification import Override
from pratique.templates import AdaptationRefused, load
from pratique.templates.finding_rules import FINDINGS
from pratique.templates.rules import RULES
from tests.templates.forms import FORMS, case_form, case_part, value_at, vectors

TEMPLATE = load("prenotification/1")


@dataclass(frozen=True)
class Adapted:
    hide: tuple[str, ...] = ()
    require: tuple[str, ...] = ()
    default: dict[str, Any] = field(default_factory=dict)


def named(case: dict[str, Any]) -> str:
    return str(case.get("name", case.get("path")))


@pytest.mark.parametrize("case", vectors("problems"), ids=named)
def test_problems(case: dict[str, Any]) -> None:
    found = TEMPLATE.problems(case_form(case), *case_part(case))
    assert [[one.path, one.code] for one in found] == case["expect"]


@pytest.mark.parametrize("case", vectors("findings"), ids=named)
def test_findings(case: dict[str, Any]) -> None:
    form, (part, kind) = case_form(case), case_part(case)
    overrides = [Override(**one) for one in case.get("overrides", ())]
    assert TEMPLATE.problems(form, part, kind) == ()
    found = TEMPLATE.findings(form, overrides, part, kind)
    assert [[one.path, one.code] for one in found] == case["expect"]


@pytest.mark.parametrize(("vector", "rules"), [("problems", RULES), ("findings", FINDINGS)])
def test_every_rule_has_a_case_that_breaks_it(vector: str, rules: dict[str, Any]) -> None:
    assert {case["rule"] for case in vectors(vector) if "rule" in case and case["expect"]} == set(rules)
    assert {one["rule"] for one in TEMPLATE.schema["x-rules" if vector == "problems" else "x-findings"]} == set(rules)


@pytest.mark.parametrize("case", vectors("projections"), ids=named)
def test_projections(case: dict[str, Any]) -> None:
    form = case_form(case)
    assert TEMPLATE.problems(form) == ()
    seen = TEMPLATE.project(form, case["party"])
    assert seen == (FORMS[case["expect_form"]]["form"] if "expect_form" in case else case["expect"])
    assert TEMPLATE.problems(seen, "route") == ()


@pytest.mark.parametrize("case", vectors("paths"), ids=named)
def test_paths(case: dict[str, Any]) -> None:
    assert TEMPLATE.route_path(case_form(case), case["party"], case["path"]) == case["expect"]


@pytest.mark.parametrize("case", vectors("changes"), ids=named)
def test_changes(case: dict[str, Any]) -> None:
    before = FORMS[case["form"]]["form"]
    found = TEMPLATE.changes(before, case_form(case), case.get("part", "goods"))
    assert [[one.path, one.before, one.after, one.material] for one in found] == case["expect"]


@pytest.mark.parametrize("case", vectors("filled"), ids=named)
def test_filled(case: dict[str, Any]) -> None:
    form = case_form(case)
    as_written = copy.deepcopy(form)
    made = TEMPLATE.filled(form)
    assert {path: value_at(made, path) for path in case["expect"]} == case["expect"]
    assert form == as_written
    assert TEMPLATE.filled(made) == made


@pytest.mark.parametrize("case", vectors("adaptations"), ids=named)
def test_adaptations(case: dict[str, Any]) -> None:
    adaptation = Adapted(**case["adaptation"])
    if "refused" in case:
        with pytest.raises(AdaptationRefused) as refused:
            TEMPLATE.adapted(adaptation)
        assert [problem.path for problem in refused.value.problems] == case["refused"]
        return
    adapted = TEMPLATE.adapted(adaptation)
    form = case_form(case)
    if "problems" in case:
        assert [[one.path, one.code] for one in adapted.problems(form)] == case["problems"]
    else:
        made = adapted.filled(form)
        assert {path: value_at(made, path) for path in case["filled"]} == case["filled"]
        assert adapted.problems(made) == TEMPLATE.problems(made) == ()
    assert adapted.id == TEMPLATE.id


def test_a_fixed_field_is_told_to_screens() -> None:
    adapted = TEMPLATE.adapted(Adapted(hide=("goods[].who_status", "note"), default={"goods[].who_status": "PQ"}))
    fields = {field.path: field for field in adapted.fields()}
    assert "note" not in fields
    assert (fields["goods[].who_status"].hidden, fields["goods[].who_status"].default) == (True, "PQ")
    assert [path for path, one in fields.items() if one.hidden] == ["goods[].who_status"]
