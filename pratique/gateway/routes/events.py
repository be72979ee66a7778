"""Everything that was said, in the order in which it was heard: for systems that ask instead of being told."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from pratique.gateway import answers
from pratique.gateway.parts import here, limit_of, page
from pratique.gateway.routes.described import problems
from pratique.gateway.told import cloud_event, is_elsewhere, mark_of

router = APIRouter(prefix="/v1", tags=["events"])


@router.get(
    "/events",
    operation_id="list_events",
    responses={
        200: {
            "model": answers.Page,
            "description": "CloudEvents, as webhooks carry them; keep the cursor and come back",
        },
        **problems("bad_cursor", "malformed_request"),
    },
)
async def list_all(
    request: Request,
    limit: int = 50,
    cursor: Annotated[str | None, Query(description="where the last page ended; without it from the beginning")] = None,
) -> Response:
    """List everything said about consignments, by this Member too; each once, though it may stand in several lanes."""
    gateway = here(request)
    gateway.hearing.look()
    most = limit_of(limit)
    number = 0 if cursor is None else int(gateway.cursors.read("events", cursor)[0])
    items = []
    for at, line in gateway.hearing.after(number, most):
        number = at
        if line.content is None or is_elsewhere(gateway.desk, line):
            continue
        event = cloud_event(gateway.desk, line)
        if (mark := mark_of(gateway.desk, line)) is not None:
            event["data"]["mark"] = mark
        items.append(event)
    has_more = gateway.hearing.newest() > number
    return page(request, items, gateway.cursors.make("events", [number]), has_more=has_more)
