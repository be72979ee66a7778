"""Compose the server: settings → database → rooms → application. The only file that builds things."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.types import ASGIApp

from app.api import deployment, devices, enrolments, health, operations, problems, sessions
from app.api.gate import Gate
from app.api.rates import Rates
from app.authentication import token_key
from app.authentication.tokens import Tokens
from app.db import Database
from app.directory.parties import Parties
from app.settings import Settings

# The newest migration; the server is not ready on another.
REVISION = "0001"
VERSION = "1"
ROUTERS = (deployment, enrolments, sessions, devices, operations, health)


def application() -> FastAPI:
    """Give the routes without anything behind them: what the generated schema describes."""
    app = FastAPI(
        title="Pratique",
        version=VERSION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_live,
    )
    for router in ROUTERS:
        app.include_router(router.router)
    problems.install(app)
    return app


def build(settings: Settings) -> ASGIApp:
    """Give the whole server as one ASGI application; the database opens when it starts."""
    app = application()
    rates = Rates(settings.requests_per_minute, settings.anonymous_per_minute)
    parties = Parties(settings.root_certificate.read_bytes())
    app.state.settings = settings
    app.state.rates = rates
    app.state.parties = parties
    app.state.tokens = Tokens(token_key.load(settings.token_key), parties.deployment, settings.token_s)
    app.state.revision = REVISION
    return Gate(app, settings.host_names(), rates)


@asynccontextmanager
async def _live(app: FastAPI) -> AsyncIterator[None]:
    database = Database(app.state.settings.database_url)
    app.state.database = database
    try:
        await database.check()
        yield
    finally:
        await database.close()
