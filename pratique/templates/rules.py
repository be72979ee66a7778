"""Rules between fields that block: each takes a form and tells what does not fit, where.

A template names the rules it wants (`x-rules`); vectors/templates holds every one of them for other languages.
A form may lack anything here: what is missing is told by the structure, and no rule speaks of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from pratique.contents.content import Problem
from pratique.templates.days import instant, last_day

Form = Mapping[str, Any]
Rule = Callable[[Form], Iterable[Problem]]

BANDS = {"ULT": (-90, -60), "FROZEN": (-25, -15), "COLD": (2, 8), "CRT": (15, 25), "OTHER": (-200, 100)}
DOSE, VIAL = "E27", "VI"


def _misfit(path: str, text: str) -> Problem:
    return Problem(path, text, "rule")


def lots(form: Form) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """Give every lot with its path and its goods line."""
    for number, line in enumerate(form.get("goods", ())):
        for lot_number, lot in enumerate(line.get("lots", ())):
            yield f"goods[{number}].lots[{lot_number}]", line, lot


def legs_contiguous(form: Form) -> Iterator[Problem]:
    """Hold that every leg begins where the leg before it ends."""
    for number, (leg, following) in enumerate(pairwise(form.get("legs", ())), start=1):
        end, start = leg.get("to_place"), following.get("from_place")
        if end and start and end != start:
            yield _misfit(f"legs[{number}].from_place", "must be the place where the leg before it ends")


def legs_in_time(form: Form) -> Iterator[Problem]:
    """Hold that legs go forward in time."""
    legs = form.get("legs", ())
    for number, leg in enumerate(legs):
        if "etd_at" in leg and "eta_at" in leg and instant(leg["etd_at"]) >= instant(leg["eta_at"]):
            yield _misfit(f"legs[{number}].eta_at", "must lie after the departure")
    for number, (leg, following) in enumerate(pairwise(legs), start=1):
        if "eta_at" in leg and "etd_at" in following and instant(following["etd_at"]) < instant(leg["eta_at"]):
            yield _misfit(f"legs[{number}].etd_at", "must not lie before the leg before it arrives")


def route_leaves_the_country(form: Form) -> Iterator[Problem]:
    """Hold that the last place lies in another country than the first."""
    legs = form.get("legs", ())
    ends = (legs[0].get("from_place"), legs[-1].get("to_place")) if legs else (None, None)
    if ends[0] and ends[1] and ends[0][:2] == ends[1][:2]:
        yield _misfit(f"legs[{len(legs) - 1}].to_place", "must lie in another country than the departure")


def air_names_its_flight(form: Form) -> Iterator[Problem]:
    """Want the flight of each leg by air."""
    for number, leg in enumerate(form.get("legs", ())):
        if leg.get("mode") == "air" and "flight" not in leg:
            yield Problem(f"legs[{number}].flight", "is missing; a leg by air names its flight", "missing")


def air_names_a_phone(form: Form) -> Iterator[Problem]:
    """Want a telephone that answers day and night where a leg goes by air."""
    if "emergency_phone" not in form and any(leg.get("mode") == "air" for leg in form.get("legs", ())):
        yield Problem("emergency_phone", "is missing; a consignment by air names a 24-hour telephone", "missing")


def temperature_in_band(form: Form) -> Iterator[Problem]:
    """Hold that the range lies in its band, lower end first."""
    range_ = form.get("temperature", {})
    if not {"band", "min_c", "max_c"} <= range_.keys():
        return
    low, high = BANDS[range_["band"]]
    if not low <= range_["min_c"] <= high:
        yield _misfit("temperature.min_c", f"must lie between {low} and {high} °C in this band")
    elif not range_["min_c"] <= range_["max_c"] <= high:
        yield _misfit("temperature.max_c", f"must lie between the lowest temperature and {high} °C in this band")


def dry_ice_weighed(form: Form) -> Iterator[Problem]:
    """Want the net weight of dry ice (UN1845)."""
    cold = form.get("temperature", {})
    if cold.get("coolant") == "dry_ice" and "dry_ice_kg" not in cold:
        yield Problem("temperature.dry_ice_kg", "is missing; dry ice (UN1845) needs its net weight", "missing")


def doses_counted(form: Form) -> Iterator[Problem]:
    """Hold that vials × doses per vial = doses, lot by lot."""
    for path, line, lot in lots(form):
        if {"vials", "doses"} <= lot.keys() and "doses_per_vial" in line:
            wanted = lot["vials"] * line["doses_per_vial"]
            if lot["doses"] != wanted:
                yield _misfit(f"{path}.doses", f"must be {wanted}: the vials times the doses per vial")


def quantity_counted(form: Form) -> Iterator[Problem]:
    """Hold that a quantity in doses or vials is the sum of its lots."""
    for number, line in enumerate(form.get("goods", ())):
        counted = {DOSE: "doses", VIAL: "vials"}.get(line.get("unit", ""))
        if not counted or "quantity" not in line or not line.get("lots"):
            continue
        if all(counted in lot for lot in line["lots"]):
            wanted = sum(lot[counted] for lot in line["lots"])
            if line["quantity"] != wanted:
                yield _misfit(f"goods[{number}].quantity", f"must be {wanted}: the sum of its lots")


def quantity_has_unit(form: Form) -> Iterator[Problem]:
    """Want the unit of a quantity."""
    for number, line in enumerate(form.get("goods", ())):
        if "quantity" in line and "unit" not in line:
            yield Problem(f"goods[{number}].unit", "is missing; a quantity needs its unit", "missing")


def value_has_currency(form: Form) -> Iterator[Problem]:
    """Want the currency of a value."""
    for number, line in enumerate(form.get("goods", ())):
        if "value" in line and "currency" not in line:
            yield Problem(f"goods[{number}].currency", "is missing; a value needs its currency", "missing")


def batches_unique(form: Form) -> Iterator[Problem]:
    """Hold that each batch is named once."""
    seen = set()
    for path, _, lot in lots(form):
        batch = lot.get("batch")
        if batch in seen:
            yield _misfit(f"{path}.batch", "is named twice; put its doses into one lot")
        if batch:
            seen.add(batch)


def produced_before_expiry(form: Form) -> Iterator[Problem]:
    """Hold that a lot was produced before it expires."""
    for path, _, lot in lots(form):
        if "produced" in lot and "expiry" in lot and last_day(lot["produced"]) >= last_day(lot["expiry"]):
            yield _misfit(f"{path}.produced", "must lie before the expiry")


def gross_over_net(form: Form) -> Iterator[Problem]:
    """Hold that the gross weight is more than the net weight, and than its dry ice."""
    packages = form.get("packages", {})
    if "gross_kg" not in packages:
        return
    if "net_kg" in packages and packages["gross_kg"] <= packages["net_kg"]:
        yield _misfit("packages.gross_kg", "must be more than the net weight")
    elif packages["gross_kg"] <= form.get("temperature", {}).get("dry_ice_kg", -1):
        yield _misfit("temperature.dry_ice_kg", "must be less than the gross weight of the packages")


def series_forward(form: Form) -> Iterator[Problem]:
    """Hold that a series ends after it begins, within a year."""
    series = form.get("series", {})
    if {"from", "until"} <= series.keys():
        days = (last_day(series["until"]) - last_day(series["from"])).days
        if not 0 < days <= 366:
            yield _misfit("series.until", "must lie after the first day, at most a year later")


def lots_shared(form: Form) -> Iterator[Problem]:
    """Refuse lots in a transit view that does not say that they are shared."""
    if form.get("share", {}).get("lots_with_transit") is not True:
        for number, line in enumerate(form.get("goods", ())):
            if "lots" in line:
                yield Problem(
                    f"goods[{number}].lots", "is not a field of this form: lots are not shared", "unknown_field"
                )


RULES: Mapping[str, Rule] = {
    rule.__name__: rule
    for rule in (
        legs_contiguous, legs_in_time, route_leaves_the_country, air_names_its_flight, air_names_a_phone,
        temperature_in_band, dry_ice_weighed, doses_counted, quantity_counted, quantity_has_unit, value_has_currency,
        batches_unique, produced_before_expiry, gross_over_net, series_forward, lots_shared,
    )
}  # fmt: skip
