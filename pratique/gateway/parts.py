"""What every route reaches: the parts of one running gateway, a strict body, and a plain answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi import Request, Response

from pratique.gateway.problems import Place, Problem
from pratique.wire import strict_json

if TYPE_CHECKING:
    from pydantic import BaseModel

    from pratique.desk.desk import Desk
    from pratique.gateway.cursors import Cursors
    from pratique.gateway.delivering import Deliverer
    from pratique.gateway.hearing import Hearing
    from pratique.gateway.idempotency import Answered, Requests
    from pratique.gateway.settings import Settings
    from pratique.gateway.webhooks import Webhooks

JSON = "application/json"
MOST_ITEMS = 200
_MEDIA_TYPES = frozenset({"application/json", "application/json;charset=utf-8"})


@dataclass(frozen=True)
class Gateway:
    """The parts of one gateway."""

    desk: Desk
    settings: Settings
    cursors: Cursors
    requests: Requests
    hearing: Hearing
    webhooks: Webhooks
    deliverer: Deliverer


def here(request: Request) -> Gateway:
    """Give the gateway that a request came to."""
    gateway: Gateway = request.app.state.gateway
    return gateway


async def json_body(request: Request) -> Any:
    """Read the body as strict JSON; raises `Problem`."""
    media = request.headers.getlist("content-type")
    if len(media) != 1 or media[0].lower().replace(" ", "") not in _MEDIA_TYPES:
        raise Problem("unsupported_media_type")
    try:
        return strict_json.loads(await request.body())
    except strict_json.JsonRefused as refused:
        raise Problem("malformed_json", refused.detail) from None


def reply(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Answer with JSON."""
    return Response(strict_json.dumps(value), status, headers, JSON)


def as_it_was(answered: Answered) -> Response:
    """Answer with the bytes of a first answer."""
    return Response(answered.body, answered.status, media_type=JSON)


def limit_of(limit: int) -> int:
    """Hold the length of a page; raises `Problem`."""
    if not 1 <= limit <= MOST_ITEMS:
        raise Problem("malformed_request", errors=[Place("query/limit", "out_of_range", f"must be 1 to {MOST_ITEMS}")])
    return limit


def page(request: Request, items: list[Any], cursor: str | None, *, has_more: bool) -> Response:
    """Answer with one page of a list; `Link` names the next one where there is more."""
    headers = {}
    if has_more and cursor is not None:
        following = request.url.include_query_params(cursor=cursor)
        headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
    return reply({"items": items, "next_cursor": cursor, "has_more": has_more}, headers=headers)


def taken(model: type[BaseModel], description: str) -> dict[str, Any]:
    """Describe a body that is read strictly by hand, for the OpenAPI document."""
    ref = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"requestBody": {"required": True, "description": description, "content": {JSON: {"schema": ref}}}}
