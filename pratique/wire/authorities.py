"""Fold the signed party lists: who the parties are, and whose CA vouches for a device when (docs/protocol.md §2).

The fold begins at the pinned root. It only grows: a later list adds parties and CAs and ends CAs, it never forgets one,
so a device of last year verifies as it did then.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import Self

from pratique.wire.bodies import Authority, ListedParty, PartyList
from pratique.wire.certificate_profile import key_identifier
from pratique.wire.certificates import (
    AuthorityCertificate,
    CertificateRefused,
    DeviceCertificate,
    RootCertificate,
    authority_key_id,
    read_root,
    verify_authority,
    verify_device,
)
from pratique.wire.identity import ROOT_SIGNER, party_host
from pratique.wire.refused import Refused
from pratique.wire.statements import Statement, StatementRefused


class PartyListRefused(Refused):
    """Says that a party list does not continue the lists before it.

    Codes  wrong_signer, wrong_deployment, stale_list, list_gap, forked_list, rewritten_list, wrong_authority
    """


@dataclass(frozen=True)
class _Listed:
    """A CA as listed: its certificate, the root above it, and when it counts."""

    certificate: AuthorityCertificate
    root_der: bytes
    entry: Authority

    def counts(self, at_ms: int) -> bool:
        ended = self.entry.revoked_ms
        return self.entry.from_ms <= at_ms and (ended is None or at_ms < ended)


@dataclass(frozen=True)
class Authorities:
    """The party lists so far; immutable, `advance` gives the next.

    Shape  roots: oldest first, the last signs the next list; head: digest of the newest list, empty before the first
    """

    roots: tuple[RootCertificate, ...]
    number: int
    head: bytes
    parties: MappingProxyType[str, ListedParty]
    _listed: tuple[_Listed, ...]

    @classmethod
    def found(cls, root_der: bytes) -> Self:
        """Begin at the pinned root, with no party yet; raises `CertificateRefused`."""
        return cls((read_root(root_der),), 0, b"", MappingProxyType({}), ())

    @property
    def deployment(self) -> str:
        """Give the deployment's host name."""
        return self.roots[0].deployment

    def party(self, party: str) -> ListedParty | None:
        """Give a party as the newest list shows it."""
        return self.parties.get(party)

    def advance(self, statement: Statement) -> Self:
        """Fold the next party list.

        Raises  PartyListRefused, StatementRefused, CertificateRefused; the fold before it stays as it was
        """
        if statement.signer != ROOT_SIGNER:
            raise PartyListRefused("wrong_signer", "a party list is signed by the root")
        body = statement.read(PartyList)
        if body.number > self.number:
            statement.verify(self.roots[-1].key)
        self._check_place(statement, body)
        roots = self.roots
        if body.new_root is not None:
            roots = (*roots, self._new_root(body.new_root))
        listed = tuple(self._list(entry, party.party) for party in body.parties for entry in party.authorities)
        self._check_keys(body, listed)
        parties = {party.party: party for party in body.parties}
        self._check_kept(parties)
        return replace(
            self,
            roots=roots,
            number=body.number,
            head=statement.digest,
            parties=MappingProxyType(parties),
            _listed=listed,
        )

    def authority_keys(self, signer: str, at_ms: int) -> tuple[bytes, ...]:
        """Give the keys that sign for "root" or for a party's host at an instant; empty where there are none.

        An earlier root goes on counting for "root", so that what it revoked stays revoked.
        """
        if signer == ROOT_SIGNER:
            return tuple(root.key for root in self.roots if root.not_before_ms <= at_ms <= root.not_after_ms)
        keys = []
        for listed in self._listed:
            if listed.certificate.host == signer and listed.counts(at_ms):
                try:
                    keys.append(verify_authority(listed.certificate.der, listed.root_der, at_ms).key)
                except CertificateRefused:
                    continue
        return tuple(dict.fromkeys(keys))

    def verify_device(self, der: bytes, at_ms: int) -> DeviceCertificate:
        """Give the device that a listed, unrevoked CA vouches for at an instant; raises `CertificateRefused`."""
        issuers = self._by_key_id.get(authority_key_id(der))
        if not issuers:
            raise CertificateRefused("unknown_authority", "no listed party CA issued this certificate")
        counting = [listed for listed in issuers if listed.counts(at_ms)]
        if not counting:
            raise CertificateRefused("revoked_authority", "the party CA that issued this certificate does not count")
        for listed in counting[:-1]:  # one key may have several certificates: any of them may still hold
            try:
                return verify_device(der, listed.certificate.der, listed.root_der, at_ms)
            except CertificateRefused:
                continue
        return verify_device(der, counting[-1].certificate.der, counting[-1].root_der, at_ms)

    # Every device is looked up here, among some hundred CAs: the index is made once per list.
    @cached_property
    def _by_key_id(self) -> dict[bytes, list[_Listed]]:
        found: dict[bytes, list[_Listed]] = {}
        for listed in self._listed:
            found.setdefault(key_identifier(listed.certificate.key), []).append(listed)
        return found

    def _check_place(self, statement: Statement, body: PartyList) -> None:
        if body.deployment != self.deployment:
            raise PartyListRefused("wrong_deployment", "the party list is of another deployment")
        if body.number == self.number and statement.digest != self.head:
            self._verify_by_any_root(statement)
            raise PartyListRefused("forked_list", f"there are two party lists number {body.number}")
        if body.number <= self.number:
            raise PartyListRefused("stale_list", f"party list {body.number} is not newer than {self.number}")
        if body.number != self.number + 1:
            raise PartyListRefused("list_gap", f"party list {self.number + 1} comes before {body.number}")
        if statement.follows != self.head:
            raise PartyListRefused("forked_list", f"party list {body.number} follows another list than the one known")

    def _verify_by_any_root(self, statement: Statement) -> None:
        """Tell a fork, which a root signed, from an invention."""
        for root in self.roots[:-1]:
            try:
                return statement.verify(root.key)
            except StatementRefused:
                continue
        return statement.verify(self.roots[-1].key)

    def _new_root(self, text: str) -> RootCertificate:
        root = read_root(_der(text))
        if root.deployment != self.deployment:
            raise PartyListRefused("wrong_deployment", "the new root is of another deployment")
        if root.key in {earlier.key for earlier in self.roots}:
            raise PartyListRefused("wrong_authority", "the new root has the key of an earlier one")
        return root

    def _list(self, entry: Authority, party: str) -> _Listed:
        """Check that a known root vouches for the CA when it begins to count, under the party's own host."""
        if entry.revoked_ms is not None and entry.revoked_ms < entry.from_ms:
            raise PartyListRefused("wrong_authority", "a party CA is revoked before it counts")
        certificate, root_der = self._under_a_root(_der(entry.certificate), entry.from_ms)
        if certificate.host != party_host(party, self.deployment):
            raise PartyListRefused("wrong_authority", "a party CA is listed under another party")
        return _Listed(certificate, root_der, entry)

    def _under_a_root(self, der: bytes, at_ms: int) -> tuple[AuthorityCertificate, bytes]:
        for root in self.roots[:-1]:
            try:
                return verify_authority(der, root.der, at_ms), root.der
            except CertificateRefused:
                continue
        return verify_authority(der, self.roots[-1].der, at_ms), self.roots[-1].der

    def _check_keys(self, body: PartyList, listed: tuple[_Listed, ...]) -> None:
        owners: dict[bytes, str] = {root.key: ROOT_SIGNER for root in self.roots}
        for one in listed:
            host = one.certificate.host
            if owners.setdefault(one.certificate.key, host) != host:
                raise PartyListRefused("wrong_authority", "one key serves two parties, or a party and the root")
        for party in body.parties:
            if len({entry.certificate for entry in party.authorities}) != len(party.authorities):
                raise PartyListRefused("wrong_authority", "a party lists a CA twice")

    def _check_kept(self, parties: dict[str, ListedParty]) -> None:
        """Refuse a list that forgets a party or a CA, or changes when one counted."""
        for name, before in self.parties.items():
            after = {entry.certificate: entry for entry in parties[name].authorities} if name in parties else {}
            for entry in before.authorities:
                kept = after.get(entry.certificate)
                same = kept is not None and kept.from_ms == entry.from_ms
                if not same or (entry.revoked_ms is not None and kept != entry):
                    raise PartyListRefused("rewritten_list", f"the party list changes a CA of {name} that was listed")


def _der(text: str) -> bytes:
    try:
        der = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        der = b""
    if not der or base64.b64encode(der).decode() != text:
        raise PartyListRefused("wrong_authority", "a certificate is not in canonical base64")
    return der
