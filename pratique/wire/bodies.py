"""What each statement says: party lists, invitations, revocations, operations, charters, rosters, reminders."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from pratique.wire.identity import check_deployment, check_office_id, check_party, office_party
from pratique.wire.statements import Body, Digest, Hex16

PartyId = Annotated[str, AfterValidator(check_party)]
OfficeId = Annotated[str, AfterValidator(check_office_id)]
Deployment = Annotated[str, AfterValidator(check_deployment)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Millis = Annotated[int, Field(ge=0, le=2**53 - 1)]


class PartyKind(StrEnum):
    """Who takes part."""

    MEMBER = "member"
    OCU = "ocu"
    RILO = "rilo"
    PARTNER = "partner"
    RIGHT_HOLDER = "right_holder"


class Authority(Body):
    """One CA certificate of a party and since when, until when it counts."""

    certificate: str  # base64 DER
    from_ms: Millis
    revoked_ms: Millis | None = None


class ListedParty(Body):
    """One party of the party list."""

    party: PartyId
    kind: PartyKind = Field(strict=False)
    name: Text
    authorities: Annotated[tuple[Authority, ...], Field(min_length=1, max_length=8)]


class PartyList(Body):
    """The numbered list of parties and their CAs; signer "root", follows the list before it."""

    LABEL: ClassVar[str] = "pratique party list v1"
    deployment: Deployment
    number: Annotated[int, Field(ge=1)]
    parties: Annotated[tuple[ListedParty, ...], Field(max_length=1000)]
    new_root: str | None = None  # base64 DER; the list after this one is signed by it

    @model_validator(mode="after")
    def _once(self) -> PartyList:
        if len({listed.party for listed in self.parties}) != len(self.parties):
            raise ValueError("a party is listed twice")
        return self


class Invitation(Body):
    """Leave for one person to enrol one device; signer is the party's host (its CA key)."""

    LABEL: ClassVar[str] = "pratique invitation v1"
    token_digest: Digest  # SHA-256 of the secret token
    office: OfficeId
    person: Text
    expires_ms: Millis
    root: Digest  # SHA-256 of the deployment root's DER, pinned at enrolment


class Revocation(Body):
    """The end of a device; signer is its party's host (its CA key) or "root"."""

    LABEL: ClassVar[str] = "pratique revocation v1"
    device: Text
    reason: Literal["lost", "stolen", "left", "replaced", "compromised", "other"]
    at_ms: Millis


class Participant(Body):
    """A party of an operation and what it is there for."""

    party: PartyId
    roles: Annotated[tuple[Literal["departure", "transit", "destination", "coordinator", "observer"], ...], Field()]


class OperationTerms(Body):
    """The terms of an operation from this statement on; number 1 founds it (its digest is the operation's id)."""

    LABEL: ClassVar[str] = "pratique operation v1"
    number: Annotated[int, Field(ge=1)]
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{1,23}$")]
    from_ms: Millis
    until_ms: Millis
    phase: Literal["preparation", "active", "closing", "closed"]
    participants: Annotated[tuple[Participant, ...], Field(min_length=1, max_length=400)]
    lane_companions: tuple[PartyId, ...] = ()  # parties that sit in every lane, visibly (OCU, RILO)
    nonce: Hex16


class Charter(Body):
    """The terms of a channel; its statement's SHA-256 is the channel id and the MLS group id."""

    LABEL: ClassVar[str] = "pratique charter v1"
    operation: Digest
    purpose: Literal["channel", "lane"]
    owners: Annotated[tuple[OfficeId, ...], Field(min_length=1, max_length=50)]
    parties: tuple[PartyId, ...] = ()  # a lane's exact party set, sorted; one party: its own lane; empty for a channel
    history: Literal["full", "from_join"]
    retention_s: Annotated[int, Field(ge=0, le=10 * 366 * 86400)]
    nonce: Hex16

    @model_validator(mode="after")
    def _lane(self) -> Charter:
        if len(set(self.owners)) != len(self.owners):
            raise ValueError("an owner is named twice")
        if self.purpose == "lane":
            if tuple(sorted(set(self.parties))) != self.parties or not self.parties:
                raise ValueError("a lane names its parties, sorted, once each")
            if any(office_party(owner) not in self.parties for owner in self.owners):
                raise ValueError("a lane's owner belongs to one of its parties")
        elif self.parties:
            raise ValueError("only a lane names its parties")
        return self


class SeatChange(Body):
    """One office gains or loses its seat."""

    office: OfficeId
    seated: bool


class Roster(Body):
    """Numbered changes of a channel's seats; signed by a device of an owner office, follows the roster before."""

    LABEL: ClassVar[str] = "pratique roster v1"
    channel: Digest
    number: Annotated[int, Field(ge=1)]
    changes: Annotated[tuple[SeatChange, ...], Field(min_length=1, max_length=400)]


class Rejoin(Body):
    """A device lost its MLS state of a channel: its old leaf is surplus, then it is added anew."""

    LABEL: ClassVar[str] = "pratique rejoin v1"
    channel: Digest
    nonce: Hex16


class BadCommit(Body):
    """A device cannot apply the commit at `seq`; it keeps its state before it."""

    LABEL: ClassVar[str] = "pratique bad commit v1"
    channel: Digest
    seq: Annotated[int, Field(ge=1)]
    chain: Digest


class Ring(Body):
    """One instant of a reminder, and the offices whose devices are told then."""

    at_ms: Millis
    offices: Annotated[tuple[OfficeId, ...], Field(min_length=1, max_length=8)]

    @model_validator(mode="after")
    def _once(self) -> Ring:
        if len(set(self.offices)) != len(self.offices):
            raise ValueError("an office is named twice")
        return self


class Reminder(Body):
    """Instants at which offices are told that `party` has not yet answered; until an end names this entry."""

    LABEL: ClassVar[str] = "pratique reminder v1"
    channel: Digest
    party: PartyId  # whose answer is awaited; it may end the reminder, as the author's party may
    rings: Annotated[tuple[Ring, ...], Field(min_length=1, max_length=16)]
    nonce: Hex16  # two reminders that ask for the same are two


class ReminderEnd(Body):
    """The end of the reminder that is entry `seq` of the channel: what it waited for has come."""

    LABEL: ClassVar[str] = "pratique reminder end v1"
    channel: Digest
    seq: Annotated[int, Field(ge=1)]


class Release(Body):
    """A build of the web client that browsers of this deployment may run; signer "root", numbers only rise."""

    LABEL: ClassVar[str] = "pratique release v1"
    deployment: Deployment
    number: Annotated[int, Field(ge=1, le=2**53 - 1)]
    manifest: Digest  # SHA-256 of the build's release.json
