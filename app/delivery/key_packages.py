"""Keep the stock of key packages: each is handed out once, and used once."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, delete, func, insert, select, update

from app import access, log
from app.db import Transaction
from app.delivery import channels, notices
from app.errors import EntryRefused, KeyPackageRefused, NotFound, TooManyRequests
from app.log import LogKind
from app.models.key_package import key_packages
from pratique.wire import mls
from pratique.wire.entries import inbox_id
from pratique.wire.identity import DeviceUri
from pratique.wire.refused import Refused

MAX_STOCK = 200
LOW_STOCK = 25
MAX_CLAIM = 200
# Per claimer and hour: packages in all, and of one device; beyond the second its last resort is given.
CLAIMS_PER_HOUR = 2000
CLAIMS_PER_DEVICE_AND_HOUR = 20
HOUR_MS = 3_600_000
# A package that ends within this time would be refused by the time its Add is posted.
MARGIN_S = 3600


async def store(tx: Transaction, device: DeviceUri, messages: Sequence[bytes], last_resort: bytes | None) -> int:
    """Put a device's own key packages into its stock, and tell its channels when it can be added now.

    Takes   last_resort: replaces the one before
    Gives   how many are in stock
    Locks   the logs of those channels first, then rows of the stock
    Raises  KeyPackageRefused, NotFound
    """
    key = await access.key(tx, device)
    before = await count(tx, device)
    waiting = await channels.seating(tx, device.office_id) if before == (0, False) else []
    await log.lock(tx, waiting)
    parsed = [(_own(message, device, key, tx.now_ms, last=False), message) for message in messages]
    if last_resort is not None:
        parsed.append((_own(last_resort, device, key, tx.now_ms, last=True), last_resort))
        await tx.execute(delete(key_packages).where(key_packages.c.device == str(device), key_packages.c.last_resort))
    if before[0] + len(messages) > MAX_STOCK:
        raise KeyPackageRefused("stock_full", f"a device keeps at most {MAX_STOCK} key packages")
    await _require_new(tx, [package for package, _ in parsed])
    if parsed:
        await tx.execute(insert(key_packages), [_row(package, message) for package, message in parsed])
        notices.device_ready(tx, waiting, str(device))
    return before[0] + len(messages)


async def count(tx: Transaction, device: DeviceUri) -> tuple[int, bool]:
    """Give how many key packages are in stock, and whether there is a last resort."""
    rows = await tx.execute(
        select(key_packages.c.last_resort, func.count())
        .where(key_packages.c.device == str(device), key_packages.c.state == "stock", _fresh(tx))
        .group_by(key_packages.c.last_resort)
    )
    counts: dict[bool, int] = dict(rows.all())
    return counts.get(False, 0), counts.get(True, 0) > 0


async def claim(
    tx: Transaction, claimer: DeviceUri, channel: bytes | None, devices: Sequence[str]
) -> list[tuple[str, bytes | None]]:
    """Hand out one key package of each device, each only once; the last resort when the stock is empty.

    Takes   channel: where the claimer will add them; None before it is founded
    Gives   per device, in the order asked, its key package or None
    Locks   one row per package, passing over those that another claim holds
    Raises  NotFound, KeyPackageRefused, TooManyRequests
    """
    if channel is not None:
        await access.channel(tx, claimer, channel)
        if channel not in await channels.holding(tx, str(claimer)):
            raise NotFound
    if not 0 < len(devices) <= MAX_CLAIM or len(set(devices)) != len(devices):
        raise KeyPackageRefused("bad_claim", f"a claim names 1 to {MAX_CLAIM} devices, once each")
    spent = await _spent(tx, claimer)
    if sum(spent.values()) + len(devices) > CLAIMS_PER_HOUR:
        raise TooManyRequests(HOUR_MS // 1000)
    able = await access.active(tx, devices)
    inboxes = {inbox_id(device): LogKind.INBOX for device in sorted(able)}
    await log.lock(tx, (), inboxes)
    found: list[tuple[str, bytes | None]] = []
    for device in devices:
        exhausted = spent.get(device, 0) >= CLAIMS_PER_DEVICE_AND_HOUR
        found.append((device, await _take(tx, claimer, device, exhausted) if device in able else None))
    return found


async def use(tx: Transaction, claimer: str, packages: Collection[mls.KeyPackage]) -> None:
    """Use up the key packages that a commit adds: claimed by the committer, never used before.

    Raises  EntryRefused
    """
    refs = [package.ref for package in packages]
    rows = await tx.execute(
        select(key_packages.c.ref).where(
            key_packages.c.ref.in_(refs), key_packages.c.last_resort, key_packages.c.state == "stock"
        )
    )
    single = [ref for ref in refs if ref not in set(rows.scalars())]
    if not single:
        return
    used = await tx.execute(
        update(key_packages)
        .where(key_packages.c.ref.in_(single), key_packages.c.state == "claimed", key_packages.c.claimed_by == claimer)
        .values(state="used", message=b"")
    )
    if used.rowcount != len(single):
        raise EntryRefused("key_package_not_claimed", "a key package was used before, or not claimed by this device")


async def forget(tx: Transaction, device: str) -> None:
    """Drop what a device has in stock: it was revoked, or lost the private parts."""
    await tx.execute(delete(key_packages).where(key_packages.c.device == device, key_packages.c.state == "stock"))


async def _take(tx: Transaction, claimer: DeviceUri, device: str, exhausted: bool) -> bytes | None:
    stock = [key_packages.c.device == device, key_packages.c.state == "stock", _fresh(tx)]
    if not exhausted:
        row = await tx.execute(
            select(key_packages.c.ref, key_packages.c.message)
            .where(*stock, ~key_packages.c.last_resort)
            .order_by(key_packages.c.not_after, key_packages.c.ref)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if (one := row.first()) is not None:
            await tx.execute(
                update(key_packages)
                .where(key_packages.c.ref == one.ref)
                .values(state="claimed", claimed_by=str(claimer), claimed_ms=tx.now_ms)
            )
            left, _ = await count(tx, DeviceUri.parse(device))
            if left == LOW_STOCK - 1:
                notices.key_packages_low(tx, device, left)
            taken: bytes = one.message
            return taken
    row = await tx.execute(select(key_packages.c.message).where(*stock, key_packages.c.last_resort).limit(1))
    last: bytes | None = row.scalar()
    return last


async def _spent(tx: Transaction, claimer: DeviceUri) -> dict[str, int]:
    rows = await tx.execute(
        select(key_packages.c.device, func.count())
        .where(key_packages.c.claimed_by == str(claimer), key_packages.c.claimed_ms > tx.now_ms - HOUR_MS)
        .group_by(key_packages.c.device)
    )
    return dict(rows.all())


async def _require_new(tx: Transaction, packages: Sequence[mls.KeyPackage]) -> None:
    refs, init_keys = {package.ref for package in packages}, {package.init_key for package in packages}
    row = await tx.execute(
        select(key_packages.c.ref).where(key_packages.c.ref.in_(refs) | key_packages.c.init_key.in_(init_keys)).limit(1)
    )
    if row.first() is not None or len(refs) != len(packages) or len(init_keys) != len(packages):
        raise KeyPackageRefused("known_key_package", "a key package, or its init key, was brought before")


def _own(message: bytes, device: DeviceUri, key: bytes, at_ms: int, *, last: bool) -> mls.KeyPackage:
    try:
        package = mls.parse_key_package(message)
        mls.verify_key_package(package, at_ms // 1000)
    except Refused as refused:
        raise KeyPackageRefused(refused.code, refused.detail) from None
    if (package.identity, package.signature_key) != (str(device), key):
        raise KeyPackageRefused("not_own_key_package", "a device brings key packages of its own URI and key")
    if package.last_resort is not last:
        raise KeyPackageRefused("wrong_last_resort", "a last resort says so in its extensions, and nothing else does")
    return package


def _row(package: mls.KeyPackage, message: bytes) -> dict[str, object]:
    return {
        "ref": package.ref,
        "device": package.identity,
        "init_key": package.init_key,
        "last_resort": package.last_resort,
        "not_after": package.not_after,
        "state": "stock",
        "message": message,
    }


def _fresh(tx: Transaction) -> ColumnElement[bool]:
    return key_packages.c.not_after > tx.now_ms // 1000 + MARGIN_S
