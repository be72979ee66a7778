"""`make run`: a server with an exercise operation, and something to see in it.

`python -m exercise [FOLDER]`: everything lies in FOLDER, `data/` where none is given.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from exercise.commands import ROOT, CommandFailed, pratique
from exercise.founding import (
    PARTIES,
    RELEASE,
    Places,
    enrol_devices,
    enrolled,
    found_operation,
    make_root,
    move,
    set_desks,
    sign_release,
)
from exercise.national import api_key_files, make_api_key
from exercise.running import Running
from exercise.server import Server, ServerFailed, bind
from exercise.steps import Steps
from exercise.voyage import play

DEFAULT_PORT = 8000
DUTY_DESK = "STOP III duty desk"


def main() -> int:
    """Serve until Ctrl-C; the first run founds the exercise and plays one consignment."""
    # Also where whoever starts it in the background has had Ctrl-C ignored.
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.default_int_handler)
    try:
        port = int(os.environ.get("PRATIQUE_PORT") or DEFAULT_PORT)
        listening = bind(port)
    except (ValueError, OverflowError):
        print("PRATIQUE_PORT is not a port number", file=sys.stderr)
        return 2
    except OSError:
        print(f"port {port} is taken; choose another: PRATIQUE_PORT={port + 1} make run", file=sys.stderr)
        return 1
    print("Pratique exercise: OCU, RILO, BE, AE and KE around one server on this machine\n")
    places = Places(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT / "data")
    steps = Steps()
    server = Server(places.server, listening)
    online: Running | None = None
    try:
        fresh = not _note(places).exists()
        saved = _ready(places, server, steps)
        command = [sys.executable, "-m", "exercise.online", str(places.folder)]
        online = Running(command, places.folder / "online.log")
        _, told = online.wait(lambda shown: "tickets" in shown)
        _welcome(places, server, saved, told["tickets"], fresh=fresh)
        while server.alive():
            _tell_who_came(online.next(0.5))
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
        if online is not None:
            online.close()
        server.stop()


def _ignore_interrupts() -> None:
    """Let an impatient second Ctrl-C, or make's own, not break off the clean end."""
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.SIG_IGN)


def _tell_who_came(shown: dict[str, Any] | None) -> None:
    if shown is not None and "approved" in shown:
        print(f"{shown['party'].upper()} lets a browser in: {shown['approved']}, fingerprint {shown['fingerprint']}")
        print(
            "  (approved by itself; in a real operation a person compares it with what the browser shows)", flush=True
        )


def _note(places: Places) -> Path:
    """Name the file that says what was founded; it is there once all of it is."""
    return places.folder / "exercise.json"


def _ready(places: Places, server: Server, steps: Steps) -> dict[str, Any]:
    """Found the exercise and play it, or find it as it was left."""
    note = _note(places)
    saved: dict[str, Any] = json.loads(note.read_text(encoding="utf-8")) if note.exists() else {}
    if not saved:
        if places.folder.exists():
            aside = places.folder.with_name(f"{places.folder.name}.unfinished-{int(time.time())}")
            places.folder.rename(aside)
            steps.step("all", f"an earlier set-up was not finished; it is put aside as {aside.name}")
        saved = _found(places, server, steps)
        note.write_text(json.dumps(saved, indent=2) + "\n", encoding="utf-8")
        return saved
    sign_release(places)
    server.start()
    steps.step("OCU", f"starts the server on {server.url}, with everything as you left it")
    if saved["url"] != server.url:
        move(places, server, saved["root"])
        saved["url"] = server.url
        note.write_text(json.dumps(saved, indent=2) + "\n", encoding="utf-8")
        steps.step("all", "every party's keys and stores know the new address")
    return saved


