"""Read bodies strictly before FastAPI sees them: one media type, one encoding, one meaning."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from app.api.parts import asks_who, shown
from app.errors import MalformedJson, UnsupportedMediaType
from pratique.wire import strict_json

_MEDIA_TYPES = frozenset({"application/json", "application/json;charset=utf-8"})


class StrictRoute(APIRoute):
    """A route whose body, where it has one, is strict JSON."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's handler; it finds the body parsed already."""
        handler = super().get_route_handler()
        if self.body_field is None:
            return handler

        signed_in = asks_who(self.dependant)

        async def strictly(request: Request) -> Response:
            media = request.headers.getlist("content-type")
            if len(media) != 1 or media[0].lower().replace(" ", "") not in _MEDIA_TYPES:
                raise UnsupportedMediaType
            body = await request.body()
            if signed_in:  # no stranger's body is parsed; it is taken, for who still sends would lose the answer
                state = request.app.state
                shown(request, state.tokens, state.database.now_ms())
            try:
                # Starlette keeps a parsed body here; so it is never parsed a second time, by another parser.
                request._json = strict_json.loads(body)
            except strict_json.JsonRefused as refused:
                raise MalformedJson(refused.detail) from None
            return await handler(request)

        return strictly
