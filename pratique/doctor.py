"""Examine a device: its store, its server, its clock, its certificate's chain, its engine, its channels."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from pratique.errors import PratiqueError
from pratique.following import Follower
from pratique.groups import tending
from pratique.groups.engine_host import EngineError
from pratique.groups.stock import KeyPackageStock
from pratique.opened import ChannelState, Check
from pratique.watching import MOST_SKEW_MS

SOON_MS = 14 * 86_400_000
DAY_MS = 86_400_000


async def examine(follower: Follower, stock: KeyPackageStock, channels: Sequence[ChannelState]) -> list[Check]:
    """Give one finding after the other; none of them stops the rest."""
    checks = [_store(follower)]
    try:
        before_ms = follower.now_ms()
        server_ms = await follower.directory.refresh_parties(follower.account.http)
        checks.append(Check("server", True, f"{follower.account.http.url} answers"))
        checks.append(_clock(server_ms - (before_ms + follower.now_ms()) // 2))
        await follower.account.sign_in()
        available = await stock.refill(follower.now_ms())
        good = available >= tending.REFILL_BELOW
        hint = "" if good else "the next command that asks the server brings more"
        checks.append(Check("key packages", good, f"{available} wait on the server", hint))
    except PratiqueError as error:
        checks.append(Check("server", False, error.detail, error.hint))
    except EngineError:
        checks.append(Check("key packages", False, "new ones cannot be made: see engine", "mend the engine first"))
    checks.append(_chain(follower))
    try:
        version = await follower.engine.version()
        checks.append(Check("engine", True, f"engine {version.engine}, ts-mls {version.ts_mls}, patch {version.patch}"))
    except EngineError as error:
        checks.append(Check("engine", False, error.detail, "build the engine, or install pratique[client]"))
    troubles = [
        f"{channel.id.hex()[:8]}: {channel.trouble}" for channel in channels if channel.trouble and channel.living
    ]
    detail = "; ".join(troubles) or f"{len(channels)} channels, all well"
    checks.append(
        Check(
            "channels", not troubles, detail, "`pratique channel rejoin` starts anew in a channel" if troubles else ""
        )
    )
    return checks


def _store(follower: Follower) -> Check:
    found = follower.store.one("PRAGMA quick_check")[0]
    return Check("store", found == "ok", str(follower.store.file) if found == "ok" else f"SQLite says: {found}")


def _clock(skew_ms: int) -> Check:
    good = abs(skew_ms) <= MOST_SKEW_MS
    word = "ahead of" if skew_ms > 0 else "behind"
    detail = f"the server's clock is {abs(skew_ms) / 1000:.1f} s {word} this one"
    return Check("clock", good, detail, "" if good else "set the clock of the one that is wrong")


def _chain(follower: Follower) -> Check:
    now_ms, directory = follower.now_ms(), follower.directory
    root = hashlib.sha256(directory.authorities.roots[0].der).hexdigest()
    certificate = directory.device(follower.own, now_ms)
    if certificate is None:
        return Check("chain", False, f"no certificate of {follower.own} is in force", "ask your officer to renew it")
    left = certificate.not_after_ms - now_ms
    detail = f"certified for {left // DAY_MS} more days under root {root[:16]}"
    return Check("chain", left > SOON_MS, detail, "" if left > SOON_MS else "ask your officer to renew it")
