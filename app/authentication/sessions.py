"""Sign devices in by their key, and hand out tickets for the stream; whatever is single use is gone once shown."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import delete, insert

from app.authentication.tokens import Session, Tokens
from app.db import Database
from app.directory import devices
from app.directory.parties import Parties
from app.errors import CertificateExpired, DeviceRevoked, NotSignedIn, SignInRefused
from app.models.device import challenges, stream_tickets
from pratique.wire.identity import DeviceUri
from pratique.wire.keys import verify_ed25519
from pratique.wire.refused import Refused
from pratique.wire.tls import encode

LABEL = "pratique sign-in v1"
CHALLENGE_MS = 60_000
TICKET_MS = 30_000
# Checked in place of an unknown device's key, so that both answers take the same work.
_NOBODY = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")


@dataclass(frozen=True)
class Challenge:
    """What a device has to sign, and until when."""

    value: bytes
    expires_ms: int


async def challenge(db: Database, uri: str) -> Challenge:
    """Give a fresh challenge, whether or not there is such a device."""
    async with db.transaction() as tx:
        await tx.execute(delete(challenges).where(challenges.c.expires_ms <= tx.now_ms))
        made = Challenge(secrets.token_bytes(32), tx.now_ms + CHALLENGE_MS)
        await tx.execute(insert(challenges).values(challenge=made.value, device=uri, expires_ms=made.expires_ms))
    return made


async def sign_in(
    db: Database, tokens: Tokens, parties: Parties, uri: str, shown: Challenge, signature: bytes
) -> tuple[str, int]:
    """Give an access token, and its end, to a device that signed its challenge; every refusal looks the same.

    A device whose party CA was revoked gets none, so that it is out within a token's life.

    Raises  SignInRefused
    """
    async with db.transaction() as tx:
        used = await tx.execute(
            delete(challenges).where(
                challenges.c.challenge == shown.value,
                challenges.c.device == uri,
                challenges.c.expires_ms == shown.expires_ms,
                challenges.c.expires_ms > tx.now_ms,
            )
        )
        device = await devices.find(tx, uri)
        try:
            await devices.require_active(tx, uri, tx.now_ms)
        except (DeviceRevoked, CertificateExpired):
            device = None
        held = {uri: device.certificates} if device else {}
        if devices.Known(await parties.newest(tx), held).device(uri, tx.now_ms) is None:
            device = None
        now_ms = tx.now_ms
    key = device.key if device else _NOBODY
    holds = verify_ed25519(key, signature, encode(LABEL, parties.deployment, uri, shown.value, shown.expires_ms))
    if not used.rowcount or device is None or not holds:
        raise SignInRefused
    return tokens.issue(DeviceUri.parse(uri), now_ms)


async def ticket(db: Database, session: Session) -> tuple[str, int]:
    """Give a single-use ticket for one stream, and its end."""
    value = secrets.token_urlsafe(32)
    async with db.transaction() as tx:
        await tx.execute(delete(stream_tickets).where(stream_tickets.c.expires_ms <= tx.now_ms))
        expires_ms = tx.now_ms + TICKET_MS
        await tx.execute(
            insert(stream_tickets).values(
                digest=_digest(value),
                device=str(session.device),
                expires_ms=expires_ms,
                token_expires_ms=session.expires_ms,
            )
        )
    return value, expires_ms


async def redeem(db: Database, value: str) -> Session:
    """Give the session behind a ticket, once.

    Raises  NotSignedIn, DeviceRevoked, CertificateExpired
    """
    async with db.transaction() as tx:
        row = (
            await tx.execute(
                delete(stream_tickets)
                .where(stream_tickets.c.digest == _digest(value), stream_tickets.c.expires_ms > tx.now_ms)
                .returning(stream_tickets.c.device, stream_tickets.c.token_expires_ms)
            )
        ).first()
    if row is None:
        raise NotSignedIn("the ticket was refused")
    async with db.read() as tx:
        await devices.require_active(tx, row.device, tx.now_ms)
    try:
        return Session(DeviceUri.parse(row.device), row.token_expires_ms)
    except Refused:
        raise NotSignedIn("the ticket was refused") from None


def _digest(value: str) -> bytes:
    return hashlib.sha256(value.encode(errors="replace")).digest()
