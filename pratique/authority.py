"""Keep the keys that certify: the deployment's root and each party's CA, in files sealed like a store.

RootHolder.list_parties(party key) ─▶ CA certificate in the party list ─▶ publish ─▶ server
PartyOfficer.invite ─▶ ticket ─▶ device enrols ─▶ fingerprint compared ─▶ approve ─▶ certificate
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pratique.certificates import enrolment_fingerprint, issue_device
from pratique.errors import PratiqueError, ServerMistrusted
from pratique.http import Http, blobs, field, text
from pratique.invitations import TOKEN_BYTES, InvitationTicket
from pratique.keystore import Unlock
from pratique.root_holder import NewParty, Reason, RootHolder, fold_lists, now_ms, private_key, revoke_device
from pratique.sealed_file import SealedFile
from pratique.wire.bodies import Invitation
from pratique.wire.certificates import read_authority
from pratique.wire.identity import DeviceUri, party_host
from pratique.wire.refused import Refused
from pratique.wire.statements import Statement, sign

__all__ = ["NewParty", "PartyOfficer", "Reason", "RootHolder", "Waiting"]


@dataclass(frozen=True)
class Waiting:
    """An enrolment that waits for approval; the fingerprint is what the person at the device reads out."""

    device: str
    key: bytes
    fingerprint: str


class PartyOfficer:
    """One party's CA, held by the party itself. It talks to the server of which it adopted the root."""

    def __init__(self, file: SealedFile, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._file = file
        self._saved = file.read()
        self._key = private_key(self._saved)
        self._transport = transport
        self.party: str = self._saved["party"]
        self.deployment: str = self._saved["deployment"]
        self.public = self._key.public_key().public_bytes_raw()

    @classmethod
    def create(
        cls,
        file: Path,
        party: str,
        deployment: str,
        unlock: Unlock | None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> PartyOfficer:
        """Make the party's CA key; hand `public` to the root's holder."""
        party_host(party, deployment)
        seed = text(Ed25519PrivateKey.generate().private_bytes_raw())
        saved = {"party": party, "deployment": deployment, "seed": seed, "invited": {}, "devices": {}}
        return cls(SealedFile.create(file, unlock, saved), transport)

    @classmethod
    def open(
        cls, file: Path, unlock: Unlock | None, transport: httpx2.AsyncBaseTransport | None = None
    ) -> PartyOfficer:
        """Open the file."""
        return cls(SealedFile.open(file, unlock), transport)

    async def adopt(self, server_url: str, root_digest: str) -> None:
        """Pin the root by its digest (64 hex) and keep this party's CA certificate from the party list.

        Raises  ServerMistrusted, PratiqueError("not_listed")
        """
        http = Http(server_url, self._transport)
        try:
            told = (await http.call("GET", "/v1/deployment")).json()
        finally:
            await http.aclose()
        root = field(told, "root_certificate", bytes)
        if hashlib.sha256(root).hexdigest() != root_digest.replace(":", "").lower():
            raise ServerMistrusted("wrong_root", "the server's root is not the one you pinned")
        try:
            listed = fold_lists(root, [Statement.parse(raw) for raw in blobs(field(told, "party_lists", list))])
        except Refused as refused:
            raise ServerMistrusted(refused.code, f"the party lists do not hold: {refused.detail}") from None
        party = listed.party(self.party)
        for entry in reversed(party.authorities if party is not None else ()):
            if read_authority(base64.b64decode(entry.certificate))[1] == self.public and entry.revoked_ms is None:
                self._save(server=server_url, root=text(root), certificate=entry.certificate)
                return
        raise PratiqueError("not_listed", f"the party list has no CA of {self.party} with this key")

    async def invite(self, office: str, person: str, valid_s: int = 7 * 86400) -> InvitationTicket:
        """Sign an invitation, publish it, give the ticket to hand over.

        Takes   office: its label without the party, such as "ncp"; person: as it will stand in the device's name
        """
        DeviceUri(self.party, self.deployment, office, person, "0000")
        token = secrets.token_bytes(TOKEN_BYTES)
        body = Invitation(
            token_digest=hashlib.sha256(token).hexdigest(),
            office=f"{self.party}/{office}",
            person=person,
            expires_ms=now_ms() + valid_s * 1000,
            root=hashlib.sha256(base64.b64decode(self._adopted("root"))).hexdigest(),
        )
        statement = sign(body, signer=party_host(self.party, self.deployment), key=self._key)
        await self._call("POST", "/v1/invitations", {"statement": text(statement.raw)})
        self._saved["invited"][statement.digest.hex()] = [office, person]
        self._save()
        return InvitationTicket(statement, token)

    async def waiting(self, invitation: bytes) -> Waiting | None:
        """Give the device that used an invitation and waits for approval, or None."""
        told = await self._call("GET", f"/v1/enrolments/{invitation.hex()}")
        if told.get("state", str) != "waiting":
            return None
        device, key = told.get("device", str), told.get("key", bytes)
        try:
            fingerprint = enrolment_fingerprint(key, DeviceUri.parse(device), invitation)
        except Refused as refused:
            raise ServerMistrusted(refused.code, refused.detail) from None
        return Waiting(device, key, fingerprint)

    async def approve(self, invitation: bytes, fingerprint: str, days: int = 90) -> str:
        """Sign the certificate if the fingerprint is the waiting device's; give the device URI.

        Raises  PratiqueError: unknown_invitation, not_waiting, wrong_fingerprint
        """
        invited = self._saved["invited"].get(invitation.hex())
        if invited is None:
            # Nothing else says whom it was for: a server could put any name beside a key of its own.
            raise PratiqueError(
                "unknown_invitation", "this invitation was not made with this file", "approve it where it was made"
            )
        waiting = await self.waiting(invitation)
        if waiting is None:
            raise PratiqueError("not_waiting", "no device waits under this invitation", "enrol the device first")
        given = "".join(letter for letter in fingerprint.upper() if letter.isalnum()).encode()
        uri = DeviceUri.parse(waiting.device)
        fits = [uri.party, uri.office, uri.person] == [self.party, *invited[:2]]
        if not hmac.compare_digest(given, waiting.fingerprint.replace("-", "").encode()) or not fits:
            hint = "compare again with the person at the device; if it differs, do not approve"
            raise PratiqueError("wrong_fingerprint", "the fingerprint is not that of the waiting device", hint)
        await self._issue(uri, waiting.key, days)
        self._saved["devices"][waiting.device] = text(waiting.key)
        self._save()
        return waiting.device

    async def renew(self, device: str, days: int = 90) -> None:
        """Sign a new certificate over the name and key of a device that this officer approved, and publish it."""
        key = self._saved["devices"].get(device)
        if key is None:
            raise PratiqueError("unknown_device", f"{device} was not approved with this file")
        await self._issue(DeviceUri.parse(device), base64.b64decode(key), days)

    async def revoke(self, device: str, reason: Reason = "lost") -> int:
        """End a device everywhere; give the number of channels that it leaves."""
        http = Http(self._adopted("server"), self._transport)
        try:
            return await revoke_device(http, device, reason, party_host(self.party, self.deployment), self._key)
        finally:
            await http.aclose()

    def devices(self) -> list[str]:
        """List the devices approved with this file."""
        return sorted(self._saved["devices"])

    async def _issue(self, uri: DeviceUri, key: bytes, days: int) -> None:
        authority = base64.b64decode(self._adopted("certificate"))
        der = issue_device(uri, key, authority, self._key, now_ms(), days)
        await self._call("POST", "/v1/certificates", {"certificate": text(der)})

    async def _call(self, method: str, path: str, body: Any = None) -> Any:
        http = Http(self._adopted("server"), self._transport)
        try:
            return await http.call(method, path, body, repeat=True)
        finally:
            await http.aclose()

    def _adopted(self, name: str) -> str:
        if name not in self._saved:
            raise PratiqueError(
                "not_adopted", f"the CA of {self.party} does not know its deployment yet", "adopt it first"
            )
        found: str = self._saved[name]
        return found

    def _save(self, **more: str) -> None:
        self._saved |= more
        self._file.write(self._saved)
