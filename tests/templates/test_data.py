"""The data files: released versions stay as they are, every field is said in every language, paths and codes exist."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pratique import codes
from pratique.contents.check_digits import CHECKS
from pratique.contents.prenotification import Announcement
from pratique.templates import LANGUAGES, UnknownTemplate, load, names, newest
from pratique.templates.fields import containers, fields_of
from pratique.templates.schema import leaves, node_at

ROOT = Path(__file__).parents[2]
TEMPLATE = load("prenotification/1")
FIELDS = fields_of(TEMPLATE.schema)
PATHS = [field.path for field in FIELDS]

# A version that somebody may have used is never changed: make a new one. Labels (text/) may be improved.
RELEASED = {
    "prenotification/1": "b329db7e22ee0ff375066b8974a6668a438e664d3c0fdbc16f457f1c1b2f726c",
}


def test_released_versions_are_as_released() -> None:
    digests = {
        name: hashlib.sha256((ROOT / "templates" / name / "schema.json").read_bytes()).hexdigest() for name in names()
    }
    assert digests == RELEASED


def test_versions_are_found() -> None:
    assert newest("prenotification") is load("prenotification/1")
    for id in ("prenotification/2", "prenotification/01", "../templates/prenotification/1", "prenotification", ""):
        with pytest.raises(UnknownTemplate):
            load(id)
    with pytest.raises(UnknownTemplate):
        newest("horoscope")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_group_and_value_is_said(language: str) -> None:
    english = json.loads((ROOT / "templates" / TEMPLATE.id / "text" / "en.json").read_text(encoding="utf-8"))
    spoken = json.loads((ROOT / "templates" / TEMPLATE.id / "text" / f"{language}.json").read_text(encoding="utf-8"))
    assert list(spoken["fields"]) == list(english["fields"])
    assert list(spoken["groups"]) == list(english["groups"]) == list(TEMPLATE.groups)
    used = {TEMPLATE.text(path, language).full for path in PATHS}
    assert len(used) == len(PATHS), "two fields have the same full label"
    for path in PATHS:
        said = TEMPLATE.text(path, language)
        assert said.label and said.help and all(said.within), path
        assert said.label != "None" and said.help.endswith("."), path
    for field in FIELDS:
        for value in field.enum or ():
            named = codes.entry(str(field.list), value)
            assert named is not None and (language in named.names), (field.path, value)
            assert TEMPLATE.value_text(field.path, value, language) == named.names[language]


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
def test_a_translation_is_one(language: str) -> None:
    same = [path for path in PATHS if TEMPLATE.text(path, language).help == TEMPLATE.text(path).help]
    assert same == []
    letters = {"ru": "\u0400-\u04ff", "ar": "\u0600-\u06ff"}.get(language)
    if letters:
        low, high = letters.split("-")
        assert all(any(low <= sign <= high for sign in TEMPLATE.text(path, language).help) for path in PATHS)


def test_no_text_is_left_over() -> None:
    english = json.loads((ROOT / "templates" / TEMPLATE.id / "text" / "en.json").read_text(encoding="utf-8"))
    wanted = set()
    for path in PATHS:
        for one in (path, *containers(path)):
            wanted.add((node_at(TEMPLATE.schema, one) or {}).get("x-text", one))
    assert set(english["fields"]) == wanted


def test_a_full_label_names_what_holds_the_field() -> None:
    assert TEMPLATE.text("goods[].lots[].expiry").full == "Goods line › Lot › Expiry date"
    assert TEMPLATE.text("consignee.identifier.value").full == "Consignee › Identification › Number"
    assert TEMPLATE.text("packages.sscc[]").full == "Packages › SSCC"


def test_keywords_name_what_is_there() -> None:
    for path, node in leaves(TEMPLATE.schema):
        assert node.get("x-check") in {None, *CHECKS}, path
        if "x-list" in node:
            listed = codes.codes(node["x-list"])
            assert [str(one) for one in node.get("enum", listed)] == list(listed), path
        if "x-unit" in node:
            assert codes.holds("units", node["x-unit"]), path
        if "pattern" in node:
            assert node["x-wrong"].startswith("must be "), path
    named = [path for kind in TEMPLATE.schema["x-kinds"].values() for paths in kind.values() for path in paths]
    named += [path for rule in TEMPLATE.schema["x-rules"] for path in rule.get("demands", ())]
    assert [path for path in named if node_at(TEMPLATE.schema, path) is None] == []
    assert list(codes.codes("kinds")) == list(TEMPLATE.kinds)


def test_fields_say_what_a_screen_needs() -> None:
    fields = {field.path: field for field in TEMPLATE.fields()}
    expiry = fields["goods[].lots[].expiry"]
    assert (expiry.group, expiry.type, expiry.required, expiry.repeats) == ("lots", "day", True, True)
    assert (expiry.route, expiry.material) == ("share.lots_with_transit", True)
    procedure = fields["customs.procedure"]
    assert (procedure.required, procedure.within, procedure.list) == (False, True, "procedures")
    assert fields["legs[].eta_at"].type == "instant"
    assert fields["legs[].eta_at"].material == "shift"
    assert fields["packages.gross_kg"].unit == "KGM"
    assert [field.path for field in TEMPLATE.fields(kind="series") if field.path.startswith("series")] == [
        "series.from", "series.until", "series.shipments",
    ]  # fmt: skip


def test_the_example_is_a_right_announcement() -> None:
    example: Any = json.loads((ROOT / "examples" / "vaccine-consignment.json").read_text(encoding="utf-8"))
    announcement = Announcement.check(example)
    form = TEMPLATE.filled(announcement.form)
    assert (form, TEMPLATE.problems(form), TEMPLATE.findings(form)) == (announcement.form, (), ())
    from_vectors = json.loads((ROOT / "vectors" / "templates" / "forms.json").read_text(encoding="utf-8"))
    assert from_vectors["full"]["form"] == example["form"]


def _all_texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _all_texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _all_texts(inner)
    elif isinstance(value, str):
        yield value


def test_texts_are_clean() -> None:
    for file in (ROOT / "templates").rglob("*.json"):
        for text in _all_texts(json.loads(file.read_text(encoding="utf-8"))):
            assert text == text.strip() and "  " not in text, (file, text)
