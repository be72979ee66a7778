"""What one transit Member reads of a form: its own legs and the fields marked for the route, nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pratique.templates.rules import DOSE
from pratique.templates.schema import conditional

_LEG = re.compile(r"legs\[(\d+)\](.*)")


def touches(leg: Mapping[str, Any], party: str) -> bool:
    """Say whether a leg begins or ends in a party's country."""
    return party.upper() in (str(leg.get("from_place", ""))[:2], str(leg.get("to_place", ""))[:2])


def project(form: Mapping[str, Any], route: Mapping[str, Any], party: str) -> dict[str, Any]:
    """Give the transit view of a form.

    Takes  route: the schema of the route part
    """
    ticked = {f"share.{name}" for name, value in form.get("share", {}).items() if value is True}
    kept: dict[str, Any] = _kept(form, route, party, ticked)
    for line, whole in zip(kept.get("goods", ()), form.get("goods", ()), strict=False):
        # Transit reads how much, not in which lots.
        if "quantity" not in line and whole.get("lots"):
            line["quantity"], line["unit"] = sum(lot["doses"] for lot in whole["lots"]), DOSE
    return kept


def _kept(value: Any, node: Mapping[str, Any], party: str, ticked: set[str]) -> Any:
    if isinstance(value, dict):
        made = {}
        for name, child in node["properties"].items():
            tick = conditional(child)
            if name in value and (tick is None or tick in ticked):
                inner = _kept(value[name], child, party, ticked)
                if inner not in ({}, []):
                    made[name] = inner
        return made
    if isinstance(value, list | tuple):
        items = [item for item in value if touches(item, party)] if node.get("x-touching") else value
        return [_kept(item, node["items"], party, ticked) for item in items]
    return value


def route_path(form: Mapping[str, Any], party: str, path: str) -> str | None:
    """Give where a value of the whole form stands in the transit view: the second leg may be a transit's first."""
    if not (found := _LEG.fullmatch(path)):
        return path
    index = int(found[1])
    legs = form.get("legs", ())
    if index >= len(legs) or not touches(legs[index], party):
        return None
    return f"legs[{sum(touches(leg, party) for leg in legs[:index])}]{found[2]}"
