"""Play a story of several people at their own stores, against a real server, and hold it to its transcript.

A step names who acts; `!` marks lines of standard error, the last line is the exit code:

    $ ke: pratique answer <A> objected
    ! error: --reason is missing; OBJECTED needs a reason
    [2]

What differs from run to run has a stand-in of the same width: references <A>, <B> … in the order in which they come
up (in the text as PN-STOP-III-BE-YYYY-AAAAAA-AA), the newest draft <draft>, and every instant.
"""

import asyncio
import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from typer.testing import CliRunner

from exercise.dates import moved_to_now
from pratique.cli.main import commands
from tests.cli.transcript import ROOT

REFERENCE = re.compile(r"PN-STOP-III-[A-Z]{2}-\d{4}-\d{6}-\d{2}")
DRAFT = re.compile(r"(?:(?<=draft )|^)[0-9a-f]{8}(?= )", re.MULTILINE)
AWAY = re.compile(r"in \d+ (?:days?|hours?)( *)")
STAND_INS = (
    (re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d"), "YYYY-MM-DDThh:mm"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "<id>"),
    (re.compile(r"\b\d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b( \d{4}\b)?"), r"DD MMM"),
    (re.compile(r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b"), "Day"),
    (re.compile(r"\b\d\d:\d\d(:\d\d)?\b"), "hh:mm"),
)


@dataclass(frozen=True)
class Act:
    """One command of one person, and everything it said."""

    who: str
    command: str
    said: str


@dataclass
class Story:
    """The stores of those who act, and the names that came up so far."""

    stores: Mapping[str, Path]
    folder: Path
    references: list[str] = field(default_factory=list)
    draft: str = ""

    def play(self, who: str, command: str) -> Act:
        """Run one command and give what it said, with stand-ins."""
        done = CliRunner().invoke(
            commands,
            [self._real(word) for word in shlex.split(command)],
            env={
                "PRATIQUE_STORE": str(self.stores[who]),
                "PRATIQUE_OPERATION": None,
                "PRATIQUE_PASSPHRASE_FILE": None,
                "COLUMNS": "100",
                "NO_COLOR": "1",
                "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            },
        )
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        # Whether a slow machine made a command say what it is doing is no part of the story.
        errors = [line for line in done.stderr.splitlines() if line and not line.endswith(" …")]
        lines = [*done.stdout.rstrip("\n").splitlines(), *(f"! {line}" for line in errors), f"[{done.exit_code}]"]
        return Act(who, command, self._stand_ins("\n".join(lines)))

    def _real(self, word: str) -> str:
        for number, reference in enumerate(self.references):
            word = word.replace(f"<{chr(ord('A') + number)}>", reference)
        return word.replace("<draft>", self.draft)

    def _stand_ins(self, text: str) -> str:
        for found in REFERENCE.findall(text):
            if found not in self.references:
                self.references.append(found)
        for number, reference in enumerate(self.references):
            letter = chr(ord("A") + number)
            text = text.replace(reference, f"{reference[:-14]}YYYY-{letter * 6}-{letter * 2}")
        if drafts := DRAFT.findall(text):
            self.draft = drafts[0]
            text = text.replace(self.draft, "dddddddd")
        text = AWAY.sub(lambda found: "in a while".ljust(len(found[0]) if found[1] else 0), text)
        for pattern, stand_in in STAND_INS:
            text = pattern.sub(stand_in, text)
        return text


def read(file: Path) -> list[Act]:
    """Read the transcript of a story."""
    acts = []
    for block in file.read_text(encoding="utf-8").split("$ ")[1:]:
        head, _, said = block.rstrip("\n").partition("\n")
        who, _, command = head.partition(": pratique ")
        acts.append(Act(who, command, said))
    return acts


def write(acts: list[Act]) -> str:
    """Give the transcript of a story."""
    return "\n".join(f"$ {act.who}: pratique {act.command}\n{act.said}" for act in acts) + "\n"


async def tell(story: Story, acts: list[Act], monkeypatch: pytest.MonkeyPatch) -> list[Act]:
    """Play every act in its order; the server goes on in this thread meanwhile."""
    consignment = moved_to_now(json.loads((ROOT / "examples" / "vaccine-consignment.json").read_bytes()))
    (story.folder / "consignment.json").write_text(json.dumps(consignment, indent=2), encoding="utf-8")
    for file in (ROOT / "examples").glob("*.json"):
        if file.name != "vaccine-consignment.json":
            (story.folder / file.name).write_bytes(file.read_bytes())
    monkeypatch.chdir(story.folder)
    return [await asyncio.to_thread(story.play, act.who, act.command) for act in acts]
