"""Where a webhook may go: the URL has one meaning, and the address behind its name is no internal one.

An internal receiver is the usual case, so the operator names each by exact host:port when the gateway starts; nobody
can do so through the API. A name is resolved once for each delivery, and the connection goes to that very address.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable

from pratique.wire.destinations import MOST_URL, Destination, DestinationRefused, chosen, is_public, literal, read

__all__ = ["MOST_URL", "Destination", "DestinationRefused", "Resolve", "address_of", "is_public", "read", "resolve"]

Resolve = Callable[[str, int], Awaitable[list[str]]]


async def resolve(host: str, port: int) -> list[str]:
    """Ask this machine's resolver once."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[4][0]) for address in found))


async def address_of(destination: Destination, ask: Resolve = resolve) -> str:
    """Give the one address to connect to; raises `DestinationRefused` where any address of the name is internal."""
    if literal(destination.host) is not None:
        return destination.host
    try:
        found = await ask(destination.host, destination.port)
    except (OSError, UnicodeError):
        raise DestinationRefused("not_resolved") from None
    return chosen(destination, found)
