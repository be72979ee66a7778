"""`make demo`: one vaccine consignment end to end against a throwaway server, then the search for plaintext on it."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from exercise.canary import files
from exercise.commands import CommandFailed
from exercise.founding import (
    DEPLOYMENT,
    EXAMPLES,
    PARTIES,
    Places,
    enrol_devices,
    found_operation,
    make_root,
    set_desks,
)
from exercise.national import KEPT, GatewayRefused
from exercise.searching import Search, said_in
from exercise.server import Server, ServerFailed, bind
from exercise.sights import print_sights, read_all
from exercise.steps import Steps
from exercise.story import Story

FAILURES = (CommandFailed, GatewayRefused, ServerFailed, TimeoutError)


def main() -> int:
    """Run the demo; 0 when all of it held."""
    print("Pratique: one consignment, three Members, and a server that carries it without reading it")
    steps = Steps()
    with tempfile.TemporaryDirectory(prefix="pratique-demo-") as folder:
        places = Places(Path(folder))
        server = None
        try:
            steps.chapter("The parties")
            server = Server(places.server, bind(0))
            root = make_root(places, server)
            before = b"".join(data for _, data in files(places.server))
            steps.step("all", f"root of {DEPLOYMENT} and {len(PARTIES)} party CAs, each in its own party's folder")
            steps.step("OCU", f"starts the server on {server.url}; it holds no key that opens anything")
            return _demonstrate(places, server, root, steps, before)
        except FAILURES as failed:
            print(f"\nthe demo failed: {failed}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            return 130
        finally:
            if server is not None:
                server.stop()


def _demonstrate(places: Places, server: Server, root: str, steps: Steps, before: bytes) -> int:
    devices = enrol_devices(places, server, root)
    steps.step("all", f"{len(devices)} devices enrolled, each approved by its own party after comparing a fingerprint")
    operation = found_operation(places)
    steps.step("OCU", f"founds the operation {operation} and opens its room for every participant")
    set_desks(places)
    steps.step("all", "BE, AE and KE tell calendar and duty telephone in the room; OCU adapts the form for all")
    story = Story(places, operation, steps)
    story.play()
    steps.chapter(f"What each party may see of {story.reference}, in the goods lane, its route lane, or both (UTC)")
    seen = read_all(places)
    print_sights(seen, story.reference, "ae")
    said = [*story.said, *(line["content"] for lines in seen.values() for line in lines if line["content"])]
    values = said_in(said) - said_in([json.loads((EXAMPLES / "operation.json").read_bytes())])
    return _search(places, Search(values, before), story.gateway_before, steps)


def _search(places: Places, searched: Search, gateway_before: bytes, steps: Steps) -> int:
    steps.chapter("The search")
    if not searched.works():
        print("the search does not find what was planted", file=sys.stderr)
        return 1
    steps.step("all", f"{len(searched.values)} plaintext values, each raw, base64 (3 alignments), hex and UTF-16:")
    server = searched.within(places.server)
    steps.tell(f"everything the server holds: {server}")
    gateway = searched.beyond(gateway_before).within(places.folder / "ke", *KEPT)
    steps.tell(f"KE's gateway, whose answers and webhooks are plaintext by design, in its log and book: {gateway}")
    for hit in (*server.hits, *gateway.hits):
        print(f"FOUND in {hit.where}: {hit.value!r} as {hit.form}", file=sys.stderr)
    if server.hits or gateway.hits:
        return 1
    steps.step("all", "done: everything held")
    return 0


if __name__ == "__main__":
    sys.exit(main())
