"""What looks wrong but may be true: a finding asks for a reason, it never blocks (wrong numbers occur in real life)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from pratique import codes
from pratique.contents.check_digits import CHECKS, container_is_european, lei_holds, s10_holds
from pratique.contents.content import Problem
from pratique.templates.days import instant, last_day
from pratique.templates.paths import values
from pratique.templates.rules import Form, lots
from pratique.templates.schema import leaves

SHORT_SHELF_LIFE_DAYS = 60
# Only one edition of the Harmonized System is shipped; codes of the others are not looked up.
_LISTED_EDITION = 2022

FindingRule = Callable[[Form, Mapping[str, Any]], Iterable[Problem]]

_NAMES = {
    "awb": "air waybill", "gtin": "GTIN", "imo": "IMO number", "iso6346": "container number", "lei": "LEI",
    "mrn": "MRN", "s10": "postal item number", "sscc": "SSCC",
}  # fmt: skip


def check_digits(form: Form, schema: Mapping[str, Any]) -> Iterator[Problem]:
    """Look at every field with `x-check`."""
    for path, node in leaves(schema):
        if (check := node.get("x-check")) is None:
            continue
        for where, value in values(form, path):
            if not CHECKS[check](value):
                text = f"the last digit of this {_NAMES[check]} is not its check digit"
                yield Problem(where, "does not look like an MRN" if check == "mrn" else text, "check_digit")
            elif check == "iso6346" and container_is_european(value):
                yield Problem(where, "is a European swap body or trailer (EN 13044), not a container", "check_digit")


def codes_in_lists(form: Form, schema: Mapping[str, Any]) -> Iterator[Problem]:
    """Look up every open code (`x-list` without `enum`) in its list."""
    for path, node in leaves(schema):
        if "x-list" not in node or "enum" in node or node["x-list"] == "hs2022":
            continue
        for where, value in values(form, path):
            if not codes.holds(node["x-list"], value):
                yield Problem(where, "is not in the list of known codes", "not_in_list")


def hs_of_health_goods(form: Form, _schema: Mapping[str, Any]) -> Iterator[Problem]:
    """Look up an HS 2022 code, and whether it is one of vaccines, medicines or their supplies."""
    for number, line in enumerate(form.get("goods", ())):
        code, where = str(line.get("hs_code", ""))[:6], f"goods[{number}].hs_code"
        if not code or line.get("hs_edition") != _LISTED_EDITION:
            continue
        if not codes.holds("hs2022", code):
            yield Problem(where, "is not a code of HS 2022", "not_in_list")
        elif line.get("product_class") != "other" and not codes.holds("hs_health", code):
            yield Problem(where, "is not a code of vaccines, medicines or their supplies", "not_in_list")


def identifiers_hold(form: Form, _schema: Mapping[str, Any]) -> Iterator[Problem]:
    """Check a trader's LEI."""
    for trader in ("consignor", "consignee"):
        identifier = form.get(trader, {}).get("identifier", {})
        if identifier.get("scheme") == "LEI" and not lei_holds(identifier.get("value", "")):
            yield Problem(
                f"{trader}.identifier.value", "the last digits of this LEI are not its check digits", "check_digit"
            )


def postal_items_hold(form: Form, _schema: Mapping[str, Any]) -> Iterator[Problem]:
    """Check the postal item number of a leg by post."""
    for number, leg in enumerate(form.get("legs", ())):
        item = leg.get("transport_document", "")
        if leg.get("mode") == "post" and re.fullmatch(r"[A-Z]{2}[0-9]{9}[A-Z]{2}", item) and not s10_holds(item):
            text = "the last digit of this postal item number is not its check digit"
            yield Problem(f"legs[{number}].transport_document", text, "check_digit")


def air_waybill_known(form: Form, _schema: Mapping[str, Any]) -> Iterator[Problem]:
    """Ask for the air waybill of a leg by air; it must be there at departure at the latest."""
    for number, leg in enumerate(form.get("legs", ())):
        if leg.get("mode") == "air" and "awb" not in leg:
            yield Problem(f"legs[{number}].awb", "is missing; it must be known at departure", "not_yet")


def shelf_life_left(form: Form, _schema: Mapping[str, Any]) -> Iterator[Problem]:
    """Compare each lot's expiry with the arrival at the destination."""
    legs = form.get("legs", ())
    if not legs or "eta_at" not in legs[-1]:
        return
    arrival = instant(legs[-1]["eta_at"]).date()
    for path, _, lot in lots(form):
        if "expiry" in lot and (days := (last_day(lot["expiry"]) - arrival).days) < SHORT_SHELF_LIFE_DAYS:
            text = (
                f"only {days} days of shelf life are left on arrival"
                if days > 0
                else "the lot expires before it arrives"
            )
            yield Problem(f"{path}.expiry", text, "shelf_life")


FINDINGS: Mapping[str, FindingRule] = {
    rule.__name__: rule
    for rule in (
        check_digits, codes_in_lists, hs_of_health_goods, identifiers_hold, postal_items_hold, air_waybill_known,
        shelf_life_left,
    )
}  # fmt: skip
