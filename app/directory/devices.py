"""Keep devices and their certificates: names are new for ever, certificates are kept for ever."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, bindparam, insert, or_, select, update

from app.db import Transaction
from app.errors import CertificateExpired, DeviceExists, DeviceRevoked
from app.models.certificate import certificates
from app.models.device import devices
from pratique.wire.authorities import Authorities
from pratique.wire.certificates import CertificateRefused, DeviceCertificate

# Bound variables of one statement are limited; a channel has at most 1,000 leaves.
_AT_ONCE = 500
# Asked at every request, so it is built once.
_STANDING = select(
    devices.c.state,
    select(certificates.c.device)
    .where(certificates.c.device == bindparam("uri"))
    .where(certificates.c.not_before_ms <= bindparam("at_ms"), certificates.c.not_after_ms >= bindparam("at_ms"))
    .exists()
    .label("certified"),
).where(devices.c.uri == bindparam("uri"))


@dataclass(frozen=True)
class Device:
    """One device as the server knows it; `revocation` is the statement that ended it."""

    uri: str
    office: str
    key: bytes
    state: str
    revocation: bytes | None
    certificates: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Known:
    """The certificates that were loaded, as the fold asks for them (`pratique.wire.membership.Directory`)."""

    authorities: Authorities
    ders: dict[str, tuple[bytes, ...]]

    def device(self, uri: str, at_ms: int) -> DeviceCertificate | None:
        """Give the certificate in force at an instant: of those valid then, the one that began last."""
        found: DeviceCertificate | None = None
        for der in self.ders.get(uri, ()):
            try:
                certificate = self.authorities.verify_device(der, at_ms)
            except CertificateRefused:
                continue
            began = (certificate.not_before_ms, der)  # by the bytes where two began together: every fold must agree
            if str(certificate.uri) == uri and (found is None or began > (found.not_before_ms, found.der)):
                found = certificate
        return found

    def authority_keys(self, signer: str, at_ms: int) -> tuple[bytes, ...]:
        """Give the keys that sign as "root" or as a party's host at an instant."""
        return self.authorities.authority_keys(signer, at_ms)


async def known(tx: Transaction, authorities: Authorities, uris: Iterable[str]) -> Known:
    """Load every certificate of some devices, for the fold to judge."""
    ders: dict[str, tuple[bytes, ...]] = {}
    wanted = sorted(set(uris))
    for start in range(0, len(wanted), _AT_ONCE):
        chosen = certificates.c.device.in_(wanted[start : start + _AT_ONCE])
        rows = await tx.execute(
            select(certificates.c.device, certificates.c.der).where(chosen).order_by(certificates.c.not_before_ms)
        )
        for row in rows:
            ders[row.device] = (*ders.get(row.device, ()), row.der)
    return Known(authorities, ders)


async def find(tx: Transaction, uri: str) -> Device | None:
    """Give one device with its certificates, oldest first."""
    found = await _list(tx, devices.c.uri == uri)
    return found[0] if found else None


async def named(tx: Transaction, uris: Sequence[str]) -> list[Device]:
    """Give those of some devices that there are, with their certificates, oldest first."""
    return await _list(tx, devices.c.uri.in_(uris))


async def of_offices(tx: Transaction, offices: Sequence[str]) -> list[Device]:
    """Give the devices of offices, active and revoked, with their certificates, oldest first."""
    return await _list(tx, devices.c.office.in_(offices))


async def require_active(tx: Transaction, uri: str, at_ms: int) -> None:
    """Let pass a device that is active and certified now; asked at every request.

    Raises  DeviceRevoked, CertificateExpired
    """
    found = (await tx.execute(_STANDING, {"uri": uri, "at_ms": at_ms})).first()
    if found is None or found.state != "active":
        raise DeviceRevoked
    if not found.certified:
        raise CertificateExpired


async def require_new(tx: Transaction, uri: str, key: bytes) -> None:
    """Let pass a name and a key that no device ever had; raises `DeviceExists`."""
    row = await tx.execute(select(devices.c.uri).where(or_(devices.c.uri == uri, devices.c.key == key)).limit(1))
    if row.first() is not None:
        raise DeviceExists


async def activate(tx: Transaction, certificate: DeviceCertificate) -> None:
    """Begin a device with its first certificate."""
    uri = certificate.uri
    await tx.execute(
        insert(devices).values(
            uri=str(uri),
            office=uri.office_id,
            party=uri.party,
            key=certificate.key,
            state="active",
            since_ms=tx.now_ms,
        )
    )
    await keep(tx, certificate)


async def keep(tx: Transaction, certificate: DeviceCertificate) -> None:
    """Keep one more certificate of a device; the same one twice changes nothing."""
    row = {
        "digest": hashlib.sha256(certificate.der).digest(),
        "device": str(certificate.uri),
        "not_before_ms": certificate.not_before_ms,
        "not_after_ms": certificate.not_after_ms,
        "der": certificate.der,
    }
    await tx.execute(tx.insert(certificates).values(row).on_conflict_do_nothing())


async def revoke(tx: Transaction, uri: str, statement: bytes) -> bool:
    """End a device by its revocation; gives False where it was revoked before or never active."""
    done = await tx.execute(
        update(devices)
        .where(devices.c.uri == uri, devices.c.state == "active")
        .values(state="revoked", revocation=statement)
    )
    return bool(done.rowcount)


async def _list(tx: Transaction, chosen: ColumnElement[bool]) -> list[Device]:
    rows = (await tx.execute(select(devices).where(chosen).order_by(devices.c.uri))).all()
    held = await tx.execute(
        select(certificates.c.device, certificates.c.der)
        .join(devices, devices.c.uri == certificates.c.device)
        .where(chosen)
        .order_by(certificates.c.not_before_ms, certificates.c.digest)
    )
    ders: dict[str, list[bytes]] = {}
    for row in held:
        ders.setdefault(row.device, []).append(row.der)
    return [
        Device(row.uri, row.office, row.key, row.state, row.revocation, tuple(ders.get(row.uri, ()))) for row in rows
    ]
