"""`make demo`: one vaccine consignment end to end against a throwaway server, then the search for plaintext on it."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from exercise.canary import files, forms, marks, search
from exercise.commands import ROOT, CommandFailed
from exercise.founding import DEPLOYMENT, PARTIES, Places, enrol_devices, found_operation, make_root
from exercise.server import Server, ServerFailed, bind
from exercise.steps import Steps
from exercise.voyage import play, print_timelines

EXAMPLE = ROOT / "examples" / "vaccine-consignment.json"


def main() -> int:
    """Run the demo; 0 when all of it held."""
    print("Pratique: one consignment, three Members, and a server that carries it without reading it\n")
    steps = Steps()
    with tempfile.TemporaryDirectory(prefix="pratique-demo-") as folder:
        places = Places(Path(folder))
        server = None
        try:
            root = make_root(places)
            steps.step(f"root of {DEPLOYMENT} and {len(PARTIES)} party CAs made, each in its party's own folder")
            server = Server(places.server, bind(0))
            server.start()
            steps.step(f"server runs on {server.url}")
            return _demonstrate(places, server, root, steps)
        except (CommandFailed, ServerFailed, TimeoutError) as failed:
            print(f"\nthe demo failed: {failed}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            return 130
        finally:
            if server is not None:
                server.stop()


def _demonstrate(places: Places, server: Server, root: str, steps: Steps) -> int:
    enrol_devices(places, server, root, steps)
    operation = found_operation(places)
    steps.step(f"OCU founds the operation {operation}")
    voyage = play(places, EXAMPLE, operation, steps)
    print_timelines(places, tuple(party.label for party in PARTIES), voyage.reference)
    print()
    return _search(places, steps)


def _search(places: Places, steps: Steps) -> int:
    values = marks(json.loads(EXAMPLE.read_bytes()))
    planted = b"".join(bytes(7) + sought for value in values for _, sought in forms(value))
    if len({hit.value for hit in search(values, [("planted", planted)])}) != len(values):
        print("the search does not find what was planted", file=sys.stderr)
        return 1
    sources = list(files(places.server))
    hits = search(values, sources)
    size = sum(len(data) for _, data in sources)
    named = ", ".join(name for name, _ in sources)
    steps.step(
        f"{len(values)} plaintext values, each raw, base64 (3 alignments), hex and UTF-16, searched in {size:,} bytes "
        f"of the server ({named}): {len(hits)} found"
    )
    for hit in hits:
        print(f"FOUND in {hit.where}: {hit.value!r} as {hit.form}", file=sys.stderr)
    if hits:
        return 1
    steps.step("done: everything held")
    return 0


if __name__ == "__main__":
    sys.exit(main())
