"""Bring a form into the shape in which it is sent: defaults filled in, numbers in their one written form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pratique.templates.days import last_day


def _awb(text: str) -> str:
    return text if "-" in text else f"{text[:3]}-{text[3:]}"


def _last_day(text: str) -> str:
    try:
        return last_day(text).isoformat()
    except ValueError:
        return text


_STORED = {"gtin14": lambda text: text.zfill(14), "awb": _awb, "last_day": _last_day}


def filled(value: Any, node: Mapping[str, Any]) -> Any:
    """Give a form with its defaults, and with references as they are stored (`x-stored`); wrong values stay."""
    if isinstance(value, dict) and "properties" in node:
        made = {name: filled(inner, node["properties"].get(name, {})) for name, inner in value.items()}
        for name, child in node["properties"].items():
            if name in made:
                continue
            if "default" in child:
                made[name] = child["default"]
            elif name in node.get("required", ()) and "properties" in child and (inner := filled({}, child)):
                made[name] = inner
        return made
    if isinstance(value, list | tuple):
        return [filled(item, node.get("items", {})) for item in value]
    if isinstance(value, str) and "x-stored" in node:
        return _STORED[node["x-stored"]](value)
    return value
