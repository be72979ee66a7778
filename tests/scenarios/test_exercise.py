"""`make run` and the command line against it: first run, everyday commands, refusals, restart on another port."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from exercise.commands import CommandFailed, environment, pratique
from exercise.founding import RELEASE, Places
from exercise.running import Running

ROOT = Path(__file__).parents[2]
# The operation room, the duty desk, a goods and a route lane; the devices that stay online take new ones everywhere.
CHANNELS_OF_KE = 4
LINK = re.compile(r"^  (\S+) +http://localhost:\d+/#/enrol/(\S+)$", re.MULTILINE)
PROMPT = "Ctrl-C ends the server."


class Run:
    """One `make run`, up to the moment it says what to try."""

    def __init__(self, folder: Path, port: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "exercise", str(folder)],
            cwd=ROOT,
            env=os.environ | {"PRATIQUE_PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        self.said = ""
        for line in self._process.stdout:
            self.said += line
            if PROMPT in line:
                return
        raise AssertionError(self.said)

    def interrupt(self) -> int:
        """Press Ctrl-C and give the exit code."""
        os.killpg(self._process.pid, signal.SIGINT)
        self._process.communicate(timeout=60)
        return self._process.returncode

    def kill(self) -> None:
        """End it in any case."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def refused(*arguments: str | Path) -> CommandFailed:
    with pytest.raises(CommandFailed) as failed:
        pratique(*arguments)
    return failed.value


@pytest.mark.timeout(600)
def test_the_exercise_from_its_first_run_to_its_restart(tmp_path: Path) -> None:
    folder, port = tmp_path / "data", free_port()
    run = Run(folder, port)
    try:
        places = Places(folder)
        assert all(file.stat().st_mode & 0o077 == 0 for file in folder.rglob("*.passphrase"))
        the_tour_of_the_readme(folder)
        the_commands_it_shows_work_as_they_stand(run.said, places)
        what_they_did_is_on_every_board(places)
        commands_that_are_refused(places, tmp_path)
        a_second_device_joins_and_is_removed(places, f"http://127.0.0.1:{port}")
        if RELEASE.is_file():
            whoever_has_a_link_is_let_in(run.said, places, f"http://127.0.0.1:{port}")
        known = len(pratique("board", "--offline", "--store", places.store("ke"))["consignments"])
        assert known == 4
        assert run.interrupt() == 0
        assert "could not" not in run.said
    finally:
        run.kill()
    gone = refused("board", "--store", places.store("ke"))
    assert gone.code == 5 and "does not answer" in str(gone)
    assert len(pratique("board", "--offline", "--store", places.store("ke"))["consignments"]) == known
    restarted = Run(folder, free_port())
    try:
        links = dict(LINK.findall(restarted.said))
        assert not links or not links.items() & dict(LINK.findall(run.said)).items(), "each start prints fresh links"
        said = " ".join(restarted.said.split())
        assert "with everything as you left it" in said and "new address" in said
        assert len(pratique("board", "--store", places.store("ke"))["consignments"]) == known
    finally:
        restarted.kill()


def the_commands_it_shows_work_as_they_stand(said: str, places: Places) -> None:
    """Paste every line, with ports that are free; those that go on until Ctrl-C stay open until the others are done."""
    gateway, system = free_port(), free_port()
    said = said.replace("127.0.0.1:8100", f"127.0.0.1:{gateway}").replace("127.0.0.1:9000", f"127.0.0.1:{system}")
    said = said.replace("pratique gateway", f"pratique gateway --listen 127.0.0.1:{gateway}")
    lines = [one.strip() for one in said.partition("Try in another terminal")[2].splitlines() if one.startswith("  ")]
    assert len(lines) > 15
    with ExitStack() as opened:
        for line in lines:
            if any(word in line.split() for word in ("gateway", "watch", "examples/national_system.py")):
                opened.enter_context(closing(stay(line, places.folder)))
            elif line.startswith("curl"):
                assert '"reference":"PN-STOP-III-BE-' in paste(line)
            else:
                paste(line)


