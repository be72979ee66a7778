"""What a national system looks up once: the form as a JSON Schema, and code lists; and whether the gateway lives."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from pratique import codes, templates
from pratique.gateway.parts import here, reply
from pratique.gateway.problems import Place, Problem
from pratique.gateway.routes.described import problems

MOST_CODES = 200
router = APIRouter(tags=["reference"])
_OBJECT: dict[str, Any] = {"content": {"application/json": {"schema": {"type": "object"}}}}


@router.get(
    "/v1/templates/{name:path}",
    operation_id="get_template",
    responses={200: {"description": "the template", **_OBJECT}, **problems("not_found", "malformed_request")},
)
async def template(request: Request, name: str, kind: str = "departure", language: str = "en") -> Response:
    """Give a form: its JSON Schema for a kind of notification, and its fields with labels and help.

    `prenotification` is the newest version as this operation has adapted it; `prenotification/1` is one plain version.
    """
    if name == "prenotification":
        found = here(request).desk.template
    elif name in templates.names():
        found = templates.load(name)
    else:
        raise Problem("not_found")
    if kind not in found.kinds:
        raise _wrong("kind", found.kinds)
    _check_language(language)
    fields = [
        {
            "path": field.path,
            "group": field.group,
            "type": field.type,
            "required": field.required,
            "list": field.list,
            "enum": field.enum,
            "unit": field.unit,
            "label": found.text(field.path, language).label,
            "help": found.text(field.path, language).help,
        }
        for field in found.fields("goods", kind)
    ]
    return reply({"template": found.id, "kind": kind, "schema": found.schema_of("goods", kind), "fields": fields})


@router.get(
    "/v1/codes/{name}",
    operation_id="list_codes",
    responses={200: {"description": "codes with their names", **_OBJECT}, **problems("not_found", "malformed_request")},
)
async def code_list(
    name: str,
    text: Annotated[
        str, Query(max_length=100, description="what code or name contains; empty for a short whole list")
    ] = "",
    language: str = "en",
) -> Response:
    """Give a code list, or what of it contains a text; at most 200 codes, `complete` says whether that is all."""
    if name not in codes.lists():
        raise Problem("not_found", f"the lists are {', '.join(codes.lists())}")
    _check_language(language)
    if text:
        found = list(codes.search(name, text, language, MOST_CODES + 1))
    else:
        found = [code for _, code in zip(range(MOST_CODES + 1), codes.codes(name).values(), strict=False)]
    items = [{"code": one.code, "name": one.name(language)} for one in found[:MOST_CODES]]
    return reply({"list": name, **vars(codes.source(name)), "items": items, "complete": len(found) <= MOST_CODES})


@router.get("/healthz", operation_id="get_health", responses={200: {"description": "it answers", **_OBJECT}})
async def health() -> Response:
    """Say that the gateway answers; needs no key."""
    return reply({"status": "alive"})


def _check_language(language: str) -> None:
    if language not in templates.LANGUAGES:
        raise _wrong("language", templates.LANGUAGES)


def _wrong(name: str, known: tuple[str, ...]) -> Problem:
    return Problem(
        "malformed_request", errors=[Place(f"query/{name}", "not_in_list", f"must be one of {', '.join(known)}")]
    )
