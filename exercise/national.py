"""Run the destination's side: `pratique gateway` with the Member's device, and the national system behind it."""

from __future__ import annotations

import json
import os
import socket
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

from exercise.canary import files
from exercise.commands import COMMAND, pratique
from exercise.founding import EXAMPLES, Places
from exercise.running import Running

MEMBER = "ke"
HOST = "127.0.0.1"
# What a gateway writes down beside the device's store: its log and its book.
KEPT = ("gateway.log", "store/gateway.sqlite3")


class GatewayRefused(Exception):
    """A request that the gateway did not take; the message is its problem."""


class NationalSide:
    """A gateway, the sample national system, and what an officer at that system asks of the gateway."""

    def __init__(self, places: Places) -> None:
        """Start both; they are ready when this returns."""
        store = places.store(MEMBER)
        self.folder, port = store.parent, free_port()
        keys, _ = api_key_files(places)
        self._key = make_api_key(places)
        command = [*COMMAND, "gateway", "--store", str(store), "--api-key-file", str(keys), "--listen", f"{HOST}:0"]
        self.log = self.folder / "gateway.log"
        self._system: Running | None = None
        self._gateway = Running([*command, "--allow-webhook", f"{HOST}:{port}", "--json"], self.log)
        try:
            _, started = self._gateway.wait(lambda shown: "url" in shown)
            self.url = str(started["url"])
            settings = {"GATEWAY": self.url, "GATEWAY_KEY": self._key, "LISTEN": f"{HOST}:{port}"}
            self._system = Running(
                [sys.executable, EXAMPLES / "national_system.py"], self.folder / "national-system.log", settings
            )
            self._system.wait(lambda shown: "listening" in shown.get("line", ""))
            for _ in range(
                2
            ):  # a request is written down after its answer: the second answer comes after the first line
                self.call("GET", "/v1/prenotifications")
        except BaseException:
            self.close()
            raise
        # The words of a gateway without pre-notifications: routes, kinds, states.
        self.before = b"".join(data for name, data in files(self.folder) if name.startswith(KEPT))

    def wait(self, words: str) -> str:
        """Give the first line that the national system prints and that holds these words."""
        assert self._system is not None
        _, shown = self._system.wait(lambda shown: words in shown.get("line", ""))
        return str(shown["line"])

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the gateway, as the national system does; raises `GatewayRefused`."""
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        if method == "POST":
            headers["Idempotency-Key"] = uuid4().hex
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                raise GatewayRefused(f"{method} {path}: {refused.read().decode()}") from None

    def report(self, reference: str, type_name: str, **said: Any) -> Any:
        """Report an event about a pre-notification."""
        return self.call("POST", f"/v1/prenotifications/{reference}/events", {"type": type_name, **said})

    def close(self) -> None:
        """End both, as Ctrl-C does."""
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(Running.close, filter(None, (self._system, self._gateway))))


def api_key_files(places: Places) -> tuple[Path, Path]:
    """Name the file of the key hashes, for the gateway, and that of the key, for the national system."""
    folder = places.store(MEMBER).parent
    return folder / "gateway.keys", folder / "api.key"


def make_api_key(places: Places) -> str:
    """Make a key for the national system, keep it in a file that only this account reads, and give it."""
    hashes, file = api_key_files(places)
    key = str(pratique("gateway", "--api-key-file", hashes, "--make-api-key")["api_key"])
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(key + "\n")
    return key


def free_port() -> int:
    """Give a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
