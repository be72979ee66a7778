"""Hand routes the few things they are given: the database, who asks, and the rooms' long-lived parts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, cast

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.security import HTTPBearer

from app.authentication.rates import Rates
from app.authentication.tokens import Session, Tokens
from app.db import Database, Transaction
from app.directory import devices
from app.directory.parties import Parties
from app.errors import NotSignedIn
from pratique.wire.identity import DeviceUri

# All of these are asynchronous: FastAPI sends what is not to a thread and back, at every request.
_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", scheme_name="access_token")


async def _database(request: Request) -> Database:
    return cast(Database, request.app.state.database)


async def _parties(request: Request) -> Parties:
    return cast(Parties, request.app.state.parties)


async def _tokens(request: Request) -> Tokens:
    return cast(Tokens, request.app.state.tokens)


Db = Annotated[Database, Depends(_database)]
TheParties = Annotated[Parties, Depends(_parties)]
TheTokens = Annotated[Tokens, Depends(_tokens)]


async def _reading(db: Db) -> AsyncIterator[Transaction]:
    async with db.read() as tx:
        yield tx


# The scope "function" gives the connection back before the answer leaves.
Look = Annotated[Transaction, Depends(_reading, scope="function")]


async def _session(
    request: Request, db: Db, tokens: TheTokens, _declared: Annotated[object, Depends(_bearer)]
) -> Session:
    """Give the session of the token, of a device that is active and certified at this moment."""
    session = shown(request, tokens, db.now_ms())
    uri = str(session.device)
    cast(Rates, request.app.state.rates).device(uri)
    async with db.read() as tx:
        await devices.require_active(tx, uri, tx.now_ms)
    return session


def shown(request: Request, tokens: Tokens, now_ms: int) -> Session:
    """Give the session of the token that a request shows; who shows none is counted by address."""
    try:
        given = request.headers.getlist("authorization")
        if len(given) != 1 or given[0][:7].lower() != "bearer ":
            raise NotSignedIn
        return tokens.read(given[0][7:], now_ms)
    except NotSignedIn:
        cast(Rates, request.app.state.rates).address(request.client.host if request.client else "")
        raise


def asks_who(dependant: Dependant) -> bool:
    """Say whether a route is for signed-in devices only."""
    return any(one.call is _session or asks_who(one) for one in dependant.dependencies)


async def _device(session: Annotated[Session, Depends(_session)]) -> DeviceUri:
    return session.device


SignedIn = Annotated[Session, Depends(_session)]
Caller = Annotated[DeviceUri, Depends(_device)]
