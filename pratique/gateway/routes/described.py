"""Say in OpenAPI which problems a route can answer with."""

from __future__ import annotations

from typing import Any

from pratique.gateway.problems import CATALOGUE, MEDIA_TYPE

_ANY = ("unauthorized", "wrong_host", "internal", "busy")
_WITH_BODY = ("malformed_json", "body_too_slow", "body_too_large", "unsupported_media_type")


def problems(*codes: str, body: bool = False) -> dict[int | str, dict[str, Any]]:
    """Give the `responses` of a route: its own problems and those that every such route has."""
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys((*codes, *(_WITH_BODY if body else ()), *_ANY)):
        by_status.setdefault(CATALOGUE[code][0], []).append(code)
    schema = {"$ref": "#/components/schemas/ProblemTold"}
    return {
        status: {
            "description": "; ".join(f"`{code}`: {CATALOGUE[code][2]}" for code in named),
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
        for status, named in sorted(by_status.items())
    }
