"""Compose a gateway: desk and book → parts → routes → gate; and what runs beside the requests."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from pratique.errors import PratiqueError
from pratique.gateway.cursors import Cursors
from pratique.gateway.delivering import Deliverer
from pratique.gateway.gate import Gate
from pratique.gateway.hearing import Hearing
from pratique.gateway.idempotency import Requests
from pratique.gateway.parts import Gateway
from pratique.gateway.problems import Place, Problem, answer, told_as
from pratique.gateway.queue import Queue
from pratique.gateway.routes import events, listing, prenotifications, reference, webhooks
from pratique.gateway.sending import Sender
from pratique.gateway.settings import Settings
from pratique.gateway.webhooks import Webhooks
from pratique.wire.refused import Refused

if TYPE_CHECKING:
    from pratique.desk.desk import Desk
    from pratique.gateway.book import Book

LONGEST_PAUSE_S = 30.0

logger = structlog.get_logger(__name__)


def build(desk: Desk, book: Book, settings: Settings, sender: Sender | None = None) -> Gate:
    """Give the gateway as an ASGI application; desk and book stay the caller's to close."""
    hearing, hooks, queue = Hearing(book, desk), Webhooks(book, settings), Queue(book, settings)
    deliverer = Deliverer(desk, hearing, hooks, queue, sender or Sender(settings), settings)
    api = routes()
    api.state.gateway = Gateway(
        desk=desk,
        settings=settings,
        cursors=Cursors(book.secret("cursors")),
        requests=Requests(book, settings.now_ms),
        hearing=hearing,
        webhooks=hooks,
        deliverer=deliverer,
    )
    return Gate(api, settings)


def routes() -> FastAPI:
    """Give the routes and their problems, without anything behind them."""
    api = FastAPI(
        title="Pratique gateway",
        version="1",
        lifespan=_live,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    for room in (prenotifications, listing, events, webhooks, reference):
        api.include_router(room.router)
    for kind in (Problem, PratiqueError, Refused):
        api.add_exception_handler(kind, _told)
    api.add_exception_handler(Exception, _told)
    api.add_exception_handler(RequestValidationError, _malformed)
    api.add_exception_handler(HTTPException, _routing)
    return api


async def _told(_request: Request, raised: Exception) -> Response:
    return answer(told_as(raised))


async def _malformed(_request: Request, raised: Exception) -> Response:
    assert isinstance(raised, RequestValidationError)
    wrong = [Place("/".join(map(str, error["loc"])), error["type"], error["msg"]) for error in raised.errors()]
    return answer(Problem("malformed_request", errors=wrong))


async def _routing(_request: Request, raised: Exception) -> Response:
    assert isinstance(raised, HTTPException)
    response = answer(
        Problem({404: "not_found", 405: "method_not_allowed"}.get(raised.status_code, "malformed_request"))
    )
    response.headers.update(raised.headers or {})
    return response


@asynccontextmanager
async def _live(api: FastAPI) -> AsyncIterator[None]:
    """Follow the channels and deliver for as long as the gateway serves."""
    gateway: Gateway = api.state.gateway
    gateway.desk.refresh()
    gateway.hearing.look()
    tasks = [asyncio.create_task(gateway.deliverer.run()), asyncio.create_task(follow(gateway))]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def follow(gateway: Gateway) -> None:
    """Follow what the server brings, for ever; without the server the gateway serves what it knows."""
    pause = 0.5
    while True:
        try:
            await gateway.desk.sync()
            gateway.deliverer.wake()
            async with aclosing(gateway.desk.watch()) as alerts:
                async for _ in alerts:
                    pause = 0.5
                    gateway.deliverer.wake()
        except (PratiqueError, Refused) as failed:
            logger.warning("the server is not followed", why=failed.code)
        except Exception as fault:
            logger.error("the server is not followed", fault=type(fault).__name__)
        await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - spreads load only
        pause = min(2 * pause, LONGEST_PAUSE_S)
