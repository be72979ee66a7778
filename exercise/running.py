"""Keep processes that run beside the commands: screens that watch, a gateway, a national system."""

from __future__ import annotations

import ctypes
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from exercise.commands import COMMAND, ROOT, environment

_PR_SET_PDEATHSIG = 1
_ENDS_WITHIN_S = 10
LONGEST_WAIT_S = 120


def _end_with_starter() -> None:
    """Let the kernel end a process whose starter was killed; only Linux can."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Running:
    """A process whose lines are kept with the moment they were printed; lines that are no JSON come as {"line": …}."""

    def __init__(self, command: Sequence[str | Path], log: Path, settings: Mapping[str, str] | None = None) -> None:
        """Start it; what it writes to its standard error goes to the log file."""
        self._log = log
        self._name = " ".join(map(str, command[1:]))
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                list(map(str, command)),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                cwd=ROOT,
                env=environment() | dict(settings or {}),
                preexec_fn=_end_with_starter,
            )
        self._shown: Queue[tuple[float, dict[str, Any]]] = Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._shown.put((time.time(), _object(line)))

    def alive(self) -> bool:
        """Say whether it still runs."""
        return self._process.poll() is None

    def next(self, within_s: float) -> dict[str, Any] | None:
        """Give the next line, or None where none came in time."""
        try:
            return self._shown.get(timeout=within_s)[1]
        except Empty:
            return None

    def wait(
        self, wanted: Callable[[dict[str, Any]], bool], within_s: float = LONGEST_WAIT_S
    ) -> tuple[float, dict[str, Any]]:
        """Give the first line that is wanted, and when it was printed; raises `TimeoutError`."""
        until = time.monotonic() + within_s
        while (left := until - time.monotonic()) > 0:
            try:
                at, shown = self._shown.get(timeout=min(left, 0.5))
            except Empty:
                if not self.alive():
                    break
                continue
            if wanted(shown):
                return at, shown
        said = self._log.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise TimeoutError(f"{self._name} did not say what was waited for: {said}")

    def close(self) -> None:
        """End it as Ctrl-C does."""
        if self.alive():
            self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(_ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


class Watcher(Running):
    """A running `pratique watch --json`."""

    def __init__(self, store: Path) -> None:
        log = store.with_name(f"{store.name}-watch.log")
        super().__init__([*COMMAND, "watch", "--store", store, "--json"], log)


def _object(line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError:
        value = None
    return value if isinstance(value, dict) else {"line": line.rstrip("\n")}
