"""Keep how each device is told that something waits while it is away: by push, by mail, and how urgent it has to be.

    browser ─▶ endpoint + keys of its push service ─▶ here ─▶ `app/jobs/push.py` tells, with no content

The endpoint is a URL that a device chose and this server will call, so its host is one of the operator's list.
Sole owner of `push_subscriptions`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import delete, select, update

from app import access
from app.db import Transaction
from app.errors import SubscriptionRefused
from app.models.push import push_subscriptions
from pratique.wire import strict_json
from pratique.wire.destinations import Destination, DestinationRefused, literal
from pratique.wire.destinations import read as read_url
from pratique.wire.entries import Urgency
from pratique.wire.identity import DeviceUri

NOTHING = 3  # a least urgency that nothing has
AUTH_BYTES = 16
_LABEL = r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)"
_ADDRESS = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})+")


@dataclass(frozen=True, slots=True)
class Push:
    """Where a browser's push service takes messages for it, and the keys that only the browser opens them with."""

    endpoint: str
    p256dh: bytes
    auth: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """Where a mail goes when the device stays away, in which language, and from which urgency on."""

    address: str
    language: str
    least: Urgency


@dataclass(frozen=True, slots=True)
class Subscription:
    """How one device is told; `least` is per operation, `NOTHING` for none, and everything where it is not named."""

    device: str
    push: Push | None
    mail: Mail | None
    since_ms: int
    least: Mapping[bytes, int] = field(default_factory=dict)

    def wants(self, operation: bytes, urgency: int) -> bool:
        """Say whether something of an urgency in an operation is told at all."""
        return urgency >= self.least.get(operation, Urgency.ROUTINE)


class PushHosts:
    """The push services that this server calls.

    Takes   names: `push.example`, `*.push.example`, or `127.0.0.1:8123`, a service on this machine that may speak HTTP
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names) - {"none"}
        self._near = frozenset(
            name for name in self._names if (host := literal(name.rpartition(":")[0].strip("[]"))) and host.is_loopback
        )

    def __bool__(self) -> bool:
        """Whether there is any: else no device is told by push."""
        return bool(self._names)

    def read(self, endpoint: str) -> Destination:
        """Take an endpoint apart; raises `SubscriptionRefused` where it is no place that this server calls."""
        try:
            to = read_url(endpoint, self._near)
        except DestinationRefused as refused:
            raise SubscriptionRefused(refused.code, "the endpoint is not one that this server calls") from None
        if not to.allowed and (to.port != 443 or not self._has(to.host)):
            raise SubscriptionRefused("unknown_push_host", "the endpoint's host is no push service of this server's")
        return to

    def _has(self, host: str) -> bool:
        return host in self._names or any(name[:2] == "*." and host.endswith(name[1:]) for name in self._names)


async def keep(
    tx: Transaction, device: DeviceUri, push: Push | None, mail: Mail | None, least: Mapping[bytes, int]
) -> None:
    """Keep how a device is told, in the place of what was kept before; raises `SubscriptionRefused`."""
    if push is None and mail is None:
        raise SubscriptionRefused("no_way", "a device is told by push, by mail or by both")
    if push is not None:
        _check_keys(push)
    if mail is not None and not _ADDRESS.fullmatch(mail.address):
        raise SubscriptionRefused("wrong_address", "the address is not a plain e-mail address")
    said = {
        "endpoint": push and push.endpoint,
        "p256dh": push and push.p256dh,
        "auth": push and push.auth,
        "mail": mail and mail.address,
        "mail_language": mail and mail.language,
        "mail_least": None if mail is None else int(mail.least),
        "least": strict_json.dumps({operation.hex(): urgency for operation, urgency in sorted(least.items())}),
    }
    note = tx.insert(push_subscriptions).values(device=str(device), since_ms=tx.now_ms, **said)
    # Since when it is told stays: what came before the change is not lost by it.
    await tx.execute(note.on_conflict_do_update(index_elements=[push_subscriptions.c.device], set_=said))


async def forget(tx: Transaction, device: str) -> None:
    """Tell a device nothing any more."""
    await tx.execute(delete(push_subscriptions).where(push_subscriptions.c.device == device))


async def forget_push(tx: Transaction, device: str, endpoint: str) -> None:
    """Forget an endpoint that its push service does not know any more; the device may have a new one meanwhile."""
    gone = (push_subscriptions.c.device == device, push_subscriptions.c.endpoint == endpoint)
    await tx.execute(delete(push_subscriptions).where(*gone, push_subscriptions.c.mail.is_(None)))
    await tx.execute(update(push_subscriptions).where(*gone).values(endpoint=None, p256dh=None, auth=None))


async def active(tx: Transaction, devices: Iterable[str] | None = None) -> dict[str, Subscription]:
    """Give the subscriptions of active devices, of all or of some."""
    asked = select(push_subscriptions)
    rows = await tx.execute(asked if devices is None else asked.where(push_subscriptions.c.device.in_(list(devices))))
    found = {row["device"]: _read(row) for row in rows.mappings()}
    standing = await access.active(tx, found.keys()) if found else frozenset[str]()
    return {device: one for device, one in found.items() if device in standing}


def _check_keys(push: Push) -> None:
    try:
        if len(push.p256dh) != 65:  # uncompressed, the one form of RFC 8291
            raise ValueError
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), push.p256dh)
    except ValueError:
        raise SubscriptionRefused("wrong_key", "p256dh is no point of P-256 in 65 bytes") from None
    if len(push.auth) != AUTH_BYTES:
        raise SubscriptionRefused("wrong_auth", f"auth has {AUTH_BYTES} bytes")


def _read(row: Mapping[Any, Any]) -> Subscription:
    least = {bytes.fromhex(operation): urgency for operation, urgency in strict_json.loads(row["least"]).items()}
    push = None if row["endpoint"] is None else Push(row["endpoint"], row["p256dh"], row["auth"])
    mail = None if row["mail"] is None else Mail(row["mail"], row["mail_language"], Urgency(row["mail_least"]))
    return Subscription(row["device"], push, mail, row["since_ms"], least)
