"""Write notices: the only entries of the server's own. They change no state and show no text of their own."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import uuid4

from app import log
from app.db import Transaction
from pratique.wire import strict_json
from pratique.wire.entries import Draft, Kind, inbox_id


def device_ready(tx: Transaction, channels: Iterable[bytes], device: str) -> None:
    """Tell locked channels that a device of a seated office can be added now."""
    for channel in channels:
        _append(tx, channel, {"notice": "device_ready", "device": device})


def key_packages_low(tx: Transaction, device: str, available: int) -> None:
    """Tell a device, in its locked inbox, that its stock runs low."""
    _append(tx, inbox_id(device), {"notice": "key_packages_low", "available": available})


def seated(tx: Transaction, devices: Iterable[str], channel: bytes) -> None:
    """Tell devices that their office is seated; those whose inbox is not locked see it when they list channels."""
    for device in devices:
        if inbox_id(device) in tx.heads:
            _append(tx, inbox_id(device), {"notice": "seated", "channel": channel.hex()})


def reminder(tx: Transaction, device: str, channel: bytes, seq: int, ring: int) -> None:
    """Tell a device, in its locked inbox, that a ring of a channel's reminder is due."""
    _append(tx, inbox_id(device), {"notice": "reminder", "channel": channel.hex(), "seq": seq, "ring": ring})


def _append(tx: Transaction, log_id: bytes, notice: dict[str, str | int]) -> None:
    log.append(tx, log_id, [Draft(Kind.NOTICE, strict_json.dumps(notice))], post_id=uuid4())
