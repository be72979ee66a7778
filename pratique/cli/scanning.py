"""Read what a barcode scanner types: GS1 element strings, DataMatrix contents, and Digital Links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from pratique.errors import PratiqueError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from biip.gs1_element_strings import GS1ElementString

# How scanners and people write the separator that ends a field of free length.
_SEPARATORS = ("<GS>", "{GS}", "^]", "␝")
GTIN_DIGITS = 14


@dataclass(frozen=True)
class Scan:
    """What one code says of a shipment."""

    gtin: str | None = None
    batch: str | None = None
    expiry: str | None = None
    produced: str | None = None
    sscc: str | None = None


def read_scan(text: str) -> Scan:
    """Read one scanned code; a wrong check digit is left to the template's findings.

    Raises  PratiqueError("bad_input"): nothing of use stands in it
    """
    values: dict[str, str] = {}
    for element in _elements(text):
        number = element.ai.ai
        values[number] = element.date.isoformat() if isinstance(element.date, date) else element.value
    gtin = values.get("01")
    scan = Scan(
        gtin=gtin.zfill(GTIN_DIGITS) if gtin else None,
        batch=values.get("10"),
        expiry=values.get("17"),
        produced=values.get("11"),
        sscc=values.get("00"),
    )
    if scan == Scan():
        raise _unread(text)
    return scan


def _elements(text: str) -> Iterable[GS1ElementString]:
    import biip
    from biip.gs1_digital_link_uris import GS1DigitalLinkURI
    from biip.gs1_messages import GS1Message

    text = text.strip()
    for written in _SEPARATORS:
        text = text.replace(written, "\x1d")
    try:
        if text.startswith("("):
            return GS1Message.parse_hri(text).element_strings
        if "://" in text:
            return GS1DigitalLinkURI.parse(text).element_strings
        # A symbology identifier such as ]d2 or ]C1 is what some scanners send first.
        return GS1Message.parse(text[3:] if text.startswith("]") else text).element_strings
    except (biip.ParseError, ValueError):
        raise _unread(text) from None


def _unread(text: str) -> PratiqueError:
    shown = text.strip().replace("\x1d", "<GS>")
    hint = "scan it again, or type it as (01)05412345000013(17)270331(10)SBX4471"
    return PratiqueError("bad_input", f"{shown!r} is no GS1 code with a GTIN, batch, expiry or SSCC", hint)


def with_scans(form: dict[str, Any], scans: Iterable[Scan], *, fresh: bool) -> dict[str, Any]:
    """Give the form with what was scanned: lots by batch, GTIN where the line has none, SSCCs among the packages.

    Takes   fresh: the lots that stood there are of an earlier shipment and make room
    Raises  PratiqueError("bad_input"): a code is of no line of the form
    """
    form = {**form, "goods": [dict(line) for line in form.get("goods", [])]}
    found = list(scans)
    if fresh and any(scan.batch for scan in found):
        form["goods"] = [{name: value for name, value in line.items() if name != "lots"} for line in form["goods"]]
    for scan in found:
        if scan.sscc:
            packages = dict(form.get("packages") or {})
            packages["sscc"] = sorted({*packages.get("sscc", []), scan.sscc})
            form["packages"] = packages
        if scan.batch or scan.gtin:
            _fill(_line_of(form["goods"], scan), scan)
    return form


def _line_of(goods: list[dict[str, Any]], scan: Scan) -> dict[str, Any]:
    with_gtin = [line for line in goods if scan.gtin and str(line.get("gtin") or "").zfill(GTIN_DIGITS) == scan.gtin]
    without = [line for line in goods if not line.get("gtin") or not scan.gtin]
    for candidates in (with_gtin, without):
        if len(candidates) == 1:
            return candidates[0]
    what = f"GTIN {scan.gtin}" if scan.gtin else f"batch {scan.batch}"
    raise PratiqueError("bad_input", f"{what} is of none of the goods lines, or of several")


def _fill(line: dict[str, Any], scan: Scan) -> None:
    if scan.gtin:
        line["gtin"] = scan.gtin
    if not scan.batch:
        return
    lots = [dict(lot) for lot in line.get("lots", [])]
    lot = next((one for one in lots if one.get("batch") == scan.batch), None)
    if lot is None:
        lots.append(lot := {"batch": scan.batch})
    lot |= {name: value for name, value in (("expiry", scan.expiry), ("produced", scan.produced)) if value}
    line["lots"] = lots


def typed_codes(given: Iterable[str]) -> list[str]:
    """Give the codes of the command line; `-` stands for one a line from standard input, as a scanner types them."""
    import sys

    codes: list[str] = []
    for one in given:
        codes += [line.strip() for line in sys.stdin if line.strip()] if one == "-" else [one]
    return codes
