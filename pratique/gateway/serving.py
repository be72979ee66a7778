"""Listen, on loopback or by mutual TLS, and write one JSON line of log for each thing that happens."""

from __future__ import annotations

import asyncio
import socket
import ssl
import sys
from contextlib import suppress

import h11
import structlog
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from pratique.gateway.settings import Settings

# A connection that sends no whole request head within this is ended: it would keep its place from others for ever.
HEAD_WITHIN_S = 10.0
MOST_CONNECTIONS = 200


class Hasty(H11Protocol):
    """HTTP/1.1 that does not wait for ever."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._expect()

    def data_received(self, data: bytes) -> None:
        """Begin to wait for the next request with its first byte; end with its whole head."""
        if self._late is None and self.conn.their_state is h11.IDLE:
            self._expect()
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._relax()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._relax()
        super().connection_lost(exc)

    def _expect(self) -> None:
        self._late = self.loop.call_later(HEAD_WITHIN_S, self._end)

    def _relax(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _end(self) -> None:
        self._late = None
        if self.conn.their_state is h11.IDLE:
            self.transport.close()


def listen(settings: Settings) -> socket.socket:
    """Give the listening socket; raises `OSError`."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # asyncio switches Nagle's delay off only where the protocol is named: without it each answer waits 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    return listening


def server(application: ASGIApp, settings: Settings) -> uvicorn.Server:
    """Give the HTTP server of a gateway."""
    config = uvicorn.Config(
        application,
        interface="asgi3",
        http=Hasty,
        ws="none",
        lifespan="on",
        server_header=False,
        access_log=False,
        log_level="warning",
        log_config=None,
        proxy_headers=False,
        timeout_keep_alive=int(HEAD_WITHIN_S),
        timeout_graceful_shutdown=10,
        limit_concurrency=MOST_CONNECTIONS,
        h11_max_incomplete_event_size=16_384,
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
        ssl_ca_certs=None if settings.tls_client_ca is None else str(settings.tls_client_ca),
        ssl_cert_reqs=ssl.CERT_REQUIRED if settings.tls_client_ca else ssl.CERT_NONE,
    )
    config.load()
    if config.ssl is not None:
        config.ssl.minimum_version = ssl.TLSVersion.TLSv1_3
    return uvicorn.Server(config)


async def serve(application: ASGIApp, settings: Settings, listening: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM."""
    with suppress(KeyboardInterrupt):  # raised again by uvicorn after a clean stop
        await server(application, settings).serve(sockets=[listening])


def log_lines() -> None:
    """Write diagnostics as one JSON object per line, to standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger("info"),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
