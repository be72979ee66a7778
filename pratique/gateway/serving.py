"""Listen, on loopback or by mutual TLS, and write one JSON line of log for each thing that happens."""

from __future__ import annotations

import socket
import ssl
import sys
from contextlib import suppress

import structlog
import uvicorn
from starlette.types import ASGIApp

from pratique.gateway.settings import Settings


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
        http="h11",
        ws="none",
        lifespan="on",
        server_header=False,
        access_log=False,
        log_level="warning",
        log_config=None,
        proxy_headers=False,
        timeout_keep_alive=10,
        timeout_graceful_shutdown=10,
        limit_concurrency=200,
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
