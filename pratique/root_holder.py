"""Keep the deployment's root: certify the parties' CAs, sign the party lists, end devices where a party cannot."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pratique.certificates import issue_authority, make_root
from pratique.directory import lifetime
from pratique.errors import Problem
from pratique.http import Http, blobs, text
from pratique.keystore import Unlock
from pratique.sealed_file import SealedFile
from pratique.wire.authorities import Authorities
from pratique.wire.bodies import Authority, ListedParty, PartyKind, PartyList, Release, Revocation
from pratique.wire.identity import ROOT_SIGNER
from pratique.wire.statements import Statement, sign

Reason = Literal["lost", "stolen", "left", "replaced", "compromised", "other"]


@dataclass(frozen=True)
class NewParty:
    """A party to put on the party list: its label, kind, full name and its CA's public key (32 bytes)."""

    party: str
    kind: PartyKind
    name: str
    public: bytes


class RootHolder:
    """The deployment's root, held by the coordinating office."""

    def __init__(self, file: SealedFile) -> None:
        self._file = file
        self._saved = file.read()
        self._key = private_key(self._saved)
        self.deployment: str = self._saved["deployment"]
        self.certificate = base64.b64decode(self._saved["certificate"])

    @classmethod
    def create(cls, file: Path, deployment: str, unlock: Unlock | None) -> RootHolder:
        """Make the root key and its certificate; the file appears with mode 0600 and is never overwritten."""
        key = Ed25519PrivateKey.generate()
        certificate = make_root(deployment, key, now_ms())
        saved = {"deployment": deployment, "seed": text(key.private_bytes_raw()), "certificate": text(certificate)}
        return cls(SealedFile.create(file, unlock, saved | {"lists": []}))

    @classmethod
    def open(cls, file: Path, unlock: Unlock | None) -> RootHolder:
        """Open the file."""
        return cls(SealedFile.open(file, unlock))

    @property
    def digest(self) -> str:
        """Give the certificate's SHA-256 in hex: what everybody pins."""
        return hashlib.sha256(self.certificate).hexdigest()

    @property
    def lists(self) -> list[Statement]:
        """List the party lists signed so far."""
        return [Statement.parse(raw) for raw in blobs(self._saved["lists"])]

    def list_parties(self, new: Sequence[NewParty]) -> Statement:
        """Certify the new parties' CAs and sign the next party list; a party listed before gets one more CA."""
        lists = self.lists
        listed = {party.party: party for party in (lists[-1].read(PartyList).parties if lists else ())}
        for party in new:
            der = issue_authority(party.party, self.certificate, self._key, party.public, now_ms())
            entry = Authority(certificate=text(der), from_ms=lifetime(der)[0])
            before = listed[party.party].authorities if party.party in listed else ()
            listed[party.party] = ListedParty(
                party=party.party, kind=party.kind, name=party.name, authorities=(*before, entry)
            )
        body = PartyList(deployment=self.deployment, number=len(lists) + 1, parties=tuple(listed.values()))
        follows = lists[-1].digest if lists else b""
        statement = sign(body, signer=ROOT_SIGNER, key=self._key, follows=follows)
        fold_lists(self.certificate, [*lists, statement])
        self._saved["lists"].append(text(statement.raw))
        self._file.write(self._saved)
        return statement

    async def publish(self, server_url: str, transport: httpx2.AsyncBaseTransport | None = None) -> int:
        """Send every party list that the server does not have yet; give the newest number."""
        http = Http(server_url, transport)
        try:
            told = await http.call("GET", "/v1/deployment")
            for statement in self.lists[len(told.get("party_lists", list)) :]:
                await http.call("POST", "/v1/party-lists", {"statement": text(statement.raw)}, repeat=True)
            return len(self.lists)
        finally:
            await http.aclose()

    def release(self, manifest: bytes) -> Statement:
        """Sign a build of the web client by its release.json; another build than the last gets the next number."""
        digest = hashlib.sha256(manifest).hexdigest()
        last: dict[str, Any] = self._saved.get("release", {"number": 0, "manifest": ""})
        if last["manifest"] != digest:
            last = {"number": last["number"] + 1, "manifest": digest}
            self._saved["release"] = last
            self._file.write(self._saved)
        return sign(Release(deployment=self.deployment, **last), signer=ROOT_SIGNER, key=self._key)

    async def revoke(
        self, server_url: str, device: str, reason: Reason = "lost", transport: httpx2.AsyncBaseTransport | None = None
    ) -> int:
        """End a device of any party; give the number of channels that it leaves."""
        http = Http(server_url, transport)
        try:
            return await revoke_device(http, device, reason, ROOT_SIGNER, self._key)
        finally:
            await http.aclose()


async def revoke_device(http: Http, device: str, reason: Reason, signer: str, key: Ed25519PrivateKey) -> int:
    """Send a signed revocation; give the number of channels that the device leaves."""
    statement = sign(Revocation(device=device, reason=reason, at_ms=now_ms()), signer=signer, key=key)
    try:
        told = await http.call("POST", "/v1/revocations", {"statement": text(statement.raw)}, repeat=True)
    except Problem as problem:
        if problem.code == "already_revoked":
            return 0
        raise
    return len(told.get("channels", list))


def private_key(saved: dict[str, Any]) -> Ed25519PrivateKey:
    """Give the key that a sealed file holds."""
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(saved["seed"]))


def fold_lists(root: bytes, lists: Sequence[Statement]) -> Authorities:
    """Verify party lists from the root on; raises `Refused`."""
    authorities = Authorities.found(root)
    for statement in lists:
        authorities = authorities.advance(statement)
    return authorities


def now_ms() -> int:
    """Give this machine's clock, UTC, in milliseconds."""
    return time.time_ns() // 1_000_000