def _found(places: Places, server: Server, steps: Steps) -> dict[str, Any]:
    root = make_root(places, server)
    steps.step("all", "root and party CAs made, each in its party's own folder")
    steps.step("OCU", f"starts the server on {server.url}")
    devices = enrol_devices(places, server, root, PARTIES)
    steps.step("all", f"{len(devices)} devices enrolled, each approved by its own party")
    operation = found_operation(places)
    steps.step("OCU", f"founds the operation {operation} and opens its room")
    set_desks(places)
    steps.step("all", "BE, AE and KE tell calendar and duty telephone; OCU adapts the form")
    with ThreadPoolExecutor(2) as pool:
        desk, key = pool.submit(_open_duty_desk, places, operation), pool.submit(make_api_key, places)
        reference = play(places, steps)
        desk.result()
        key.result()
    steps.step("OCU", f"opens the channel {DUTY_DESK!r}, for words")
    return {"url": server.url, "root": root, "operation": operation, "reference": reference}


def _open_duty_desk(places: Places, operation: str) -> None:
    store = ("--store", places.store("ocu"))
    offices = [part for party in PARTIES if party.label != "ocu" for part in ("--office", f"{party.label}/ncp")]
    pratique("channel", "create", "--operation", operation, "--title", DUTY_DESK, *offices, *store)
    pratique("post", DUTY_DESK, "Welcome to STOP III (exercise). Announce consignments early.", *store)


def _welcome(places: Places, server: Server, saved: dict[str, Any], tickets: dict[str, str], *, fresh: bool) -> None:
    command = ".venv/bin/pratique" if (ROOT / ".venv" / "bin" / "pratique").exists() else "python -m pratique.cli.main"
    python = ".venv/bin/python" if command.startswith(".venv") else "python"
    store = {party.label: f"--store {_relative(places.store(party.label))}" for party in enrolled(places)}
    keys, key = (_relative(file) for file in api_key_files(places))
    _, _, number, check = saved["reference"].rsplit("-", 3)
    short = f"{number}-{check}"
    again = "stands as you left it; where you have played it to its end, send another and use that number"
    links = "\n".join(f"  {party.upper():9} {server.pages}/#/enrol/{ticket}" for party, ticket in tickets.items())
    print(f"""
The server runs on {server.url} (API: {server.url}/docs). It holds no key and reads no content.
Each party's keys and store lie in its own folder, {_relative(places.folder)}/PARTY, unlocked by the passphrase file
(mode 0600) beside them. An exercise only: real parties keep these apart, and type their passphrase or use the keyring.

{saved["reference"]} {"has left Brussels" if fresh else again}.

In a browser, be any of them: one link and one browser profile (or private window) each; links live 7 days.
{links if RELEASE.is_file() else "  The web client is not built: `make web`, then start again."}

Try in another terminal:

be KE, where it goes: you see everything
  {command} board {store["ke"]}
  {command} show {short} {store["ke"]}
  {command} query {short} "Is the dry ice topped up in Dubai?" {store["ke"]}
be BE, which sent it: you reply, and send another
  {command} reply {short} "Yes; the airline has confirmed it." {store["be"]}
  {command} prenotify {_relative(places.folder / "consignment.json")} {store["be"]}
  {command} post "{DUTY_DESK}" "Good morning from Brussels" {store["be"]}
be AE, through which it passes: you see your own leg
  {command} show {short} {store["ae"]}
  {command} move {short} TRANSIT_IN --place AEDXB {store["ae"]}
  {command} move {short} TRANSIT_OUT --place AEDXB {store["ae"]}
be KE again, where it arrives 402 doses short
  {command} move {short} ARRIVED --place KENBO {store["ke"]}
  {command} reconcile {short} --lot SBX4490=34698 --temperature SBX4490=ALARM --as-announced {store["ke"]}
be KE's national system: the gateway in one terminal, a sample system in a second, a question in a third
  {command} gateway {store["ke"]} --api-key-file {keys} --allow-webhook 127.0.0.1:9000
  GATEWAY=http://127.0.0.1:8100 GATEWAY_KEY=$(cat {key}) LISTEN=127.0.0.1:9000 {python} examples/national_system.py
  curl -s -H "Authorization: Bearer $(cat {key})" http://127.0.0.1:8100/v1/prenotifications
anybody
  {command} watch {store["ocu"]}
  {command} doctor {store["be"]}
Ctrl-C ends the server.""")
    sys.stdout.flush()


def _relative(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


if __name__ == "__main__":
    sys.exit(main())
