"""Render problems as RFC 9457, whoever raised them; nothing of the request is echoed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.errors import Internal, MalformedRequest, MethodNotAllowed, NotFound, Place, Problem, TooManyRequests
from pratique.wire import strict_json

MEDIA_TYPE = "application/problem+json"
MAX_PLACES = 20
_CODES = {"missing": "required", "extra_forbidden": "unknown_field", "value_error": "wrong_form"}


def answer(problem: Problem, headers: dict[str, str] | None = None) -> Response:
    """Give the response that tells a problem."""
    more = dict(headers or {})
    if isinstance(problem, TooManyRequests):
        more["Retry-After"] = str(problem.facts["retry_after_s"])
    if problem.status == 401:
        more["WWW-Authenticate"] = "Bearer"
    return Response(strict_json.dumps(problem.to_json()), problem.status, more, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Set the handlers of an application."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _routing)
    app.add_exception_handler(Exception, _internal)


async def _problem(_request: Request, raised: Exception) -> Response:
    assert isinstance(raised, Problem)
    return answer(raised)


async def _malformed(_request: Request, raised: Exception) -> Response:
    assert isinstance(raised, RequestValidationError)
    return answer(MalformedRequest(errors=places(raised.errors())))


async def _routing(_request: Request, raised: Exception) -> Response:
    assert isinstance(raised, HTTPException)
    if raised.status_code == 404:
        return answer(NotFound())
    if raised.status_code == 405:
        return answer(MethodNotAllowed(), dict(raised.headers or {}))
    return answer(MalformedRequest())


async def _internal(_request: Request, _raised: Exception) -> Response:
    return answer(Internal())


def places(found: Sequence[Any]) -> list[Place]:
    """Turn validation errors into pointers and codes; a name that the caller made up is left out."""
    told = []
    for error in found[:MAX_PLACES]:
        where, *path = error["loc"]
        if error["type"] == "extra_forbidden":
            path = path[:-1]
        steps = "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)
        told.append(Place(steps if where == "body" else f"{where}{steps}", _CODES.get(error["type"], error["type"])))
    return told
