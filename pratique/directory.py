"""Look devices and CAs up: from the store, fetched when missing, believed only when verified.

The root is pinned at enrolment. Party lists only ever advance; a server that shows older or other ones is told apart.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import urlencode

from cryptography.x509 import load_der_x509_certificate

from pratique.account import Account
from pratique.errors import ServerMistrusted
from pratique.http import Http, blobs, field
from pratique.store.file import Store
from pratique.store.trust import Trust
from pratique.wire.authorities import Authorities
from pratique.wire.bodies import PartyKind, Revocation
from pratique.wire.certificate_profile import to_ms
from pratique.wire.certificates import CertificateRefused, DeviceCertificate
from pratique.wire.identity import DeviceUri
from pratique.wire.membership import NotCounted, check_revocation
from pratique.wire.refused import Refused
from pratique.wire.statements import Statement

# Renewals come before the end; so near to it, a look at the server is worth its request.
RENEWAL_MS = 30 * 86_400_000
# So many offices or devices are asked for in one request.
AT_ONCE = 50


@lru_cache(maxsize=8192)
def lifetime(der: bytes) -> tuple[int, ...]:
    """Give when a certificate begins and ends, unverified; nothing where it cannot be read."""
    try:
        parsed = load_der_x509_certificate(der)
        return to_ms(parsed.not_valid_before_utc), to_ms(parsed.not_valid_after_utc)
    except (ValueError, OverflowError):
        return ()


@dataclass(frozen=True)
class ActiveDevice:
    """A device of an office as the directory shows it now."""

    uri: str
    certificate: DeviceCertificate


class LocalDirectory:
    """The verified directory of one deployment, as this store knows it; answers the fold without I/O."""

    def __init__(self, store: Store, root_der: bytes) -> None:
        self._trust = Trust(store)
        self._store = store
        self.authorities = Authorities.found(root_der)
        self.reload()

    def reload(self) -> None:
        """Fold party lists that another process may have stored."""
        for raw in self._trust.party_lists()[self.authorities.number :]:
            self.authorities = self.authorities.advance(Statement.parse(raw))

    def device(self, uri: str, at_ms: int) -> DeviceCertificate | None:
        """Give the verified certificate in force at an instant: of those valid then, the one that began last."""
        found = [certificate for certificate in self._verified(uri, at_ms) if str(certificate.uri) == uri]
        return max(found, key=lambda certificate: (certificate.not_before_ms, certificate.der), default=None)

    def authority_keys(self, signer: str, at_ms: int) -> tuple[bytes, ...]:
        """Give the keys that may sign as "root" or as a party's host at an instant."""
        return self.authorities.authority_keys(signer, at_ms)

    def newest(self, uri: str) -> DeviceCertificate | None:
        """Give the device's certificate that begins last and whose chain held at some time, lapsed or not."""
        found = [one for der in self._trust.certificates(uri) if (one := self._ever(der)) and str(one.uri) == uri]
        return max(found, key=lambda certificate: (certificate.not_before_ms, certificate.der), default=None)

    def pair(self, uri: str) -> tuple[str, bytes] | None:
        """Give the device with its key where any chain ever held: what the engine's hook asks."""
        certificate = self.newest(uri)
        return None if certificate is None else (uri, certificate.key)

    def is_coordinator(self, uri: str) -> bool:
        """Say whether a device belongs to an OCU party."""
        listed = self.authorities.party(DeviceUri.parse(uri).party)
        return listed is not None and listed.kind is PartyKind.OCU

    def revocation(self, uri: str) -> bytes | None:
        """Give the verified revocation of a device, where one was seen."""
        return self._trust.revocation(uri)

    def never_asked(self, uri: str) -> bool:
        """Say whether nothing is known of a device, not even that it is unknown."""
        return self._trust.fetched_ms(uri) is None and not self._trust.certificates(uri)

    async def refresh_parties(self, http: Http) -> int:
        """Fetch newer party lists; give the server's clock.

        Raises  ServerMistrusted where the lists roll back or fork
        """
        told = (await http.call("GET", "/v1/deployment")).json()
        lists = field(told, "party_lists", list)
        ours = self._trust.party_lists()
        theirs = blobs(lists)
        if theirs[: len(ours)] != ours:
            raise ServerMistrusted("party_list_rollback", "the server shows other party lists than it showed before")
        try:
            for raw in theirs[self.authorities.number :]:
                advanced = self.authorities.advance(Statement.parse(raw))
                with self._store.transaction():
                    self._trust.put_party_list(advanced.number, raw)
                self.authorities = advanced
        except Refused as refused:
            detail = f"the server shows a party list that does not hold: {refused.detail}"
            raise ServerMistrusted(refused.code, detail) from None
        now_ms: int = field(told, "now_ms", int)
        return now_ms

    async def prepare(self, account: Account, uris: Iterable[str], at_ms: int, committer: str | None = None) -> None:
        """Fetch what is missing to judge these devices up to an instant; unknown devices stay unknown.

        Takes   committer: who commits at that instant: its leaf takes the end of the newest certificate, so that
                one is asked for although an older one is still good (docs/decisions/0003)
        """
        missing = [uri for uri in sorted(set(uris)) if self._worth_asking(uri, at_ms, anew=uri == committer)]
        by_office: dict[str, list[str]] = {}
        for uri in missing:
            try:
                by_office.setdefault(DeviceUri.parse(uri).office_id, []).append(uri)
            except Refused:
                continue
        await self.fetch_offices(account, [office for office, devices in by_office.items() if len(devices) > 1])
        await self._fetch(account, "device", [devices[0] for devices in by_office.values() if len(devices) == 1])
        for devices in by_office.values():
            for uri in devices:
                if self._worth_asking(uri, at_ms):
                    self._trust.set_fetched(uri, at_ms, None)

    async def prepare_revocation(self, account: Account, raw: bytes, at_ms: int) -> None:
        """Fetch newer party lists where no known CA signed a revocation: its CA may have been listed since."""
        try:
            statement = Statement.parse(raw)
            if statement.label == Revocation.LABEL:
                check_revocation(statement, self, at_ms)
        except NotCounted as refused:
            if refused.code == "bad_signature":
                await self.refresh_parties(account.http)
        except Refused:
            return

    async def fetch_office(self, account: Account, office: str) -> list[ActiveDevice]:
        """Give the devices of an office that are active now, each verified; others are left out."""
        return (await self.fetch_offices(account, [office]))[office]

    async def fetch_offices(self, account: Account, offices: Iterable[str]) -> dict[str, list[ActiveDevice]]:
        """Give the devices of each of these offices, as `fetch_office` does, in as few requests as it takes."""
        found: dict[str, list[ActiveDevice]] = {office: [] for office in offices}
        now_ms = int(time.time() * 1000)
        for uri in await self._fetch(account, "office", list(found)):
            certificate = self.device(uri, now_ms)
            if certificate is None or self.revocation(uri) is not None:
                continue
            if (of_office := found.get(certificate.uri.office_id)) is not None:
                of_office.append(ActiveDevice(uri, certificate))
        return found

    async def _fetch(self, account: Account, by: Literal["device", "office"], values: Sequence[str]) -> list[str]:
        active: list[str] = []
        for start in range(0, len(values), AT_ONCE):
            asked = urlencode([(by, value) for value in values[start : start + AT_ONCE]])
            devices = (await account.call("GET", f"/v1/devices?{asked}")).get("devices", list)
            if any(self._unknown_authority(device) for device in devices):
                await self.refresh_parties(account.http)
            active += [uri for device in devices if (uri := self._take(device)) is not None]
        return active

    def _take(self, told: object) -> str | None:
        """Keep what holds of one device that the server told; give its URI if it is active."""
        uri, now_ms = field(told, "device", str), int(time.time() * 1000)
        ders = _certificates(told)
        revocation: bytes | None = None
        assert isinstance(told, dict)
        if told.get("revocation") is not None:
            revocation = field(told, "revocation", bytes)
            try:
                if check_revocation(Statement.parse(revocation), self, now_ms).device != uri:
                    revocation = None
            except Refused:
                revocation = None
        with self._store.transaction():
            for der in ders:
                if (one := self._ever(der)) is not None and str(one.uri) == uri:
                    self._trust.put_certificate(uri, der)
            self._trust.set_fetched(uri, now_ms, revocation)
        return uri if told.get("state") == "active" and revocation is None else None

    def _worth_asking(self, uri: str, at_ms: int, *, anew: bool = False) -> bool:
        certificate, asked_ms = self.device(uri, at_ms), self._trust.fetched_ms(uri)
        if certificate is None:
            return asked_ms is None or asked_ms < at_ms
        return (anew or certificate.not_after_ms - at_ms < RENEWAL_MS) and (asked_ms or 0) < at_ms

    def _unknown_authority(self, told: object) -> bool:
        return any(self._ever(der) is None for der in _certificates(told))

    def _ever(self, der: bytes) -> DeviceCertificate | None:
        """Give a certificate whose chain holds when it begins, now, or when it ends."""
        for at_ms in (*lifetime(der), int(time.time() * 1000)):
            try:
                return self.authorities.verify_device(der, at_ms)
            except CertificateRefused:
                continue
        return None

    def _verified(self, uri: str, at_ms: int) -> list[DeviceCertificate]:
        found = []
        for der in self._trust.certificates(uri):
            try:
                found.append(self.authorities.verify_device(der, at_ms))
            except CertificateRefused:
                continue
        return found


def _certificates(told: object) -> list[bytes]:
    return blobs(field(told, "certificates", list))
