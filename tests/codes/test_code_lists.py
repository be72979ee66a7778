"""Code lists: found, dated, searched; the importer of places makes what is shipped."""

import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pycountry
import pytest

from pratique import codes
from pratique.codes import code_lists
from pratique.codes.unlocode_import import write
from pratique.templates.text import LANGUAGES

SHIPPED = Path(__file__).parents[2] / "templates" / "codes"


@pytest.mark.parametrize("name", codes.lists())
def test_every_list_says_where_it_is_from(name: str) -> None:
    source = codes.source(name)
    assert source.source and source.licence and source.date[:2] == "20"
    assert codes.codes(name)
    first = next(iter(codes.codes(name).values()))
    assert codes.entry(name, first.code) is first


# Proper names, UN Comtrade's wording, and tables without names speak English or not at all.
@pytest.mark.parametrize(
    "name", sorted({*codes.lists()} - {"hs2022", "unlocode", "vaccines", "wco_members", "currencies"})
)
def test_names_are_in_six_languages(name: str) -> None:
    for code in codes.codes(name).values():
        assert set(code.names) == set(LANGUAGES), code.code
        assert all(code.names.values()), code.code


def test_names() -> None:
    assert codes.name("countries", "KE", "ru") == "Кения"
    assert codes.name("countries", "KE", "xx") == "Kenya"
    assert codes.name("countries", "QQ", "fr") == "QQ"
    assert codes.name("currencies", "KES", "pt") == "Xelim queniano"
    assert codes.name("hs_editions", 2022, "fr") == "SH 2022"
    assert codes.name("hs2022", "300241").startswith("Vaccines, toxins, cultures of micro-organisms")
    assert codes.holds("unlocode", "BEBRU") and not codes.holds("unlocode", "BEQQQ")
    with pytest.raises(codes.UnknownList):
        codes.name("horoscopes", "leo")


def test_countries_are_those_of_iso_3166() -> None:
    assert {*codes.codes("countries")} == {one.alpha_2 for one in pycountry.countries} | {"EU", "XK"}
    assert {*codes.codes("wco_members")} == {*codes.codes("countries")}


@pytest.mark.parametrize(
    ("name", "text", "language", "first"),
    [
        ("unlocode", "nairo", "en", "KENBO"),
        ("unlocode", "aedx", "en", "AEDXB"),
        ("countries", "cote", "fr", "CI"),
        ("countries", "emirats", "fr", "AE"),
        ("countries", "кения", "ru", "KE"),
        ("units", "dosis", "es", "E27"),
        ("hs_health", "syr", "en", "901831"),
        ("vaccines", "matrix", "en", "r21"),
    ],
)
def test_search(name: str, text: str, language: str, first: str) -> None:
    found = codes.search(name, text, language)
    assert found and found[0].code == first


def test_search_has_an_end() -> None:
    assert codes.search("unlocode", "") == ()
    assert codes.search("unlocode", "zzzzzz") == ()
    assert len(codes.search("unlocode", "a", limit=7)) == 7


def test_every_member_has_a_region_and_a_rilo() -> None:
    for country in codes.codes("wco_members"):
        assert codes.holds("wco_regions", str(codes.region_of(country)))
        assert codes.holds("rilos", str(codes.rilo_of(country.lower())))
    assert (codes.region_of("be"), codes.rilo_of("be")) == ("EUR", "rilo-we")
    assert (codes.region_of("ke"), codes.region_of("ae"), codes.region_of("sn")) == ("ESA", "MENA", "WCA")
    assert codes.region_of("ocu") is None and codes.rilo_of("ocu") is None
    assert {codes.rilo_of(country) for country in codes.codes("wco_members")} == {*codes.codes("rilos")}


def test_health_goods_are_codes_of_the_harmonized_system() -> None:
    assert [code for code in codes.codes("hs_health") if not codes.holds("hs2022", code)] == []


def test_an_administration_may_have_its_own_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = {
        "source": "own",
        "date": "2030-01",
        "licence": "-",
        "codes": {"BE": {"names": {}, "region": "X", "rilo": "y"}},
    }
    (tmp_path / "wco_members.json").write_text(json.dumps(own), encoding="utf-8")
    monkeypatch.setenv("PRATIQUE_CODES", str(tmp_path))
    code_lists._load.cache_clear()
    try:
        assert (codes.rilo_of("be"), codes.rilo_of("ke")) == ("y", None)
        assert codes.name("countries", "BE") == "Belgium"
    finally:
        code_lists._load.cache_clear()


def test_the_importer_makes_what_is_shipped(tmp_path: Path) -> None:
    parts = [Path(str(files("pyunlocode") / "csv" / f"2023-1 UNLOCODE CodeListPart{part}.csv")) for part in (1, 2, 3)]
    assert write("2023-1", parts, tmp_path) == len(codes.codes("unlocode"))
    for name in ("unlocode.json", "unlocode.csv.gz"):
        assert (tmp_path / name).read_bytes() == (SHIPPED / name).read_bytes()


def test_the_importer_keeps_places_where_customs_meets_goods(tmp_path: Path) -> None:
    rows = [
        ',"BE",,".BELGIUM",,,,,,,,',
        ',"BE","AAA","Anthée","Anthee","WNA","--3-----","RL","0607",,"5014N 00446E",""',
        ',"BE","BBB","Liège","Liege","WLG","1--4----","AI","0307","LGG","5038N 00534E",""',
        '"X","BE","CCC","Border","Border",,"-------B","RL","0307",,,""',
    ]
    (tmp_path / "part.csv").write_bytes("\n".join(rows).encode("cp1252"))
    command = [sys.executable, "-m", "pratique.codes.unlocode_import", "2030-1", str(tmp_path / "part.csv"), "--into"]
    said = subprocess.run([*command, str(tmp_path / "own")], capture_output=True, text=True, timeout=60, check=True)
    assert said.stdout.startswith("2 places")
    made = {code.code: code for code in code_lists._table(tmp_path / "own" / "unlocode.csv.gz")}
    assert {code: (one.name("en"), one.extra["iata"]) for code, one in made.items()} == {
        "BEBBB": ("Liège", "LGG"),
        "BECCC": ("Border", ""),
    }


def test_places_of_the_map_are_places_of_the_list() -> None:
    table = code_lists._table(SHIPPED / "unlocode_places.csv.gz")
    points = {code.code: (code.name("en"), code.extra["lon"]) for code in table}
    places = codes.codes("unlocode")
    assert {code for code in points if len(code) == 5} <= {*places}
    # Every place can be shown, if only in the middle of its country; XZ are installations in international waters.
    assert {code[:2] for code in places if code not in points and code[:2] not in points} == {"IO", "PN", "XZ"}
    assert all(abs(float(north)) <= 90 and abs(float(east)) <= 180 for north, east in points.values())
    assert (points["KENBO"], points["BEBRU"]) == (("-1.32", "36.93"), ("50.83", "4.33"))
