"""Run `pratique` as processes of their own, as people do: one for each command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-m", "pratique.cli.main"]
LONGEST_COMMAND_S = 120


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
