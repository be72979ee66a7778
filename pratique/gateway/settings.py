"""What the operator of a gateway decides, once, at its start."""

from __future__ import annotations

import ipaddress
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pratique.errors import PratiqueError

# How long after each failed attempt the next one waits; after the last one the item is a dead letter (about 3 days).
BACKOFF_S: tuple[float, ...] = (5, 30, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True)
class Settings:
    """Everything about one gateway but its store and its operation.

    Takes   key_hashes: of the API keys; hosts: further names this gateway answers for; allowed: host:port pairs whose
            address may be internal, and that may be plain http; ca: trusted for webhooks beside the system's
    """

    key_hashes: frozenset[str]
    host: str = "127.0.0.1"
    port: int = 8100
    hosts: frozenset[str] = frozenset()
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    tls_client_ca: Path | None = None
    allowed: frozenset[str] = frozenset()
    ca: Path | None = None
    backoff_s: tuple[float, ...] = BACKOFF_S
    jitter: float = 0.2
    timeout_s: float = 5.0
    grace_s: float = 86_400.0
    most_at_once: int = 32
    idle_s: float = 30.0
    now_ms: Callable[[], int] = field(default=_now_ms)

    def __post_init__(self) -> None:
        """Refuse what would expose plaintext: other machines reach a gateway by mutual TLS only."""
        tls = (self.tls_certificate, self.tls_key, self.tls_client_ca)
        if any(tls) and not all(tls):
            raise PratiqueError(
                "insecure_listen", "mutual TLS needs a certificate, its key and the CA of the clients, all three"
            )
        if not is_loopback(self.host) and not all(tls):
            raise PratiqueError(
                "insecure_listen",
                f"{self.host} can be reached from other machines, and no mutual TLS is set",
                "listen on 127.0.0.1, or give --tls-certificate, --tls-key and --tls-client-ca",
            )

    def named(self, port: int) -> str:
        """Give host:port as a URL writes it."""
        return f"{_in_brackets(self.host)}:{port}"

    def host_names(self) -> frozenset[str]:
        """Give the Host names that are answered, lower case, without port."""
        own = {"127.0.0.1", "localhost", "[::1]"} if is_loopback(self.host) else {_in_brackets(self.host)}
        return frozenset(own | {name.lower() for name in self.hosts})


def read_listen(text: str) -> tuple[str, int]:
    """Read HOST:PORT; an IPv6 address stands in brackets; raises `PratiqueError`."""
    match = re.fullmatch(r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):(\d{1,5})", text)
    if match is None or int(match[2]) > 65_535:
        raise PratiqueError("usage", f"{text!r} is not HOST:PORT, as 127.0.0.1:8100 or [::1]:8100")
    return match[1].strip("[]"), int(match[2])


def read_allowed(text: str) -> str:
    """Read one exact host:port to which webhooks may go although it is internal; raises `PratiqueError`."""
    host, port = read_listen(text)
    if port == 0:
        raise PratiqueError("usage", f"{text!r} names no port")
    return f"{_in_brackets(host.lower())}:{port}"


def is_loopback(host: str) -> bool:
    """Say whether a host can be reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _in_brackets(host: str) -> str:
    return f"[{host}]" if ":" in host else host
