"""Run the command line as people do and hold it to transcripts: command, standard output, standard error, exit code.

A transcript is a text file; `!` marks lines of standard error:

    $ pratique prenotify --check bad.json --operation X
    ! error: bad.json:44 legs[0].seals[0]: must be text
    [3]
"""

import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from pratique.cli.main import commands

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Step:
    """One command and what it should say."""

    command: str
    output: str
    errors: str
    code: int


def read(file: Path) -> list[Step]:
    """Read a transcript."""
    steps = []
    for block in file.read_text(encoding="utf-8").split("$ pratique ")[1:]:
        command, *lines = block.rstrip("\n").split("\n")
        code = int(lines.pop().strip("[]"))
        output = "\n".join(line for line in lines if not line.startswith("!"))
        errors = "\n".join(line[2:] for line in lines if line.startswith("!"))
        steps.append(Step(command, output, errors, code))
    return steps


def play(step: Step, folder: Path) -> Step:
    """Run the command in a folder and give what it really said."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PRATIQUE_")}
    done = subprocess.run(
        [sys.executable, "-m", "pratique.cli.main", *shlex.split(step.command)],
        cwd=folder,
        env=kept | {"PYTHONPATH": str(ROOT), "COLUMNS": "100", "NO_COLOR": "1", "HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Step(step.command, done.stdout.rstrip("\n"), done.stderr.rstrip("\n"), done.returncode)


def play_here(step: Step, folder: Path) -> Step:
    """Run the command in this process, which stands in the folder already."""
    settings: dict[str, str | None] = {name: None for name in os.environ if name.startswith("PRATIQUE_")}
    shown = {"COLUMNS": "100", "NO_COLOR": "1", "PRATIQUE_STORE": str(folder / "no-store")}
    done = CliRunner().invoke(commands, shlex.split(step.command), env=settings | shown)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Step(step.command, done.stdout.rstrip("\n"), done.stderr.rstrip("\n"), done.exit_code)
