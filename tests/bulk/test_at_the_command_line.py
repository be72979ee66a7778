"""From an empty file to what the other Member exports, at the command line and against a real server."""

from __future__ import annotations

import asyncio
import json
import stat
from pathlib import Path

import pytest

from tests.bulk.filling import rows_of, write
from tests.bulk.test_importing import shipment
from tests.cli.story import Story
from tests.desk.desks import changed
from tests.exports.test_epcis import check
from tests.world import World, world

EXAMPLES = Path(__file__).parents[2] / "examples"


async def enrolled(folder: Path, w: World, *parties: str) -> Story:
    """Give a story of one person per party."""
    stores = {}
    for party in parties:
        device = await w.device(party, person="desk")
        stores[party] = w.store_of(device)
        beside = stores[party].with_name(f"{stores[party].name}.passphrase")
        beside.write_text("test passphrase\n", encoding="utf-8")
        beside.chmod(0o600)
    return Story(stores, folder)


@pytest.mark.timeout(300)
async def test_a_file_is_made_checked_imported_and_exported(
    tmp_path: Path, sqlite_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path, sqlite_database_url, parties=("ocu", "rilo-esa", "be", "ae", "ke")) as w:
        story = await enrolled(tmp_path, w, "ocu", "be", "ke")
        monkeypatch.chdir(tmp_path)

        async def play(who: str, command: str) -> str:
            return (await asyncio.to_thread(story.play, who, command)).said

        assert (await play("ocu", f"operation found {EXAMPLES / 'operation.json'}")).endswith("[0]")

        said = await play("be", "template --format xlsx --language ar")
        assert said.splitlines()[0] == "prenotification.xlsx is written, in ar, for the form prenotification/1"
        assert Path("prenotification.xlsx").stat().st_size > 10_000

        wrong = changed(shipment(1), consignee__country="Kenya")
        write(Path("file.xlsx"), [row for one in (shipment(0), wrong) for row in rows_of(one)])
        said = await play("be", "import file.xlsx --dry-run")
        assert "file.xlsx: 2 consignments: 1 new, 0 amended, 0 unchanged, 1 kept back" in said
        assert "consignee.country" in said
        assert "all of them stand in file.errors.xlsx" in said
        assert said.endswith("[3]")
        assert (await play("be", "import file.xlsx --json")).endswith("[3]")

        write(Path("file.xlsx"), [row for number in range(2) for row in rows_of(shipment(number))])
        assert (await play("be", "import file.xlsx --dry-run")).splitlines()[-2:] == [
            "nothing was sent: run it without --dry-run to send",
            "[0]",
        ]
        assert "2 sent" in await play("be", "import file.xlsx")
        again = json.loads((await play("be", "import file.xlsx --json")).rpartition("\n")[0])
        assert (again["unchanged"], again["new"], again["sent"], again["dry_run"]) == (2, 0, [], False)

        assert (await play("ke", "board --json")).endswith("[0]")
        first, second = sorted(story.references) or ("", "")
        assert "board.csv is written: 2 consignments" in await play("ke", "export --all")
        assert Path("board.csv").read_text(encoding="utf-8-sig").count("PN-STOP-III") == 2
        assert (await play("ke", f"export {first} --language fr -o sheet.pdf")).endswith("[0]")
        assert Path("sheet.pdf").read_bytes().startswith(b"%PDF-")
        assert stat.S_IMODE(Path("sheet.pdf").stat().st_mode) == 0o600
        assert (await play("ke", f"export {second} --format csv -o one.csv")).endswith("[0]")
        assert "goods[0].lots[0].batch" in Path("one.csv").read_text(encoding="utf-8-sig")

        assert "EPCIS tells no plans" in await play("ke", f"export {first} --format epcis -o events.jsonld")
        assert (await play("be", f"move {first} departed --document 176-12345675")).endswith("[0]")
        assert (await play("ke", f"export {first} --format epcis -o events.jsonld")).endswith("[0]")
        assert [one["bizStep"] for one in check(json.loads(Path("events.jsonld").read_bytes()))] == ["departing"]
        assert "name one REFERENCE, or --all" in await play("ke", "export")