def stay(line: str, folder: Path) -> Running:
    """Start a command that goes on until Ctrl-C; its first line says that it is ready."""
    running = Running(["/bin/sh", "-c", f"exec env {line}"], folder / "pasted.log")
    running.wait(lambda shown: True)
    return running


def paste(line: str) -> str:
    done = subprocess.run(
        ["/bin/sh", "-c", line], cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, f"{line}: {done.stdout}{done.stderr}"
    return done.stdout


def what_they_did_is_on_every_board(places: Places) -> None:
    for party, lots in (("be", 3), ("ke", 3), ("ae", 0)):
        consignments = pratique("board", "--store", places.store(party))["consignments"]
        assert sorted((one["state"], one["outcome"]) for one in consignments if one["outcome"]) == [
            ("CLOSED", "DISCREPANCY")
        ]
        assert [one["state"] for one in consignments].count("SENT") == 2
        assert {len(one["lots"]) for one in consignments} == {lots}


def commands_that_are_refused(places: Places, tmp_path: Path) -> None:
    ae, ke, be = (places.store(party) for party in ("ae", "ke", "be"))
    again = ("--from-last", "--awb", "020-81140743", "--national-reference", "BE-2026-EXP-004473")
    reference = pratique("prenotify", *again, "--store", be)["reference"]
    forms = [pratique("show", reference, "--store", store)["consignment"]["form"] for store in (be, ae)]
    assert [form["legs"][0]["awb"] for form in forms] == ["020-81140743"] * 2
    assert ["lots" in form["goods"][0] for form in forms] == [True, False], "transit is given more than its part"
    pratique("ack", reference, "--store", ke)
    assert "not_your_leg" in str(refused("move", reference, "ARRIVED", "--store", ae))
    assert "said_before" in str(refused("ack", reference, "--store", ke))
    assert "no_consignment" in str(refused("ack", "PN-STOP-III-BE-2026-999999-00", "--store", ke))
    example = places.folder / "consignment.json"
    assert "no_operation" in str(refused("prenotify", example, "--operation", "STOP-IX", "--store", be))
    wrong = tmp_path / "wrong"
    wrong.write_text("not the passphrase\n", encoding="utf-8")
    wrong.chmod(0o600)
    locked = refused("board", "--store", ke, "--passphrase-file", wrong)
    assert locked.code == 7 and "wrong_passphrase" in str(locked)
    assert refused("board", "--store", tmp_path / "nothing").code == 7


def a_second_device_joins_and_is_removed(places: Places, server: str) -> None:
    """A new device of KE's office reads the whole file with nobody's help; revoked, it reads nothing more."""
    authority, store = places.authority("ke"), places.folder / "ke" / "phone"
    secret = store.with_name("phone.passphrase")
    secret.write_text("another passphrase\n", encoding="utf-8")
    secret.chmod(0o600)
    invited = pratique("party", "invite", authority, "--office", "ke/ncp", "--person", "a.deputy")
    asked = ("enrol", "begin", "-", "--server", server, "--device", "phone", "--store", store)
    assert refused("approve", authority, invited["invitation"], "--fingerprint", "AAAAA").code == 8
    begun = pratique(*asked, given=invited["ticket"])
    assert refused("enrol", "finish", "--store", store).code == 8
    wrong = refused("approve", authority, invited["invitation"], "--fingerprint", "A" * 25)
    assert "wrong_fingerprint" in str(wrong)
    pratique("approve", authority, invited["invitation"], "--fingerprint", begun["fingerprint"])
    device: dict[str, Any] = pratique("enrol", "finish", "--store", store)
    assert {one["sees"] for one in whole_board(store, places.store("ke"))} == {"goods"}
    wait_until(lambda: len(channels_with(device["device"], places.store("ke"))) == CHANNELS_OF_KE)
    assert pratique("revoke", authority, device["device"], "--reason", "stolen")["channels"] == CHANNELS_OF_KE
    assert refused("board", "--store", store).code == 1
    pratique("post", "STOP III duty desk", "the phone is gone", "--store", places.store("ke"))
    (desk,) = (
        one
        for one in pratique("channel", "list", "--store", places.store("be"))["channels"]
        if one["title"] == "STOP III duty desk"
    )
    assert device["device"] not in desk["devices"] and desk["surplus"] == []


def whole_board(store: Path, of: Path) -> list[dict[str, Any]]:
    """Give a newcomer's board once it holds what another device's holds: those who stay online add it to each lane."""
    found: list[dict[str, Any]] = []

    def complete() -> bool:
        found[:] = pratique("board", "--store", store)["consignments"]
        return len(found) == wanted

    wanted = len(pratique("board", "--store", of)["consignments"])
    wait_until(complete)
    return found


def channels_with(device: str, store: Path) -> list[str]:
    """List the channels of a store in which a device holds a leaf."""
    channels = pratique("channel", "list", "--store", store)["channels"]
    return [one["id"] for one in channels if device in one["devices"]]


def wait_until(so: Callable[[], bool]) -> None:
    """Ask until it is so; each asking is a process of its own and takes its time."""
    until = time.monotonic() + 60
    while not so():
        assert time.monotonic() < until, "not within a minute"


def whoever_has_a_link_is_let_in(said: str, places: Places, server: str) -> None:
    """Every officer's link enrols a device that nobody approves by hand; here the command line plays the browser."""
    links = dict(LINK.findall(said))
    assert list(links) == ["OCU", "RILO-ESA", "BE", "AE", "KE"]
    store = places.folder / "rilo-esa" / "browser"
    secret = store.with_name("browser.passphrase")
    secret.write_text("a third passphrase\n", encoding="utf-8")
    secret.chmod(0o600)
    asked = ("enrol", "begin", "-", "--server", server, "--device", "browser", "--store", store)
    pratique(*asked, given=links["RILO-ESA"])
    device = pratique("enrol", "finish", "--store", store, "--wait", "60")["device"]
    assert device.endswith("/n.achieng/browser")
    wait_until(lambda: len(channels_with(device, places.store("rilo-esa"))) == 2)
    titles = {one["title"] for one in pratique("channel", "list", "--store", store)["channels"] if one["own_leaf"]}
    assert "STOP III duty desk" in titles
    log = (places.folder / "online.log").read_text(encoding="utf-8")
    assert log == "", log


def the_tour_of_the_readme(folder: Path) -> None:
    """Every command of the tour runs as it stands there; what is announced in it reaches the screen that watches."""
    tour = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Five minutes")[2].partition("\n## ")[0]
    lines = [line.replace("data/", f"{folder}/") for line in tour.splitlines()]
    commands = [line for line in lines if line.startswith(".venv/bin/pratique ")]
    names = {command.split()[1] for command in commands}
    assert {"board", "show", "watch", "post", "prenotify", "read", "export"} <= names, "the tour shows the main job"
    (watching,) = (command for command in commands if command.split()[1] == "watch")
    with closing(stay(watching, folder)) as screen:
        for command in commands:
            if command != watching:
                paste(command)
        screen.wait(lambda shown: "announces PN-STOP-III-BE-" in shown["line"])
    (search,) = (line for line in tour.splitlines() if line.startswith("grep "))
    found = subprocess.run(["/bin/sh", "-c", search], cwd=folder.parent, capture_output=True, text=True, check=False)
    counts = [int(line.rpartition(":")[2]) for line in found.stdout.splitlines()]
    assert counts and not any(counts), found.stdout + found.stderr


def test_a_taken_port_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "exercise", str(tmp_path / "data")],
            cwd=ROOT,
            env=os.environ | {"PRATIQUE_PORT": str(port)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == f"port {port} is taken; choose another: PRATIQUE_PORT={port + 1} make run\n"
    assert not (tmp_path / "data").exists()
