"""`make run`: a server with an exercise operation, and something to see in it.

`python -m exercise [FOLDER]`: everything lies in FOLDER, `data/` where none is given.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from exercise.commands import ROOT, CommandFailed, pratique
from exercise.dates import moved_to_now
from exercise.founding import PARTIES, Places, enrol_devices, found_operation, make_root, move
from exercise.server import Server, ServerFailed, bind
from exercise.steps import Steps
from exercise.voyage import play, print_timelines

DEFAULT_PORT = 8000
DUTY_DESK = "STOP III duty desk"


def main() -> int:
    """Serve until Ctrl-C; the first run founds the exercise and plays one consignment."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        port = int(os.environ.get("PRATIQUE_PORT") or DEFAULT_PORT)
        listening = bind(port)
    except (ValueError, OverflowError):
        print("PRATIQUE_PORT is not a port number", file=sys.stderr)
        return 2
    except OSError:
        print(f"port {port} is taken; choose another: PRATIQUE_PORT={port + 1} make run", file=sys.stderr)
        return 1
    print("Pratique exercise: OCU, BE, AE and KE around one server on this machine\n")
    places = Places(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT / "data")
    steps = Steps()
    server = Server(places.server, listening)
    try:
        saved = _ready(places, server, steps)
        _welcome(places, server, saved)
        while server.alive():
            time.sleep(0.5)
        print(f"the server has ended by itself; {places.server}/server.log says why", file=sys.stderr)
        return 1
    except (CommandFailed, ServerFailed, TimeoutError) as failed:
        print(f"the exercise failed: {failed}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        _ignore_interrupts()
        print("\nending; `make run` finds everything again")
        return 0
    finally:
        _ignore_interrupts()
        server.stop()


def _ignore_interrupts() -> None:
    """Let an impatient second Ctrl-C, or make's own, not break off the clean end."""
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.SIG_IGN)


def _ready(places: Places, server: Server, steps: Steps) -> dict[str, Any]:
    """Found the exercise and play it, or find it as it was left."""
    note = places.folder / "exercise.json"
    saved: dict[str, Any] = json.loads(note.read_text(encoding="utf-8")) if note.exists() else {}
    if not saved:
        if places.folder.exists():
            aside = places.folder.with_name(f"{places.folder.name}.unfinished-{int(time.time())}")
            places.folder.rename(aside)
            steps.step(f"an earlier set-up was not finished; it is put aside as {aside.name}")
        saved = _found(places, server, steps)
        note.write_text(json.dumps(saved, indent=2) + "\n", encoding="utf-8")
        return saved
    server.start()
    steps.step(f"server runs on {server.url}, with everything as you left it")
    if saved["url"] != server.url:
        move(places, server, saved["root"])
        saved["url"] = server.url
        note.write_text(json.dumps(saved, indent=2) + "\n", encoding="utf-8")
        steps.step("every party's keys and stores know the new address")
    return saved


def _found(places: Places, server: Server, steps: Steps) -> dict[str, Any]:
    root = make_root(places)
    steps.step("root and party CAs made, each in its party's own folder")
    server.start()
    steps.step(f"server runs on {server.url}")
    enrol_devices(places, server, root, steps)
    operation = found_operation(places)
    offices = [part for party in PARTIES if party.label != "ocu" for part in ("--office", f"{party.label}/ncp")]
    store = ("--store", str(places.store("ocu")))
    pratique("channel", "create", "--operation", operation, "--title", DUTY_DESK, *offices, *store)
    pratique("post", DUTY_DESK, "Welcome to STOP III (exercise). Announce consignments early.", *store)
    steps.step(f"OCU founds the operation {operation} and the channel {DUTY_DESK!r}")
    consignment = places.folder / "consignment.json"
    example = ROOT / "examples" / "vaccine-consignment.json"
    consignment.write_text(json.dumps(moved_to_now(json.loads(example.read_bytes())), indent=2), encoding="utf-8")
    voyage = play(places, consignment, operation, steps)
    return {"url": server.url, "root": root, "operation": operation, "reference": voyage.reference}


def _welcome(places: Places, server: Server, saved: dict[str, Any]) -> None:
    print_timelines(places, tuple(party.label for party in PARTIES), saved["reference"])
    command = ".venv/bin/pratique" if (ROOT / ".venv" / "bin" / "pratique").exists() else "python -m pratique.cli.main"
    shown = {party.label: _relative(places.store(party.label)) for party in PARTIES}
    consignment = _relative(places.folder / "consignment.json")
    print(f"""
The server runs on {server.url} (API: {server.url}/docs). It holds no key and reads no content.
Each party's keys and store lie in its own folder, each unlocked by the passphrase file (mode 0600) beside it:
{chr(10).join(f"  {path}  {path}.passphrase" for path in shown.values())}
An exercise only: real parties keep these apart, and type their passphrase or use the keyring.

Try in another terminal:
  {command} board --store {shown["ke"]}
  {command} board {saved["reference"]} --store {shown["ae"]}
  {command} watch --store {shown["ke"]}
  {command} post "{DUTY_DESK}" "Good morning from Brussels" --store {shown["be"]}
  {command} prenotify {consignment} --operation {saved["operation"]} --store {shown["be"]}
  {command} doctor --store {shown["be"]}
Ctrl-C ends the server.""")
    sys.stdout.flush()


def _relative(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


if __name__ == "__main__":
    sys.exit(main())
