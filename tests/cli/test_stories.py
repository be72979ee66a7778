"""Whole stories at the command line, word for word: a voyage with query, amendment, hold and discrepancy; refusals."""

import os
from pathlib import Path

import pytest

from tests.cli.story import Story, read, tell, write
from tests.cli.transcript import ROOT
from tests.world import World, world

STORIES = sorted((ROOT / "vectors" / "cli" / "stories").glob("*.txt"))
PEOPLE = {
    "ocu": ("ocu", "a.martin"),
    "be": ("be", "j.peeters"),
    "be2": ("be", "l.maes"),
    "ae": ("ae", "h.alzaabi"),
    "ke": ("ke", "w.otieno"),
}


async def stores(w: World) -> dict[str, Path]:
    """Enrol everybody, and put each one's passphrase beside the store."""
    found = {}
    for name, (party, person) in PEOPLE.items():
        device = await w.device(party, person=person, name=f"{name}desk")
        found[name] = w.store_of(device)
        beside = found[name].with_name(f"{found[name].name}.passphrase")
        beside.write_text("test passphrase\n", encoding="utf-8")
        beside.chmod(0o600)
    return found


@pytest.mark.timeout(300)
@pytest.mark.parametrize("file", STORIES, ids=lambda file: file.stem)
async def test_a_story_goes_as_its_transcript_says(
    file: Path, tmp_path: Path, sqlite_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    acts = read(file)
    async with world(tmp_path, sqlite_database_url, parties=("ocu", "rilo-esa", "be", "ae", "ke")) as w:
        played = await tell(Story(await stores(w), tmp_path), acts, monkeypatch)
    if os.environ.get("WRITE_TRANSCRIPTS"):
        file.write_text(write(played), encoding="utf-8")
        pytest.skip("transcripts are written, not compared")
    for act, wanted in zip(played, acts, strict=True):
        assert act.said == wanted.said, f"{act.who}: pratique {act.command}"
