"""The locks pin every package by hash and say nothing of the machine they were made on."""

import json
import re
import tomllib

import pytest

from tests.architecture.sources import ROOT

LOCKS = ("build", "dev", "node", "server")


def pinned(lock: str) -> dict[str, int]:
    """Map each pinned package of a lock to how many hashes it has."""
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[a-z0-9])", text)
    return {
        match[1]: block.count("--hash=sha256:") for block in blocks if (match := re.match(r"([a-z0-9._-]+)==", block))
    }


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_by_hash(lock: str) -> None:
    packages = pinned(lock)
    assert packages
    assert [name for name, hashes in packages.items() if not hashes] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_no_path(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    assert re.findall(r"\S*(?:://|--index|--extra-index|--find-links| @ |file:)\S*", text) == []


def test_the_engine_lock_names_no_host() -> None:
    lock = json.loads((ROOT / "engine" / "package-lock.json").read_text(encoding="utf-8"))
    packages = lock["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if name and not package.get("integrity")] == []


def test_the_locks_hold_what_pyproject_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    server = project["project"]["dependencies"]
    everything = [*server, *project["project"]["optional-dependencies"]["client"], *project["dependency-groups"]["dev"]]
    assert names(server) <= pinned("server").keys()
    assert names(everything) <= pinned("dev").keys()


def names(requirements: list[str]) -> set[str]:
    """Take the bare package names out of requirement lines."""
    return {re.split(r"[\[~=><! ]", line)[0] for line in requirements}
