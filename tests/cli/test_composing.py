"""What the command line puts into a form: scanned codes, lots, times, single fields; and the empty form it writes."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from pratique import templates
from pratique.cli import changing
from pratique.cli.composing import Options, from_earlier, from_file, from_last, refuse
from pratique.cli.documents import read
from pratique.cli.scanning import Scan, read_scan, with_scans
from pratique.cli.skeleton import skeleton, write_skeleton
from pratique.contents.prenotification import Announcement
from pratique.errors import PratiqueError
from pratique.templates import LANGUAGES, newest

EXAMPLE = Path(__file__).parents[2] / "examples" / "vaccine-consignment.json"
TEMPLATE = newest("prenotification")
TYPES = {field.path: field.type for field in TEMPLATE.fields()}
FORM: dict[str, Any] = json.loads(EXAMPLE.read_bytes())["form"]


@pytest.mark.parametrize(
    ("code", "scan"),
    [
        ("(01)05412345000013(17)270331(10)SBX4471", Scan("05412345000013", "SBX4471", "2027-03-31")),
        ("]d201054123450000131727033110SBX4471", Scan("05412345000013", "SBX4471", "2027-03-31")),
        (
            "01054123450000131126010110SBX4471\x1d17270400",
            Scan("05412345000013", "SBX4471", "2027-04-30", "2026-01-01"),
        ),
        ("010541234500001310SBX4471<GS>17270331", Scan("05412345000013", "SBX4471", "2027-03-31")),
        ("https://id.gs1.org/01/05412345000013/10/SBX4471?17=270400", Scan("05412345000013", "SBX4471", "2027-04-30")),
        ("(00)340123450000000018", Scan(sscc="340123450000000018")),
        # A wrong check digit is a finding of the template, not a code that cannot be read.
        ("(01)05412345000014(10)A", Scan("05412345000014", "A")),
    ],
)
def test_codes_are_read_as_scanners_and_people_write_them(code: str, scan: Scan) -> None:
    assert read_scan(code) == scan


@pytest.mark.parametrize(
    "code", ["", "4006381333931", "(17)271300(10)A", "https://example.org/x", "(21)123", "\x1b[2J"]
)
def test_what_is_no_code_of_a_shipment_is_refused(code: str) -> None:
    with pytest.raises(PratiqueError) as refused:
        read_scan(code)
    assert refused.value.code == "bad_input"


def test_scans_fill_lots_and_make_room_for_those_of_an_earlier_shipment() -> None:
    scans = [read_scan("(01)05412345000013(17)270531(10)SBX4500"), read_scan("(00)340123450000000018")]
    added = with_scans(FORM, scans, fresh=False)
    assert [lot["batch"] for lot in added["goods"][0]["lots"]] == ["SBX4471", "SBX4472", "SBX4490", "SBX4500"]
    assert "340123450000000018" in added["packages"]["sscc"]
    fresh = with_scans(FORM, scans, fresh=True)
    assert fresh["goods"][0]["lots"] == [{"batch": "SBX4500", "expiry": "2027-05-31"}]
    assert len(FORM["goods"][0]["lots"]) == 3, "the form that was given is changed"
    with pytest.raises(PratiqueError, match="none of the goods lines"):
        with_scans(FORM, [read_scan("(01)04006381333931(10)A")], fresh=False)


def test_lots_are_counted_in_doses_and_keep_what_was_scanned() -> None:
    form = changing.with_lots(FORM, ["SBX4500=6000@2027-05-31", "SBX4471=600"], fresh=False)
    by_batch = {lot["batch"]: lot for lot in form["goods"][0]["lots"]}
    assert by_batch["SBX4500"] == {"batch": "SBX4500", "doses": 6000, "vials": 1000, "expiry": "2027-05-31"}
    assert (by_batch["SBX4471"]["doses"], by_batch["SBX4471"]["vials"]) == (600, 100)
    alone = changing.with_lots(FORM, ["SBX4500=6000@2027-05-31"], fresh=True)
    assert [lot["batch"] for lot in alone["goods"][0]["lots"]] == ["SBX4500"]
    for wrong in ("SBX4500", "SBX4500=many", "=5"):
        with pytest.raises(PratiqueError):
            changing.with_lots(FORM, [wrong], fresh=False)


def test_a_new_departure_moves_every_time_of_the_way() -> None:
    legs = changing.with_times(FORM, "2026-12-01T21:40Z", None)["legs"]
    assert [(leg["etd_at"], leg["eta_at"]) for leg in legs] == [
        ("2026-12-01T21:40Z", "2026-12-02T04:25Z"),
        ("2026-12-02T10:35Z", "2026-12-02T14:40Z"),
    ]
    assert changing.with_times(FORM, None, "2026-11-26T01:00Z")["legs"][-1]["eta_at"] == "2026-11-26T01:00Z"
    assert {leg["awb"] for leg in changing.with_waybill(FORM, "020-81140743")["legs"]} == {"020-81140743"}


def test_single_fields_are_set_added_and_taken_away_by_their_type() -> None:
    settings = [
        "goods[0].hs_edition=2028",
        "goods[0].hs_code=300241",
        "temperature.min_c=-80.5",
        "share.observers=yes",
        "legs[0].seals=BE-1, BE-2",
        "legs[1].seals[1]=AE-7",
        "goods[0].lots[3].batch=NEW",
        "note=",
    ]
    form = changing.with_values(FORM, settings, TYPES)
    assert (form["goods"][0]["hs_edition"], form["goods"][0]["hs_code"]) == (2028, "300241")
    assert (form["temperature"]["min_c"], form["share"], form["legs"][0]["seals"]) == (
        -80.5,
        {"observers": True},
        ["BE-1", "BE-2"],
    )
    assert form["legs"][1]["seals"] == [FORM["legs"][1]["seals"][0], "AE-7"]
    assert form["goods"][0]["lots"][3] == {"batch": "NEW"} and "note" not in form
    for wrong in ("legs[0].flite=X", "legs[0]", "goods[0].hs_edition=new", "legs[9].flight=X", "..=1", "note"):
        with pytest.raises(PratiqueError) as refused:
            changing.with_values(FORM, [wrong], TYPES)
        assert refused.value.code == "usage"


def test_an_earlier_one_gives_the_form_without_its_number_and_its_reasons() -> None:
    whole = json.loads(EXAMPLE.read_bytes())
    earlier = Announcement.check(whole | {"overrides": [{"field": "legs[0].awb", "reason": "as on the paper"}]})
    made = from_earlier(earlier, Options(outside={"mode": "REPLY"}), TEMPLATE, "x").announcement
    assert (made.mode, made.national_reference, made.overrides) == ("REPLY", None, ())
    assert made.form == earlier.form


def test_the_last_one_leaves_behind_what_was_of_its_shipment_alone() -> None:
    earlier = Announcement.check(
        {"form": FORM, "national_reference": "BE-1", "overrides": [{"field": "legs[0].awb", "reason": "as printed"}]}
    )
    made = from_last(earlier, Options(), TEMPLATE).announcement
    assert (made.national_reference, made.overrides) == (None, ())
    text = json.dumps(made.form)
    for alone in (
        "LRC-4471-4490",
        "054123450000000013",
        "BE-CU-0098127",
        "176-12345675",
        "26BEE0",
        "6BE04",
        "TL-88213",
    ):
        assert alone in json.dumps(FORM) and alone not in text
    assert made.form["packages"] == {"type": "EI", "count": 26, "gross_kg": 1924.5, "net_kg": 712}
    for kept in ("goods", "consignor", "consignee", "requests"):
        assert made.form[kept] == FORM[kept]
    assert [(leg["from_place"], leg["flight"]) for leg in made.form["legs"]] == [("BEBRU", "EK184"), ("AEDXB", "EK719")]
    assert TEMPLATE.problems(TEMPLATE.filled(made.form)) == ()
    assert made.form["customs"] == {"procedure": "export"} and "loggers" in FORM["temperature"]
    # A waybill or a scanned box of the new shipment is put in where the old one stood.
    new = Options(awb="020-81140743", scans=("(00)340123450000000018",))
    form = from_last(earlier, new, TEMPLATE).announcement.form
    assert form["legs"][0]["awb"] == "020-81140743" and form["packages"]["sscc"] == ["340123450000000018"]


def test_a_field_is_told_at_its_line_in_either_kind_of_file(tmp_path: Path) -> None:
    whole, flat = tmp_path / "whole.json", tmp_path / "flat.json"
    form = FORM | {"emergency_phone": "112"}
    whole.write_text(json.dumps({"kind": "departure", "form": form}, indent=1), encoding="utf-8")
    flat.write_text("// a comment\n" + json.dumps(form, indent=1), encoding="utf-8")
    for file in (whole, flat):
        composed = from_file(file, Options(), TEMPLATE)
        problems = TEMPLATE.problems(composed.announcement.form)
        with pytest.raises(PratiqueError) as refused:
            refuse(composed, problems, ())
        lines = file.read_text(encoding="utf-8").splitlines()
        line = next(number for number, text in enumerate(lines, 1) if "emergency_phone" in text)
        assert refused.value.detail.startswith(f"{file}:{line} emergency_phone: ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_empty_form_can_be_read_and_lacks_only_values(language: str, tmp_path: Path) -> None:
    file = tmp_path / "empty.json"
    write_skeleton(file, TEMPLATE, language)
    value, _ = read(file)
    form = {name: one for name, one in value.items() if name not in ("kind", "mode", "tlp")}
    codes = {problem.code for problem in TEMPLATE.problems(TEMPLATE.filled(form))}
    assert codes <= {"wrong_form", "out_of_range"}, "a field that is needed is not in the form"
    with pytest.raises(PratiqueError) as refused:
        write_skeleton(file, TEMPLATE, language)
    assert refused.value.code == "file_exists"
    # Every field that may be left out is there as a comment that can be taken up.
    text = skeleton(TEMPLATE, language)
    names = {field.path.removesuffix("[]").rpartition(".")[2] for field in templates.newest("prenotification").fields()}
    assert [name for name in names if f'"{name}":' not in text] == []


def test_what_is_taken_out_of_its_comment_is_a_field(tmp_path: Path) -> None:
    text = skeleton(TEMPLATE, "fr").replace('// "importer": ""', '"importer": "UNICEF"')
    head, block, tail = re.split(r"(  // \"customs\": \{\n(?:  //.*\n)*?  // \},\n)", text)
    file = tmp_path / "form.json"
    taken = "\n".join(line.replace("// ", "", 1) for line in block.split("\n"))
    file.write_text(head + taken + tail, encoding="utf-8")
    value, _ = read(file)
    assert (value["importer"], value["customs"]) == ("UNICEF", {"procedure": ""})
