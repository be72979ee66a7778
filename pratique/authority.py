"""Keep the keys that certify: the deployment's root and each party's CA, in files sealed like a store.

RootHolder.certify(party key) ─▶ CA certificate ─▶ party list ─▶ server
PartyOfficer.invite ─▶ ticket ─▶ device enrols ─▶ fingerprint compared ─▶ approve ─▶ certificate
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx2

from pratique.invitations import InvitationTicket
from pratique.wire.bodies import PartyKind
from pratique.wire.statements import Statement

Unlock = Callable[[], bytes]
Reason = Literal["lost", "stolen", "left", "replaced", "compromised", "other"]


@dataclass(frozen=True)
class NewParty:
    """A party to put on the party list: its label, kind, full name and its CA's public key (32 bytes)."""

    party: str
    kind: PartyKind
    name: str
    public: bytes


@dataclass(frozen=True)
class Waiting:
    """An enrolment that waits for approval; the fingerprint is what the person at the device reads out."""

    device: str
    key: bytes
    fingerprint: str


class RootHolder:
    """The deployment's root, held by the coordinating office."""

    certificate: bytes  # DER
    deployment: str

    @classmethod
    def create(cls, file: Path, deployment: str, unlock: Unlock) -> RootHolder:
        """Make the root key and its certificate; the file appears with mode 0600 and is never overwritten."""
        raise NotImplementedError

    @classmethod
    def open(cls, file: Path, unlock: Unlock) -> RootHolder:
        """Open the file."""
        raise NotImplementedError

    def list_parties(self, new: Sequence[NewParty]) -> Statement:
        """Certify the new parties' CAs and sign the next party list (kept in the file)."""
        raise NotImplementedError

    async def publish(self, server_url: str, transport: httpx2.AsyncBaseTransport | None = None) -> int:
        """Send every party list that the server does not have yet; give the newest number."""
        raise NotImplementedError


class PartyOfficer:
    """One party's CA, held by the party itself."""

    party: str
    deployment: str
    public: bytes

    @classmethod
    def create(cls, file: Path, party: str, deployment: str, unlock: Unlock) -> PartyOfficer:
        """Make the party's CA key; hand `public` to the root's holder."""
        raise NotImplementedError

    @classmethod
    def open(cls, file: Path, unlock: Unlock) -> PartyOfficer:
        """Open the file."""
        raise NotImplementedError

    async def adopt(
        self, server_url: str, root_digest: str, transport: httpx2.AsyncBaseTransport | None = None
    ) -> None:
        """Pin the root by its digest (64 hex) and keep this party's CA certificate from the party list."""
        raise NotImplementedError

    async def invite(self, office: str, person: str, valid_s: int = 7 * 86400) -> InvitationTicket:
        """Sign an invitation, publish it, give the ticket to hand over."""
        raise NotImplementedError

    async def waiting(self, invitation: bytes) -> Waiting | None:
        """Give the device that used an invitation, or None."""
        raise NotImplementedError

    async def approve(self, invitation: bytes, fingerprint: str, days: int = 90) -> str:
        """Sign the certificate if the fingerprint is the waiting device's; give the device URI."""
        raise NotImplementedError

    async def renew(self, device: str, days: int = 90) -> None:
        """Sign a new certificate over a device's name and key and publish it."""
        raise NotImplementedError

    async def revoke(self, device: str, reason: Reason = "lost") -> int:
        """End a device everywhere; give the number of channels that it leaves."""
        raise NotImplementedError
