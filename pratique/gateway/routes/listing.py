"""List pre-notifications and show one with its versions, their differences and its form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from pratique.contents.fields import instant_ms
from pratique.gateway import answers
from pratique.gateway.parts import Gateway, here, limit_of, page, reply
from pratique.gateway.problems import Place, Problem
from pratique.gateway.routes.described import problems
from pratique.gateway.routes.prenotifications import consignment, etag
from pratique.views.consignment import state_at
from pratique.views.consignment_json import consignment_json
from pratique.views.flags import flags
from pratique.wire import strict_json

if TYPE_CHECKING:
    from pratique.views.consignment import Consignment

HOUR_MS = 3_600_000
router = APIRouter(prefix="/v1", tags=["prenotifications"])


@router.get(
    "/prenotifications",
    operation_id="list_prenotifications",
    responses={
        200: {"model": answers.Page, "description": "oldest first"},
        **problems("bad_cursor", "malformed_request"),
    },
)
async def list_all(
    request: Request,
    state: Annotated[str | None, Query(description="SENT, ON_HOLD, DEPARTED, ARRIVED, CLOSED, …")] = None,
    arriving_within: Annotated[int | None, Query(ge=0, le=8760, description="hours from now")] = None,
    overdue: Annotated[bool | None, Query(description="whether a deadline has passed")] = None,
    updated_after: Annotated[
        str | None, Query(description="2026-08-12T21:40Z; the server's time of the last entry")
    ] = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Response:
    """List what this Member sees, in the order in which it was first sent."""
    gateway, now_ms = here(request), here(request).desk.now_ms()
    since_ms = _instant(updated_after)
    bound = strict_json.dumps(["prenotifications", state, arriving_within, overdue, updated_after]).decode()
    after = (0, "") if cursor is None else tuple(gateway.cursors.read(bound, cursor))

    def wanted(one: Consignment) -> bool:
        if (one.sent_ms, one.reference) <= after or (state is not None and state_at(one, now_ms)[0] != state):
            return False
        if arriving_within is not None:
            eta_ms = one.eta_ms
            if eta_ms is None or not now_ms <= eta_ms <= now_ms + arriving_within * HOUR_MS:
                return False
        if overdue is not None and bool(flags(one, now_ms)) != overdue:
            return False
        return since_ms is None or updated_ms(gateway, one) > since_ms

    most = limit_of(limit)
    known = sorted(gateway.desk.board.consignments.values(), key=lambda one: (one.sent_ms, one.reference))
    found = []
    for one in known:
        if wanted(one):
            found.append(one)
            if len(found) > most:
                break
    shown = found[:most]
    items = [consignment_json(one, now_ms) | {"updated_ms": updated_ms(gateway, one)} for one in shown]
    next_cursor = gateway.cursors.make(bound, [shown[-1].sent_ms, shown[-1].reference]) if shown else cursor
    return page(request, items, next_cursor, has_more=len(found) > most)


@router.get(
    "/prenotifications/{reference}",
    operation_id="get_prenotification",
    responses={
        200: {
            "description": "how it stands, its versions with their differences, its form, and who may still answer",
            "content": {"application/json": {"schema": {"type": "object"}}},
        },
        **problems("no_consignment"),
    },
)
async def get_one(request: Request, reference: str) -> Response:
    """Show one pre-notification as this Member may know it."""
    gateway = here(request)
    one = consignment(gateway, reference)
    now_ms = gateway.desk.now_ms()
    told = consignment_json(one, now_ms) | {
        "updated_ms": updated_ms(gateway, one),
        "template": one.part.template,
        "form": one.part.form,
        "overrides": [override.model_dump(mode="json") for override in one.part.overrides],
        "contacts": dict(one.part.contacts),
    }
    return reply(told, headers={"ETag": etag(one)})


def updated_ms(gateway: Gateway, one: Consignment) -> int:
    """Give when the newest entry about a consignment was saved on the server."""
    return max((said.place.at_ms for said in gateway.desk.board.said.get(one.reference, ())), default=one.sent_ms)


def _instant(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return instant_ms(text)
    except ValueError:
        wrong: list[Any] = [Place("query/updated_after", "wrong_form", "must be a UTC time such as 2026-08-12T21:40Z")]
        raise Problem("malformed_request", errors=wrong) from None
