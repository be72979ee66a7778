"""Compose the server: settings → database → rooms → application. The only file that builds things."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from sqlalchemy.exc import DBAPIError
from starlette.types import Receive, Scope, Send

from app.api import (
    blobs,
    channels,
    deployment,
    devices,
    docs,
    enrolments,
    health,
    key_packages,
    logs,
    operations,
    problems,
    push,
    revocations,
    sessions,
)
from app.api.gate import Gate
from app.api.pages import Pages
from app.api.push import PushOffer
from app.authentication import token_key
from app.authentication.rates import Rates
from app.authentication.tokens import Tokens
from app.clock import Clock
from app.db import Database, Wake
from app.delivery.judge import Judge
from app.delivery.subscriptions import PushHosts
from app.delivery.writer import Writer
from app.directory.parties import Parties
from app.jobs.mail import Mailer
from app.jobs.push import Pushes
from app.jobs.reminders import Reminders
from app.jobs.web_push import WebPush, public_key
from app.realtime.acks import Acks
from app.realtime.endpoint import PATH, Streams
from app.realtime.hub import Hub
from app.realtime.revoked import RevocationWatch
from app.realtime.wake import Notify
from app.settings import Settings

# The newest migration; the server is not ready on another.
REVISION = "0004"
VERSION = "1"
NOUNS = (
    deployment,
    enrolments,
    revocations,
    sessions,
    devices,
    key_packages,
    operations,
    channels,
    logs,
    blobs,
    push,
    health,
)


class WrongRevision(RuntimeError):
    """Says that the database has not the tables of this version."""


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
    for noun in NOUNS:
        app.include_router(noun.router)
    problems.install(app)
    docs.install(app)
    return app


def build(settings: Settings, clock: Clock | None = None) -> Gate:
    """Give the whole server as one ASGI application; the database opens when it starts.

    Takes   clock: by which reminders are due; the machine's unless given
    """
    app = application()
    rates = Rates(settings.requests_per_minute, settings.anonymous_per_minute)
    parties = Parties(settings.root_certificate.read_bytes())
    app.state.settings = settings
    app.state.rates = rates
    app.state.parties = parties
    app.state.tokens = Tokens(token_key.load(settings.token_key), parties.deployment, settings.token_s)
    _ways(app, settings, parties.deployment)
    app.state.revision = REVISION
    app.state.clock = clock or Clock()

    async def stream(scope: Scope, receive: Receive, send: Send) -> None:
        await app.state.streams(scope, receive, send)

    pages = Pages(settings.pages_folder(), settings.release_statement)
    return Gate(app, {PATH: stream}, pages, settings.host_names(), rates)


def _ways(app: FastAPI, settings: Settings, deployment: str) -> None:
    """Keep by which ways devices are told while they are away, as far as the settings name any."""
    hosts = PushHosts(settings.push_host_names())
    app.state.web_push = app.state.mailer = key = None
    if hosts:
        pem = token_key.load(settings.push_key_file())
        key = public_key(pem)
        app.state.web_push = WebPush(pem, hosts, settings.push_contact or f"https://{deployment}")
    if settings.smtp_url:
        app.state.mailer = Mailer(settings.smtp_url, settings.mail_from)
    app.state.push_offer = PushOffer(key, hosts, app.state.mailer is not None)


@asynccontextmanager
async def _live(app: FastAPI) -> AsyncIterator[None]:
    """Open what the rooms need, in order, and close it the other way round."""
    settings: Settings = app.state.settings
    parties: Parties = app.state.parties
    async with AsyncExitStack() as opened:
        database = Database(settings.database_url)
        opened.push_async_callback(database.close)
        await database.check()
        try:
            revision = await database.revision()
        except DBAPIError:  # no such table: nothing was ever migrated
            revision = None
        if revision != REVISION:
            raise WrongRevision(f"the database is at revision {revision}, not {REVISION}: run alembic upgrade head")
        hub = Hub(database, settings.poll_s)
        opened.push_async_callback(hub.stop)
        readers: list[Wake] = [hub.wake]

        def wake(grown: Iterable[bytes]) -> None:
            ids = frozenset(grown)
            for reader in readers:
                reader(ids)

        database.wake = wake
        if not database.serial:
            notify = Notify(settings.database_url, wake)
            opened.push_async_callback(notify.stop)
            await notify.start()
            database.wake = notify.wake
        reminders = Reminders(database, app.state.clock)
        writer = Writer(database, Judge(parties), reminders.planned)
        opened.push_async_callback(writer.stop)
        await writer.start()
        acks = Acks(database)
        opened.push_async_callback(acks.stop)
        await acks.start()
        streams = Streams(database, hub, acks, app.state.rates, settings.origin_names(), settings.slow_reader_s)
        opened.callback(streams.close_all)
        ways = app.state.web_push, app.state.mailer
        after_ms = 1000 * settings.mail_after_s
        pushes = Pushes(database, app.state.clock, *ways, streams.has, mail_after_ms=after_ms)
        await hub.start()
        opened.push_async_callback(reminders.stop)
        await reminders.start()
        readers.append(pushes.wake)
        opened.push_async_callback(pushes.stop)
        await pushes.start()
        await RevocationWatch(streams).start(hub, parties.log_id)
        app.state.database, app.state.writer, app.state.streams = database, writer, streams
        yield
