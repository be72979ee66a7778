"""Name parties, offices and devices: `pratique://<party>.<deployment>/<office>/<person>/<device>`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pratique.wire.refused import Refused

SCHEME = "pratique://"
ROOT_SIGNER = "root"
# A host is a certificate's common name, which X.509 ends at 64 characters; "Pratique root " stands before a deployment.
MAX_HOST_CHARACTERS = 64
MAX_DEPLOYMENT_CHARACTERS = 50

_PARTY = re.compile(r"[a-z][a-z0-9-]{1,30}")
_DEPLOYMENT = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+")
_OFFICE = re.compile(r"[a-z][a-z0-9-]{0,30}")
_PERSON = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?")
_DEVICE = re.compile(r"[a-z0-9]{4,32}")


class NameRefused(Refused):
    """A name that is not in its one canonical form."""

    def __init__(self, detail: str) -> None:
        super().__init__("name_refused", detail)


def _match(pattern: re.Pattern[str], text: str, what: str) -> str:
    if not pattern.fullmatch(text):
        raise NameRefused(f"{what} is not a valid name")
    return text


def check_party(text: str) -> str:
    """Give the party label back, or raise `NameRefused`."""
    return _match(_PARTY, text, "party")


def check_deployment(text: str) -> str:
    """Give the deployment's host name back, or raise `NameRefused`."""
    if len(text) > MAX_DEPLOYMENT_CHARACTERS:
        raise NameRefused(f"a deployment's name has at most {MAX_DEPLOYMENT_CHARACTERS} characters")
    return _match(_DEPLOYMENT, text, "deployment")


def party_host(party: str, deployment: str) -> str:
    """Give the host name of a party, to which its CA is constrained; raises `NameRefused`."""
    host = f"{check_party(party)}.{check_deployment(deployment)}"
    if len(host) > MAX_HOST_CHARACTERS:
        raise NameRefused(f"party and deployment together have at most {MAX_HOST_CHARACTERS} characters")
    return host


def check_office_id(text: str) -> str:
    """Give an office id `<party>/<office>` back, or raise `NameRefused`."""
    party, slash, office = text.partition("/")
    if not slash:
        raise NameRefused("office id is <party>/<office>")
    check_party(party)
    _match(_OFFICE, office, "office")
    return text


def office_party(office_id: str) -> str:
    """Give the party of an office id."""
    return check_office_id(office_id).partition("/")[0]


@dataclass(frozen=True, order=True)
class DeviceUri:
    """One device: one Ed25519 signature key, one MLS client."""

    party: str
    deployment: str
    office: str
    person: str
    device: str

    def __post_init__(self) -> None:
        party_host(self.party, self.deployment)
        _match(_OFFICE, self.office, "office")
        _match(_PERSON, self.person, "person")
        _match(_DEVICE, self.device, "device")

    @classmethod
    def parse(cls, text: str) -> DeviceUri:
        """Read a device URI, or raise `NameRefused`."""
        if not text.startswith(SCHEME) or len(text) > 400:
            raise NameRefused("a device URI starts with pratique://")
        parts = text.removeprefix(SCHEME).split("/")
        if len(parts) != 4:
            raise NameRefused("a device URI is pratique://<party>.<deployment>/<office>/<person>/<device>")
        party, _, deployment = parts[0].partition(".")
        return cls(party, deployment, parts[1], parts[2], parts[3])

    def __str__(self) -> str:
        return f"{SCHEME}{self.host}/{self.office}/{self.person}/{self.device}"

    @property
    def host(self) -> str:
        """The party's host name, to which its CA is constrained."""
        return f"{self.party}.{self.deployment}"

    @property
    def office_id(self) -> str:
        """`<party>/<office>`, the unit that is seated."""
        return f"{self.party}/{self.office}"
