"""What the command line says without a server, word for word."""

import json
from pathlib import Path

import pytest

from tests.cli.transcript import ROOT, Step, play, play_here, read

EXAMPLE = (ROOT / "examples" / "vaccine-consignment.json").read_text(encoding="utf-8")


def files_of(folder: Path) -> None:
    """Write a good consignment, the same as a bare form, several broken ones, and a passphrase that all can read."""
    whole = json.loads(EXAMPLE)
    files = {
        "good.json": EXAMPLE,
        "flat.json": "// a bare form\n" + json.dumps(whole["form"] | {"mode": "REPLY"}, indent=2),
        "wrong-digit.json": EXAMPLE.replace("176-12345675", "176-12345676", 1),
        "wrong-fields.json": EXAMPLE.replace('"KENBO"', '"Nairobi"').replace('"doses": 35100', '"doses": "many"'),
        "no-comma.json": EXAMPLE.replace('"INFORM",', '"INFORM"'),
        "exposed.passphrase": "secret\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "exposed.passphrase").chmod(0o644)


@pytest.mark.parametrize("name", ["offline", "composing"])
def test_it_says_what_the_transcript_says(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files_of(tmp_path)
    monkeypatch.chdir(tmp_path)
    # A process of its own for each step is the honest way, and slow: one transcript is enough for it.
    run = play if name == "offline" else play_here
    for step in read(ROOT / "vectors" / "cli" / f"{name}.txt"):
        assert run(step, tmp_path) == step


@pytest.mark.parametrize("command", ["", "channel --help", "reconcile --help"])
def test_help_is_help(command: str, tmp_path: Path) -> None:
    said = play(Step(command, "", "", 0), tmp_path)
    assert "Usage: " in said.output + said.errors
    assert "Traceback" not in said.output + said.errors
