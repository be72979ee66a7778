"""Count requests per caller, so that one cannot take everybody's share; per process, in memory."""

from __future__ import annotations

import ipaddress

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from app import clock
from app.errors import TooManyRequests


class Rates:
    """The shares of devices and of addresses.

    Unit    requests per minute; 0 means no limit
    """

    def __init__(self, per_device: int, per_address: int) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._device = RateLimitItemPerMinute(per_device) if per_device else None
        self._address = RateLimitItemPerMinute(per_address) if per_address else None

    def device(self, uri: str) -> None:
        """Count a request of a signed-in device; raises `TooManyRequests`."""
        self._count(self._device, "device", uri)

    def address(self, address: str) -> None:
        """Count a request without a good token; an IPv6 site counts as one. Raises `TooManyRequests`."""
        self._count(self._address, "address", _site(address))

    def _count(self, share: RateLimitItemPerMinute | None, *names: str) -> None:
        if share is not None and not self._limiter.hit(share, *names):
            reset = self._limiter.get_window_stats(share, *names).reset_time
            raise TooManyRequests(max(1, round(reset - clock.now_ms() / 1000)))


def _site(address: str) -> str:
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((known, 64), strict=False)) if known.version == 6 else address
