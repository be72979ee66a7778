"""Run the server: bind the port first, then everything else."""

from __future__ import annotations

import socket
import sys
from contextlib import suppress

import structlog
import uvicorn
from pydantic import ValidationError
from starlette.types import ASGIApp

from app.authentication.token_key import KeyFileRefused
from app.main import build
from app.realtime.transport import FanOutProtocol
from app.settings import Settings

# How long data sent to a reader may stay unacknowledged before the kernel gives the connection up.
USER_TIMEOUT_MS = 20_000
SEND_BUFFER_BYTES = 256 * 1024


def listen(host: str, port: int) -> socket.socket:
    """Give a listening socket whose connections inherit the limits on stalled readers; raises `OSError`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT_MS)
    listening.bind((host, port))
    listening.listen(2048)
    return listening


def server(settings: Settings, application: ASGIApp) -> uvicorn.Server:
    """Give the uvicorn server with the options this application was measured with."""
    config = uvicorn.Config(
        application,
        ws=FanOutProtocol,
        ws_max_size=256 * 1024,
        ws_per_message_deflate=False,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        limit_concurrency=8000,
        timeout_keep_alive=10,
        timeout_graceful_shutdown=settings.graceful_s,
        server_header=False,
        access_log=False,
        # uvicorn tells addresses and query strings below this level; our own lines do not.
        log_level="warning",
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        h11_max_incomplete_event_size=16_384,
    )
    return uvicorn.Server(config)


def log_lines(level: str) -> None:
    """Write diagnostics as one JSON object per line, to standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def run() -> None:
    """Serve until SIGINT or SIGTERM; what stands in the way of a start is told in one line."""
    try:
        settings = Settings()
    except ValidationError as wrong:
        names = ", ".join(f"PRATIQUE_{error['loc'][0]}".upper() for error in wrong.errors(include_input=False))
        sys.exit(f"wrong settings: {names}; docs/settings.md says what each takes")
    try:
        listening = listen(settings.host, settings.port)
    except OSError as taken:
        sys.exit(
            f"cannot listen on {settings.host}:{settings.port}: {taken.strerror}; "
            f"choose another port: PRATIQUE_PORT={settings.port + 1}"
        )
    log_lines(settings.log_level)
    try:
        application = build(settings)
    except (OSError, ValueError, KeyFileRefused) as wrong:
        sys.exit(f"cannot start: {wrong}")
    structlog.get_logger(__name__).info("serving", url=f"http://{settings.host}:{listening.getsockname()[1]}")
    with suppress(KeyboardInterrupt):  # raised again by uvicorn after a clean stop
        server(settings, application).run(sockets=[listening])


if __name__ == "__main__":
    run()
