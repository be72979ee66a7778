"""Keep key packages in stock on the server, and claim those of others; each serves one join.

The private part is kept here before the public part leaves; what was not acknowledged is sent again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pratique.account import Account
from pratique.directory import ActiveDevice
from pratique.errors import Problem, ServerMistrusted
from pratique.groups import tending
from pratique.groups.engine_host import Engine, KeyPackage
from pratique.groups.tending import LAST_RESORT_MS, LIFETIME_S
from pratique.http import field, text
from pratique.store.file import Store
from pratique.store.keys import Keys
from pratique.wire import mls
from pratique.wire.refused import Refused

AT_ONCE = 200
# A key package begins a little before it was made: other clocks may be behind.
EARLIER_S = 300


@dataclass(frozen=True)
class KeyPackageStock:
    """The key packages of one device, here and on the server."""

    store: Store
    account: Account
    engine: Engine
    keys: Keys

    async def refill(self, now_ms: int) -> int:
        """Bring the stock to 100 where it fell below 25, renew an ageing last resort; give what is there."""
        with self.store.transaction():
            self.keys.drop_lapsed(now_ms)
        available = (await self.account.call("GET", "/v1/key-packages")).get("available", int)
        waiting = sum(not last_resort for _, last_resort in self.keys.not_uploaded())
        wanted = tending.STOCK - available - waiting if available + waiting < tending.REFILL_BELOW else 0
        last_resort = self.keys.stock().last_resort_until_ms - now_ms < LAST_RESORT_MS
        kinds = [False] * wanted + [True] * last_resort
        made = [(*await self._package(now_ms, last_resort=kind), kind) for kind in kinds]
        with self.store.transaction():
            for package, not_after_s, kind in made:
                self.keys.put_package(package, last_resort=kind, not_after_ms=not_after_s * 1000)
        return await self._upload() or available

    async def own(self, now_ms: int) -> KeyPackage:
        """Make a key package for a channel that this device founds; it is never uploaded."""
        return (await self._package(now_ms, last_resort=False))[0]

    async def claim(self, channel: bytes | None, devices: Sequence[ActiveDevice], now_ms: int) -> list[bytes]:
        """Claim one key package of each device; those that have none, or one that does not hold, are left out.

        Takes   channel: where they will be added; None together with a founding
        """
        wanted = {device.uri: device.certificate.key for device in devices}
        uris, claimed = list(wanted), []
        for start in range(0, len(uris), AT_ONCE):
            body = {"channel": None if channel is None else channel.hex(), "devices": uris[start : start + AT_ONCE]}
            told = (await self.account.call("POST", "/v1/key-package-claims", body)).get("key_packages", list)
            for one in told:
                if not isinstance(one, dict) or one.get("key_package") is None:
                    continue
                uri, data = field(one, "device", str), field(one, "key_package", bytes)
                try:
                    package = mls.parse_key_package(data)
                    mls.verify_key_package(package, now_ms // 1000)
                except Refused:
                    continue
                if package.identity != uri or wanted.pop(uri, None) != package.signature_key:
                    raise ServerMistrusted("wrong_key_package", f"the server gave a key package that is not {uri}'s")
                claimed.append(data)
        return claimed

    async def _upload(self) -> int | None:
        waiting = self.keys.not_uploaded()
        if not waiting:
            return None
        last_resort = next((text(data) for data, last in reversed(waiting) if last), None)
        ordinary = [text(data) for data, last in waiting if not last][: tending.STOCK]
        body = {"key_packages": ordinary, "last_resort": last_resort}
        try:
            answer = await self.account.call("POST", "/v1/key-packages", body, repeat=True)
            available: int | None = answer.get("available", int)
        except Problem as problem:
            # An upload whose answer was lost: they are there. Those made since are given up; the next refill tops up.
            if problem.facts.get("reason") != "known_key_package":
                raise
            available = None
        with self.store.transaction():
            self.keys.mark_uploaded()
        return available

    async def _package(self, now_ms: int, *, last_resort: bool) -> tuple[KeyPackage, int]:
        start = now_ms // 1000 - EARLIER_S
        not_after = start + LIFETIME_S
        made = await self.engine.key_package(
            str(self.account.uri),
            self.account.key.private_bytes_raw(),
            not_before=start,
            not_after=not_after,
            last_resort=last_resort,
        )
        return made, not_after
