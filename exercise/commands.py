"""Run `pratique` as processes of their own, as people do: one for each command, one for each `watch`."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty, Queue
from typing import Any

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-m", "pratique.cli.main"]
LONGEST_COMMAND_S = 120
_PR_SET_PDEATHSIG = 1


class CommandFailed(Exception):
    """A command that ended with an error; the message is what it said."""

    def __init__(self, arguments: tuple[str, ...], code: int, said: str) -> None:
        super().__init__(f"pratique {' '.join(arguments)} ended with {code}: {said.strip()}")
        self.code = code


def environment() -> dict[str, str]:
    """Give the environment of the commands: this one without any setting of ours, and without the OS keyring."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PRATIQUE_")}
    return kept | {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring", "PYTHONUNBUFFERED": "1"}


def pratique(*arguments: str | Path, given: str = "") -> Any:
    """Run one command with --json and give what it printed.

    Takes   given: what stands on its standard input
    Raises  CommandFailed
    """
    texts = tuple(map(str, arguments))
    done = subprocess.run(
        [*COMMAND, *texts, "--json"],
        input=given,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment(),
        timeout=LONGEST_COMMAND_S,
        check=False,
    )
    if done.returncode:
        raise CommandFailed(texts, done.returncode, done.stderr)
    return json.loads(done.stdout)


def _end_with_starter() -> None:
    """Let the kernel end a watcher whose starter was killed; only Linux can."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Watcher:
    """A running `pratique watch --json`; what it shows is kept with the moment it was shown."""

    def __init__(self, store: Path) -> None:
        self._process = subprocess.Popen(
            [*COMMAND, "watch", "--store", str(store), "--json"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=environment(),
            preexec_fn=_end_with_starter,
        )
        self._shown: Queue[tuple[float, dict[str, Any]]] = Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._shown.put((time.time(), json.loads(line)))

    def wait(self, wanted: Callable[[dict[str, Any]], bool], within_s: float = 30) -> tuple[float, dict[str, Any]]:
        """Give the first shown object that is wanted, and when it was shown; raises `TimeoutError`."""
        until = time.monotonic() + within_s
        while (left := until - time.monotonic()) > 0:
            try:
                at, shown = self._shown.get(timeout=min(left, 0.5))
            except Empty:
                if self._process.poll() is not None:
                    break
                continue
            if wanted(shown):
                return at, shown
        self._process.terminate()
        raise TimeoutError(f"watch showed nothing that was waited for: {self._process.communicate()[1]}")

    def close(self) -> None:
        """End it as Ctrl-C does."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()
