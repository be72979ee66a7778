"""Found a deployment as its parties would: root, party CAs, one device each, one operation.

    root ─▶ party CAs ─▶ party list ─▶ invitations ─▶ devices ─▶ fingerprints compared ─▶ operation

Every party's keys and store lie in its own folder, each with a passphrase file (mode 0600) beside it.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exercise.commands import ROOT, pratique
from exercise.server import Server
from exercise.steps import Steps

DEPLOYMENT = "stop.example"


@dataclass(frozen=True)
class Party:
    """One party of the exercise and the person at its device."""

    label: str
    kind: str
    name: str
    person: str


PARTIES = (
    Party("ocu", "ocu", "Operational Coordination Unit (exercise)", "a.martin"),
    Party("be", "member", "Belgium (exercise)", "j.peeters"),
    Party("ae", "member", "United Arab Emirates (exercise)", "h.alzaabi"),
    Party("ke", "member", "Kenya (exercise)", "w.otieno"),
)


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


def make_root(places: Places) -> str:
    """Make root and party CAs, before there is any server; give the root's fingerprint."""
    places.server.mkdir(parents=True, mode=0o700)
    (places.folder / "ocu").mkdir(mode=0o700)
    _new_passphrase(places.root)
    made = pratique("root", "create", places.root, "--deployment", DEPLOYMENT)
    Path(made["certificate"]).replace(places.server / "root.der")
    requests = _each(lambda party: _make_authority(places, party))
    pratique("root", "certify", places.root, *requests)
    return str(made["root"])


def _make_authority(places: Places, party: Party) -> str:
    file = places.authority(party.label)
    file.parent.mkdir(mode=0o700, exist_ok=True)
    _new_passphrase(file)
    who = ("--party", party.label, "--kind", party.kind, "--name", party.name, "--deployment", DEPLOYMENT)
    return str(pratique("party", "create", file, *who)["request"])


def enrol_devices(places: Places, server: Server, root: str, steps: Steps) -> None:
    """List the parties, invite, enrol and approve one device each, all parties at the same time."""
    pratique("root", "publish", places.root, "--server", server.url)
    steps.step("the root's holder publishes the signed party list")
    for device in _as_done(lambda party: _enrol(places, server, root, party)):
        steps.step(f"enrolled and approved by its own party: {device}")


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
    """Found the exercise's operation as the OCU; give its code."""
    found = pratique("operation", "found", ROOT / "examples" / "operation.json", "--store", places.store("ocu"))
    return str(found["code"])


def move(places: Places, server: Server, root: str) -> None:
    """Tell every party that the server has another address."""
    pinned = ("--server", server.url)
    _each(lambda party: pratique("party", "adopt", places.authority(party.label), *pinned, "--root", root))
    _each(lambda party: pratique("enrol", "move", *pinned, "--store", places.store(party.label)))


def _new_passphrase(sealed: Path) -> None:
    file = sealed.with_name(sealed.name + ".passphrase")
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(secrets.token_urlsafe(18) + "\n")


def _as_done(act: Callable[[Party], str]) -> Iterator[str]:
    with ThreadPoolExecutor(len(PARTIES)) as pool:
        for done in as_completed([pool.submit(act, party) for party in PARTIES]):
            yield done.result()


def _each(act: Callable[[Party], Any]) -> list[Any]:
    """Let all parties act at the same time."""
    with ThreadPoolExecutor(len(PARTIES)) as pool:
        return list(pool.map(act, PARTIES))
