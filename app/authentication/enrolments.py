"""Bring new devices: invitation by the party, proof by the device, certificate by the party. The server only relays."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.db import Database, Transaction
from app.directory import devices
from app.directory.parties import Parties
from app.errors import (
    CertificateRefused,
    DeviceExists,
    DeviceRevoked,
    EnrolmentRefused,
    InvitationUsed,
    NotFound,
    StatementRefused,
)
from app.models.device import invitations
from pratique.wire.authorities import Authorities
from pratique.wire.bodies import Invitation
from pratique.wire.certificates import DeviceCertificate
from pratique.wire.identity import DeviceUri, office_party, party_host
from pratique.wire.keys import check_ed25519_public, verify_ed25519
from pratique.wire.refused import Refused
from pratique.wire.statements import Statement
from pratique.wire.tls import encode

LABEL = "pratique enrolment v1"
MAX_INVITATION_MS = 30 * 86_400_000


@dataclass(frozen=True)
class Enrolment:
    """How far an invitation has come."""

    state: str  # open, waiting, active or expired
    device: str | None = None
    key: bytes | None = None
    certificate: bytes | None = None


async def invite(db: Database, parties: Parties, raw: bytes) -> bytes:
    """Keep an invitation signed by a party's CA and give its id; the same one again changes nothing.

    Raises  StatementRefused
    """
    async with db.transaction() as tx:
        authorities = await parties.newest(tx)
        try:
            statement = Statement.parse(raw)
            invitation = statement.read(Invitation)
            host = party_host(office_party(invitation.office), authorities.deployment)
        except Refused as refused:
            raise StatementRefused(refused.code, refused.detail) from None
        if statement.signer != host or not _signed(statement, authorities, tx.now_ms):
            raise StatementRefused("bad_signature", "an invitation is signed by the CA of the office's party")
        if invitation.root not in {root.digest for root in authorities.roots}:
            raise StatementRefused("wrong_root", "the invitation pins another root")
        if not tx.now_ms < invitation.expires_ms <= tx.now_ms + MAX_INVITATION_MS:
            raise StatementRefused("wrong_expiry", "an invitation ends in the future, within 30 days")
        row = {"id": statement.digest, "statement": raw, "expires_ms": invitation.expires_ms}
        await tx.execute(tx.insert(invitations).values(row).on_conflict_do_nothing())
        return statement.digest


async def enrol(
    db: Database, parties: Parties, invitation_id: bytes, token: bytes, uri: str, key: bytes, signature: bytes
) -> None:
    """Let a device answer an invitation with its name and its key; the same answer again changes nothing.

    Raises  NotFound, EnrolmentRefused, InvitationUsed, DeviceExists
    """
    try:
        async with db.transaction() as tx:
            row = (
                await tx.execute(select(invitations).where(invitations.c.id == invitation_id).with_for_update())
            ).first()
            if row is None:
                raise NotFound
            invitation = Statement.parse(row.statement).read(Invitation)
            _judge(invitation, token, _device(uri), parties.deployment)
            _prove(parties.deployment, invitation_id, uri, key, signature)
            if row.device is not None:
                if (row.device, row.key) == (uri, key):
                    return
                raise InvitationUsed
            if row.expires_ms <= tx.now_ms:
                raise EnrolmentRefused("expired", "the invitation has ended")
            await devices.require_new(tx, uri, key)
            await tx.execute(update(invitations).where(invitations.c.id == invitation_id).values(device=uri, key=key))
    except IntegrityError:  # another invitation brought the same name meanwhile
        raise DeviceExists from None


async def look(tx: Transaction, invitation_id: bytes) -> Enrolment:
    """Say how far an invitation has come; raises `NotFound`."""
    row = (await tx.execute(select(invitations).where(invitations.c.id == invitation_id))).first()
    if row is None:
        raise NotFound
    if row.device is None:
        return Enrolment("open" if tx.now_ms < row.expires_ms else "expired")
    device = await devices.find(tx, row.device)
    if device is None:
        return Enrolment("waiting", row.device, row.key)
    return Enrolment("active", row.device, row.key, device.certificates[-1])


async def certify(db: Database, parties: Parties, der: bytes) -> DeviceCertificate:
    """Take a device's certificate: its first makes a waiting device active, a later one renews it.

    Raises  CertificateRefused, DeviceRevoked, DeviceExists: another device has the key
    """
    try:
        async with db.transaction() as tx:
            try:
                certificate = (await parties.newest(tx)).verify_device(der, tx.now_ms)
            except Refused as refused:
                raise CertificateRefused(refused.code, refused.detail) from None
            uri = str(certificate.uri)
            found = await devices.find(tx, uri)
            if found is None:
                await _expect(tx, uri, certificate.key)
                await devices.require_new(tx, uri, certificate.key)
                await devices.activate(tx, certificate)
            elif found.state != "active":
                raise DeviceRevoked
            elif found.key != certificate.key:
                raise CertificateRefused("key_changed", "a renewal keeps the key; a new key is a new device")
            else:
                await devices.keep(tx, certificate)
            return certificate
    except IntegrityError:  # the same certificate arrived twice at once: the other one is saved by now
        return await certify(db, parties, der)


async def _expect(tx: Transaction, uri: str, key: bytes) -> None:
    waiting = await tx.execute(select(invitations.c.id).where(invitations.c.device == uri, invitations.c.key == key))
    if waiting.first() is None:
        raise CertificateRefused("not_enrolled", "no enrolment of this name and key is waiting")


def _signed(statement: Statement, authorities: Authorities, at_ms: int) -> bool:
    for key in authorities.authority_keys(statement.signer, at_ms):
        try:
            statement.verify(key)
        except Refused:
            continue
        return True
    return False


def _device(uri: str) -> DeviceUri:
    try:
        return DeviceUri.parse(uri)
    except Refused as refused:
        raise EnrolmentRefused(refused.code, refused.detail) from None


def _judge(invitation: Invitation, token: bytes, uri: DeviceUri, deployment: str) -> None:
    if not hmac.compare_digest(hashlib.sha256(token).hexdigest(), invitation.token_digest):
        raise EnrolmentRefused("wrong_token", "the token is not the invitation's")
    if uri.deployment != deployment or uri.office_id != invitation.office or uri.person != invitation.person:
        raise EnrolmentRefused("wrong_name", "the device's name does not fit the invitation")


def _prove(deployment: str, invitation_id: bytes, uri: str, key: bytes, signature: bytes) -> None:
    try:
        check_ed25519_public(key)
    except Refused as refused:
        raise EnrolmentRefused(refused.code, refused.detail) from None
    if not verify_ed25519(key, signature, encode(LABEL, deployment, invitation_id, uri, key)):
        raise EnrolmentRefused("bad_signature", "the enrolment is not signed by the device's key")
