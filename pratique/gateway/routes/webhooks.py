"""Register receivers, rotate their secrets, see what was delivered, and deliver again."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from pratique.gateway import answers, destinations
from pratique.gateway.parts import here, json_body, limit_of, page, reply, taken
from pratique.gateway.problems import Place, Problem
from pratique.gateway.queue import Queue
from pratique.gateway.routes.described import problems
from pratique.gateway.webhooks import Webhook

router = APIRouter(prefix="/v1", tags=["webhooks"])
DeliveryId = Annotated[int, Path(ge=1, le=2**53 - 1)]


@router.post(
    "/webhooks",
    operation_id="add_webhook",
    status_code=201,
    responses={
        201: {"model": answers.WebhookTold, "description": "registered; what is heard from now on is told"},
        **problems("malformed_content", "webhook_refused", "webhook_exists", "refused", body=True),
    },
    openapi_extra=taken(answers.NewWebhook, "Where to tell what."),
)
async def add(request: Request) -> Response:
    """Register a receiver; its secret is shown this once."""
    gateway, wanted = here(request), answers.NewWebhook.check(await json_body(request))
    try:
        to = destinations.read(wanted.url, gateway.settings.allowed)
        await destinations.address_of(to)
    except destinations.DestinationRefused as refused:
        # A receiver that has no name yet may get one; every delivery is judged again.
        if refused.code != "not_resolved":
            raise Problem("webhook_refused", errors=[Place("/url", refused.code, _WHY[refused.code])]) from None
    gateway.hearing.look()
    made, secret = gateway.webhooks.add(wanted.url, wanted.types, wanted.own, wanted.secret)
    return reply(_told(made) | {"secret": secret}, 201)


_WHY = {
    "wrong_form": "must be a plain ASCII URL without user, spaces, backslashes or fragment",
    "wrong_scheme_or_form": "must begin with https:// (or http:// for a host:port that the operator allowed)",
    "userinfo": "must not carry a user or password",
    "wrong_host": "must name its host in the one usual form",
    "wrong_port": "must name a port from 1 to 65535",
    "not_encrypted": "must be https; http is only for a host:port that the operator allowed",
    "internal_address": "is internal; the operator allows it at the start: --allow-webhook host:port",
}


@router.get(
    "/webhooks",
    operation_id="list_webhooks",
    responses={200: {"model": list[answers.WebhookTold], "description": "all of them"}, **problems()},
)
async def list_all(request: Request) -> Response:
    """List the receivers, without their secrets."""
    return reply([_told(one) for one in here(request).webhooks.all()])


@router.delete(
    "/webhooks/{id}",
    operation_id="remove_webhook",
    status_code=204,
    responses={204: {"description": "removed with its deliveries"}, **problems("not_found")},
)
async def remove(request: Request, id: str) -> Response:
    """Forget a receiver and everything queued for it."""
    here(request).webhooks.remove(id)
    return Response(status_code=204)


@router.post(
    "/webhooks/{id}/rotate",
    operation_id="rotate_secret",
    responses={200: {"model": answers.Rotated, "description": "rotated"}, **problems("not_found", body=True)},
    openapi_extra=taken(answers.Rotation, "{} or the secret to use."),
)
async def rotate(request: Request, id: str) -> Response:
    """Give a new secret; for a day every delivery carries both signatures."""
    gateway, wanted = here(request), answers.Rotation.check(await json_body(request))
    secret, until_ms = gateway.webhooks.rotate(id, wanted.secret)
    return reply({"secret": secret, "old_until_ms": until_ms})


@router.get(
    "/webhooks/{id}/deliveries",
    operation_id="list_deliveries",
    responses={
        200: {"model": answers.Page, "description": "deliveries with their attempts, newest first"},
        **problems("not_found", "bad_cursor", "malformed_request"),
    },
)
async def deliveries(request: Request, id: str, limit: int = 50, cursor: str | None = None) -> Response:
    """Show the delivery log of a receiver: places, instants and outcomes, never contents."""
    here(request).webhooks.get(id)
    return _page(request, limit, cursor, webhook=id)


@router.get(
    "/dead-letters",
    operation_id="list_dead_letters",
    responses={
        200: {"model": answers.Page, "description": "what was given up, newest first"},
        **problems("bad_cursor", "malformed_request"),
    },
)
async def dead_letters(request: Request, limit: int = 50, cursor: str | None = None) -> Response:
    """List what no attempt could deliver."""
    return _page(request, limit, cursor, state="dead")


@router.post(
    "/deliveries/{id}/redeliver",
    operation_id="redeliver",
    status_code=202,
    responses={202: {"model": answers.DeliveryTold, "description": "queued"}, **problems("not_found")},
)
async def redeliver(request: Request, id: DeliveryId) -> Response:
    """Deliver once more, whatever became of it, with the whole schedule of attempts before it."""
    deliverer = here(request).deliverer
    deliverer.again(id)
    return reply(deliverer.queue.shown(deliverer.queue.get(id)), 202)


def _page(request: Request, limit: int, cursor: str | None, **filter: str) -> Response:
    gateway, most = here(request), limit_of(limit)
    queue: Queue = gateway.deliverer.queue
    bound = "/".join(["deliveries", *filter.values()])
    before = None if cursor is None else int(gateway.cursors.read(bound, cursor)[0])
    found = queue.listed(before=before, limit=most + 1, **filter)
    shown = found[:most]
    next_cursor = gateway.cursors.make(bound, [shown[-1]["id"]]) if shown else cursor
    return page(request, shown, next_cursor, has_more=len(found) > most)


def _told(one: Webhook) -> dict[str, Any]:
    return {"id": one.id, "url": one.url, "types": one.types, "own": one.own, "created_ms": one.created_ms}
