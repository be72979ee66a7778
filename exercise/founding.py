"""Found a deployment as its parties would: root, party CAs, one device each, one operation with its room.

    root ─▶ party CAs ─▶ party list ─▶ invitations ─▶ devices ─▶ fingerprints compared ─▶ operation ─▶ desks

Every party's keys and store lie in its own folder, each with a passphrase file (mode 0600) beside it.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from exercise.commands import ROOT, pratique
from exercise.server import Server

T = TypeVar("T")
DEPLOYMENT = "stop.example"
EXAMPLES = ROOT / "examples"
RELEASE = ROOT / "app" / "pages" / "release.json"
DESKS = {
    "be": ("--clock", "+01:00", "--duty-phone", "+3225550142"),
    "ae": ("--clock", "+04:00", "--duty-phone", "+97145550186"),
    "ke": ("--clock", "+03:00", "--duty-phone", "+254205550117", "--holiday", "2026-12-12"),
}


@dataclass(frozen=True)
class Party:
    """One party of the exercise and the person at its device."""

    label: str
    kind: str
    name: str
    person: str


PARTIES = (
    Party("ocu", "ocu", "Operational Coordination Unit (exercise)", "a.martin"),
    Party("rilo-esa", "rilo", "RILO East and Southern Africa (exercise)", "n.achieng"),
    Party("be", "member", "Belgium (exercise)", "j.peeters"),
    Party("ae", "member", "United Arab Emirates (exercise)", "h.alzaabi"),
    Party("ke", "member", "Kenya (exercise)", "w.otieno"),
)
# Who takes part in the demo; the RILO, which observes, has a device in `make run` only.
ENROLLED = tuple(party for party in PARTIES if party.kind != "rilo")


@dataclass(frozen=True)
class Places:
    """Where everything of an exercise lies."""

    folder: Path

    @property
    def server(self) -> Path:
        """The server's folder: database, root certificate, token key, log."""
        return self.folder / "server"

    @property
    def root(self) -> Path:
        """The root's key file."""
        return self.folder / "ocu" / "root.key"

    def authority(self, party: str) -> Path:
        """A party's CA key file."""
        return self.folder / party / "ca.key"

    def store(self, party: str) -> Path:
        """The store of a party's device."""
        return self.folder / party / "store"


def sign_release(places: Places) -> None:
    """Let the root sign the web client that this server offers; without a build there is nothing to sign."""
    if RELEASE.is_file():
        statement = places.server / "release.statement"
        pratique("root", "release", places.root, RELEASE, "--output", statement)


def make_root(places: Places, server: Server) -> str:
    """Make the root, then the party CAs while the server, which needs only the root, starts; give its fingerprint."""
    places.server.mkdir(parents=True, mode=0o700)
    (places.folder / "ocu").mkdir(mode=0o700)
    _new_passphrase(places.root)
    made = pratique("root", "create", places.root, "--deployment", DEPLOYMENT)
    Path(made["certificate"]).replace(places.server / "root.der")
    sign_release(places)
    with ThreadPoolExecutor(1) as pool:
        starting = pool.submit(server.start)
        requests = _each(PARTIES, lambda party: _make_authority(places, party))
        pratique("root", "certify", places.root, *requests)
        starting.result()
    return str(made["root"])


def _make_authority(places: Places, party: Party) -> str:
    file = places.authority(party.label)
    file.parent.mkdir(mode=0o700, exist_ok=True)
    _new_passphrase(file)
    who = ("--party", party.label, "--kind", party.kind, "--name", party.name, "--deployment", DEPLOYMENT)
    return str(pratique("party", "create", file, *who)["request"])


def enrol_devices(places: Places, server: Server, root: str, parties: Sequence[Party] = ENROLLED) -> list[str]:
    """List the parties, invite, enrol and approve one device each, all parties at the same time; give the devices."""
    pratique("root", "publish", places.root, "--server", server.url)
    return _each(parties, lambda party: _enrol(places, server, root, party))


def _enrol(places: Places, server: Server, root: str, party: Party) -> str:
    authority, store = places.authority(party.label), places.store(party.label)
    pratique("party", "adopt", authority, "--server", server.url, "--root", root)
    invited = pratique("party", "invite", authority, "--office", f"{party.label}/ncp", "--person", party.person)
    _new_passphrase(store)
    begun = pratique(
        "enrol", "begin", "-", "--server", server.url, "--device", "desk1", "--store", store, given=invited["ticket"]
    )
    pratique("approve", authority, invited["invitation"], "--fingerprint", begun["fingerprint"])
    return str(pratique("enrol", "finish", "--store", store, "--wait", "20")["device"])


def found_operation(places: Places) -> str:
    """Found the exercise's operation as the OCU, and open its room; give its code."""
    found = pratique("operation", "found", EXAMPLES / "operation.json", "--store", places.store("ocu"))
    return str(found["code"])


def set_desks(places: Places) -> None:
    """Let the Members tell their calendars and telephones, and the OCU adapt the form, all at the same time."""

    def tell(party: str) -> None:
        if party in DESKS:
            pratique("desk", "calendar", *DESKS[party], "--store", places.store(party))
        elif party == "ocu":
            pratique("operation", "adapt", EXAMPLES / "adaptation.json", "--store", places.store(party))

    _each(ENROLLED, lambda party: tell(party.label))


def move(places: Places, server: Server, root: str) -> None:
    """Tell every party that the server has another address."""
    pinned, parties = ("--server", server.url), enrolled(places)
    _each(parties, lambda party: pratique("party", "adopt", places.authority(party.label), *pinned, "--root", root))
    _each(parties, lambda party: pratique("enrol", "move", *pinned, "--store", places.store(party.label)))


def enrolled(places: Places) -> list[Party]:
    """List the parties that have a device in this folder."""
    return [party for party in PARTIES if places.store(party.label).exists()]


def _new_passphrase(sealed: Path) -> None:
    file = sealed.with_name(sealed.name + ".passphrase")
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(secrets.token_urlsafe(18) + "\n")


def _each(parties: Sequence[Party], act: Callable[[Party], T]) -> list[T]:
    """Let the parties act at the same time, as many as this machine has processors."""
    with ThreadPoolExecutor(max(2, os.cpu_count() or 2)) as pool:
        return list(pool.map(act, parties))
