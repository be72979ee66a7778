"""Change a form by what stands on the command line: single fields, times of the way, waybill, lots."""

from __future__ import annotations

import copy
import re
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pratique.errors import PratiqueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_STEP = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)((?:\[\d+\])*)")
_FORM = "%Y-%m-%dT%H:%MZ"
_WORDS: Mapping[str, bool] = {"true": True, "yes": True, "false": False, "no": False}


def with_values(form: dict[str, Any], settings: Iterable[str], types: Mapping[str, str]) -> dict[str, Any]:
    """Give the form with fields set as `path=value`; an empty value takes the field away.

    Takes   types: the type of each field by its path without numbers, such as {"goods[].hs_edition": "integer"}
    Raises  PratiqueError("usage"): no such field, or no such place in a list
    """
    form = copy.deepcopy(form)
    for setting in settings:
        path, equals, value = setting.partition("=")
        general = re.sub(r"\[\d+\]", "[]", path.strip())
        kind = "list" if f"{general}[]" in types else types.get(general)
        if not equals or kind is None:
            near = get_close_matches(general, types, 1) if equals else []
            hint = f"did you mean {near[0]}?" if near else "write it as legs[0].eta_at=2026-11-25T16:00Z"
            raise PratiqueError("usage", f"{path.strip()!r} names no field of the form", hint)
        _set(form, _steps(path.strip()), _typed(path, value.strip(), kind))
    return form


def _typed(path: str, value: str, kind: str) -> Any:
    if value == "":
        return None
    try:
        if kind == "integer":
            return int(value)
        if kind == "number":
            return float(value) if "." in value else int(value)
        if kind == "boolean":
            return _WORDS[value.lower()]
        if kind == "list":
            return [one.strip() for one in value.split(",")]
    except (ValueError, KeyError):
        raise PratiqueError("usage", f"{path}: {value!r} is not what this field holds ({kind})") from None
    return value


def _steps(path: str) -> list[str | int]:
    steps: list[str | int] = []
    for name in path.split("."):
        match = _STEP.fullmatch(name)
        if match is None:
            raise PratiqueError("usage", f"{path!r} names no field of the form")
        steps += [match[1], *(int(number) for number in re.findall(r"\d+", match[2]))]
    return steps


def _set(form: dict[str, Any], steps: list[str | int], value: Any) -> None:
    place: Any = form
    for step, following in pairwise(steps):
        place = _within(place, step, [] if isinstance(following, int) else {})
    last = steps[-1]
    if isinstance(last, int):
        place[last : last + 1] = [] if value is None else [value]
    elif value is None:
        place.pop(last, None)
    else:
        place[last] = value


def _within(place: Any, step: str | int, empty: Any) -> Any:
    if isinstance(step, str):
        return place.setdefault(step, empty)
    if step > len(place):
        raise PratiqueError("usage", f"there is no number {step}: the list has {len(place)}, counted from 0")
    if step == len(place):
        place.append(empty)
    return place[step]


def with_times(form: dict[str, Any], etd: str | None, eta: str | None) -> dict[str, Any]:
    """Give the form with a new first departure, by which every other time moves, and a new last arrival."""
    form = copy.deepcopy(form)
    legs = form.get("legs") or [{}]
    if etd is not None:
        before, by = legs[0].get("etd_at"), timedelta()
        if before:
            by = instant(etd, "--etd") - instant(before, "legs[0].etd_at")
        for leg in legs:
            leg.update({name: _moved(leg[name], by) for name in ("etd_at", "eta_at") if leg.get(name)})
        legs[0]["etd_at"] = etd
    if eta is not None:
        instant(eta, "--eta")
        legs[-1]["eta_at"] = eta
    form["legs"] = legs
    return form


def _moved(text: str, by: timedelta) -> str:
    return (instant(text, "legs") + by).strftime(_FORM)


def instant(text: str, where: str) -> datetime:
    """Read an instant; raises `PratiqueError("usage")`."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        raise PratiqueError("usage", f"{where}: {text!r} is no UTC time such as 2026-11-25T04:31Z") from None


def with_waybill(form: dict[str, Any], awb: str | None) -> dict[str, Any]:
    """Give the form with this air waybill on every leg by air."""
    if awb is None:
        return form
    return {**form, "legs": [{**leg, "awb": awb} if leg.get("mode") == "air" else leg for leg in form.get("legs", [])]}


def with_lots(form: dict[str, Any], lots: Iterable[str], *, fresh: bool) -> dict[str, Any]:
    """Give the form with lots written as BATCH=DOSES or BATCH=DOSES@EXPIRY, in the line that has the batch.

    Takes   fresh: the lots that stood there are of an earlier shipment and make room
    """
    form, given = copy.deepcopy(form), list(lots)
    goods: list[dict[str, Any]] = form.get("goods") or []
    if fresh and given and not any(_has(line, text.partition("=")[0]) for line in goods for text in given):
        for line in goods:
            line.pop("lots", None)
    for text in given:
        batch, _, rest = text.partition("=")
        doses, _, expiry = rest.partition("@")
        having = [line for line in goods if _has(line, batch)] or goods
        if not batch or not doses.isdecimal() or len(having) != 1:
            hint = "write BATCH=DOSES@2027-05-31; with several goods lines use --set goods[1].lots[0].batch=…"
            raise PratiqueError("usage", f"{text!r} is no lot of one goods line", hint)
        (line,) = having
        listed = line.setdefault("lots", [])
        lot = next((one for one in listed if one.get("batch") == batch), None)
        if lot is None:
            listed.append(lot := {"batch": batch})
        lot["doses"] = int(doses)
        if per_vial := line.get("doses_per_vial"):
            lot["vials"] = int(doses) // per_vial
        if expiry:
            lot["expiry"] = expiry
    return form


def _has(line: dict[str, Any], batch: str) -> bool:
    return any(lot.get("batch") == batch for lot in line.get("lots") or [])
