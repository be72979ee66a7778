"""Whatever somebody sends as a form: no rule falls over it, and transit reads nothing but its own."""

import copy
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.templates import load
from pratique.templates.paths import field_path, joined
from tests.templates.forms import FORMS

TEMPLATE = load("prenotification/1")
ROUTE = {field.path for field in TEMPLATE.fields("route")}
SHARED = {field.path for field in TEMPLATE.fields("route") if isinstance(field.route, str)}

junk = st.none() | st.booleans() | st.integers(-1, 2**53) | st.floats(allow_nan=False) | st.text(max_size=4)
wrong = junk | st.lists(junk, max_size=2) | st.dictionaries(st.sampled_from(["lots", "mode", "x"]), junk, max_size=2)
names = st.sampled_from(sorted(FORMS))


def places(value: Any, before: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Give the way to everything inside a form."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way for key, item in inner for way in ((*before, key), *places(item, (*before, key)))]


def leaves(form: Any) -> dict[str, Any]:
    found = {}
    for way in places(form):
        value = form
        for key in way:
            value = value[key]
        if not isinstance(value, dict | list):
            found[joined(*way)] = value
    return found


@st.composite
def broken(draw: st.DrawFn) -> dict[str, Any]:
    """Give a right form with a few places gone or replaced by something else."""
    form: dict[str, Any] = copy.deepcopy(FORMS[draw(names)]["form"])
    for _ in range(draw(st.integers(1, 4))):
        way = draw(st.sampled_from(places(form)))
        parent: Any = form
        for key in way[:-1]:
            parent = parent[key]
        if draw(st.booleans()):
            del parent[way[-1]]
        else:
            parent[way[-1]] = draw(wrong)
    return form


@given(broken(), st.sampled_from(TEMPLATE.kinds), st.sampled_from(["goods", "route"]))
@settings(max_examples=100)
def test_no_form_makes_it_fall(form: dict[str, Any], kind: str, part: Any) -> None:
    found = TEMPLATE.problems(form, part, kind)
    TEMPLATE.filled(form, kind)
    if not found:
        TEMPLATE.findings(form, (), part, kind)
        TEMPLATE.changes(FORMS["full"]["form"], form)
        TEMPLATE.project(form, "ke")


@given(wrong)
def test_what_is_no_form_is_refused(value: Any) -> None:
    assert TEMPLATE.problems(value)


@given(broken())
def test_no_sentence_quotes_what_was_written(form: dict[str, Any]) -> None:
    secret = "7Qx9-SECRET"
    for way in places(form):
        parent: Any = form
        for key in way[:-1]:
            parent = parent[key]
        if isinstance(parent[way[-1]], str):
            parent[way[-1]] = secret
    found = TEMPLATE.problems(form)
    assert found
    assert not any(secret in str(problem) for problem in found)


def put(node: Any, names: list[str], mark: str, draw: st.DrawFn) -> None:
    """Put a mark at a field: into one of two items of each list on the way."""
    name, *rest = names
    if not rest:
        node[name.removesuffix("[]")] = [mark] if name.endswith("[]") else mark
    elif name.endswith("[]"):
        put(draw(st.sampled_from(node.setdefault(name.removesuffix("[]"), [{}, {}]))), rest, mark, draw)
    else:
        put(node.setdefault(name, {}), rest, mark, draw)


@st.composite
def marked(draw: st.DrawFn) -> tuple[dict[str, Any], str, bool]:
    """Give a form in which every text and number is a mark of its own, ticks as drawn, and a party."""
    form: dict[str, Any] = {}
    for field in TEMPLATE.fields():
        if field.path.startswith("share.") or not draw(st.integers(0, 9)):
            continue
        mark = f"m{draw(st.integers(10**6, 10**12))}"
        put(form, re.findall(r"[a-z_0-9]+(?:\[\])?", field.path), mark, draw)
    for leg in form.get("legs", []):
        leg["from_place"] = draw(st.sampled_from(["BEBRU", "AEDXB", "OMMCT", "KENBO"]))
        leg["to_place"] = draw(st.sampled_from(["BEBRU", "AEDXB", "OMMCT", "KENBO"]))
    for line in form.get("goods", []):
        for lot in line.get("lots", []):
            lot["doses"] = draw(st.integers(10**6, 10**12))
    shared = draw(st.booleans())
    form["share"] = {"observers": draw(st.booleans()), "lots_with_transit": shared}
    return form, draw(st.sampled_from(["ae", "om", "ke", "fr"])), shared


@given(marked())
@settings(max_examples=100)
def test_transit_reads_route_fields_of_its_own_legs_and_nothing_else(drawn: tuple[dict[str, Any], str, bool]) -> None:
    form, party, shared = drawn
    seen = TEMPLATE.project(form, party)
    allowed = {
        value
        for path, value in leaves(form).items()
        if field_path(path) in ROUTE
        and (shared or field_path(path) not in SHARED)
        and not (path.startswith("legs[") and party.upper() not in _ends(form, path))
    }
    sums = {sum(lot["doses"] for lot in line["lots"]) for line in form.get("goods", []) if line.get("lots")}
    assert set(leaves(seen).values()) <= allowed | sums | {"E27"}
    assert {field_path(path) for path in leaves(seen)} <= ROUTE


def _ends(form: dict[str, Any], path: str) -> set[str]:
    leg = form["legs"][int(path[5 : path.index("]")])]
    return {leg["from_place"][:2], leg["to_place"][:2]}


@pytest.mark.parametrize("name", ["full", "small", "sea"])
def test_a_projection_is_a_right_transit_view(name: str) -> None:
    form = FORMS[name]["form"]
    for party in {leg[end][:2].lower() for leg in form["legs"] for end in ("from_place", "to_place")}:
        assert TEMPLATE.problems(TEMPLATE.project(form, party), "route") == ()
