"""Read a URL that somebody else chose and a program will call: it has one meaning and leads to no internal address.

An internal receiver is let through where the operator named its exact host:port when the program started.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

MOST_URL = 2048
_URL = re.compile(r"(https?)://([^/?#]*)(/[^?#]*)?(\?[^#]*)?")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_IN_PATH = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*")
# Names that mean this machine or this network wherever they are asked.
_LOCAL = frozenset({"localhost", "local", "internal", "localdomain", "home", "lan", "arpa", "onion", "invalid"})
# Public by number, yet answered by the machine's own host: the Azure wire server.
_SPECIAL = frozenset({ipaddress.ip_address("168.63.129.16")})
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
# Addresses that carry an IPv4 address or belong to nobody: 6to4, Teredo and other special blocks, documentation,
# protocol assignments (some clouds answer there for the machine's own host).
_CARRIERS = tuple(
    map(
        ipaddress.ip_network,
        ("2001::/23", "2002::/16", "2001:db8::/32", "3fff::/20", "192.88.99.0/24", "192.0.0.0/24"),
    )
)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class DestinationRefused(Exception):
    """A URL that nothing may be sent to; `code` says why, and never what was found behind it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Destination:
    """A URL taken apart; `allowed` where the operator named its host and port."""

    scheme: str
    host: str
    port: int
    target: str
    allowed: bool

    @property
    def authority(self) -> str:
        """Host and port as the Host header carries them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == {"http": 80, "https": 443}[self.scheme] else f"{host}:{self.port}"


def read(url: str, allowed: Collection[str] = ()) -> Destination:
    """Take a URL apart, strictly; raises `DestinationRefused`."""
    if len(url) > MOST_URL or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise DestinationRefused("wrong_form")
    match = _URL.fullmatch(url)
    if match is None:
        raise DestinationRefused("wrong_scheme_or_form")
    scheme, authority, path, query = match[1], match[2].lower(), match[3] or "/", match[4] or ""
    if "@" in authority:
        raise DestinationRefused("userinfo")
    host, port = _host_and_port(authority, scheme)
    if not _IN_PATH.fullmatch(path + query):
        raise DestinationRefused("wrong_form")
    named = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    is_allowed = named in allowed
    if not is_allowed and scheme != "https":
        raise DestinationRefused("not_encrypted")
    address = literal(host)
    if not is_allowed and (host.rpartition(".")[2] in _LOCAL or (address is not None and not is_public(address))):
        raise DestinationRefused("internal_address")
    return Destination(scheme, host, port, path + query, is_allowed)


def chosen(destination: Destination, found: Sequence[str]) -> str:
    """Give the one of a name's addresses to connect to; raises `DestinationRefused` where any is internal."""
    try:
        addresses = [ipaddress.ip_address(one) for one in found]
    except ValueError:
        raise DestinationRefused("not_resolved") from None
    if not addresses:
        raise DestinationRefused("not_resolved")
    if not destination.allowed and not all(is_public(one) for one in addresses):
        raise DestinationRefused("internal_address")
    return str(addresses[0])


def is_public(address: Address) -> bool:
    """Say whether an address is an ordinary public one: global unicast, and not another address in disguise."""
    if address in _SPECIAL or not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if any(address in network for network in _CARRIERS if network.version == address.version):
        return False
    return address.version == 4 or address in _GLOBAL_UNICAST


def _host_and_port(authority: str, scheme: str) -> tuple[str, int]:
    match = re.fullmatch(r"(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::(\d{1,5}))?", authority)
    if match is None:
        raise DestinationRefused("wrong_host")
    port = {"http": 80, "https": 443}[scheme] if match[2] is None else int(match[2])
    if not 0 < port < 65_536:
        raise DestinationRefused("wrong_port")
    host = match[1]
    if host.startswith("["):
        try:
            return str(ipaddress.IPv6Address(host[1:-1])), port
        except ValueError:
            raise DestinationRefused("wrong_host") from None
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise DestinationRefused("wrong_host")
    # A last label of digits, or 0x…, is an address to some resolvers; only four plain numbers have one meaning.
    if re.fullmatch(r"\d+|0x[0-9a-f]*", labels[-1]) and literal(host) is None:
        raise DestinationRefused("wrong_host")
    return host, port


def literal(host: str) -> Address | None:
    """Read a host that is an address already; None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
