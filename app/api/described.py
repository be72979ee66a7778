"""Describe in OpenAPI which problems a route can answer with, so that generated clients know them."""

from __future__ import annotations

from typing import Any

from app.errors import (
    BodyTooLarge,
    Busy,
    CertificateExpired,
    DeviceRevoked,
    Internal,
    MalformedJson,
    MalformedRequest,
    NotSignedIn,
    Problem,
    TooManyRequests,
    UnsupportedMediaType,
    WrongHost,
)

ANY = (WrongHost, TooManyRequests, MalformedRequest, Internal, Busy)
WITH_BODY = (MalformedJson, UnsupportedMediaType, BodyTooLarge)
SIGNED_IN = (NotSignedIn, DeviceRevoked, CertificateExpired)


def problems(*own: type[Problem], body: bool = False, signed_in: bool = True) -> dict[int | str, dict[str, Any]]:
    """Give the `responses` of a route: its own problems and those that every such route has."""
    listed = (*own, *(WITH_BODY if body else ()), *(SIGNED_IN if signed_in else ()), *ANY)
    by_status: dict[int, list[type[Problem]]] = {}
    for problem in listed:
        at = by_status.setdefault(problem.status, [])
        if problem not in at:
            at.append(problem)
    return {status: _response(found) for status, found in sorted(by_status.items())}


def _response(found: list[type[Problem]]) -> dict[str, Any]:
    schema: dict[str, Any] = {"anyOf": [{"$ref": f"#/components/schemas/problem.{one.code}"} for one in found]}
    return {
        "description": "; ".join(one.title for one in found),
        "content": {"application/problem+json": {"schema": schema if len(found) > 1 else schema["anyOf"][0]}},
    }


def problem_schema(problem: type[Problem]) -> dict[str, Any]:
    """Give the JSON Schema of one problem document."""
    facts = {name: {"type": kind} for name, kind in problem.facts_shape.items()}
    place = {
        "type": "object",
        "properties": {"pointer": {"type": "string"}, "code": {"type": "string"}},
        "required": ["pointer", "code"],
        "additionalProperties": False,
    }
    return {
        "title": problem.title,
        "description": (problem.__doc__ or "").strip(),
        "type": "object",
        "properties": {
            "type": {"const": f"/docs#{problem.code}"},
            "title": {"type": "string"},
            "status": {"const": problem.status},
            "code": {"const": problem.code},
            "detail": {"type": "string"},
            "action": {"const": problem.action},
            "errors": {"type": "array", "items": place},
        }
        | facts,
        "required": ["type", "title", "status", "code", "detail", "action", *facts],
        "additionalProperties": False,
    }
