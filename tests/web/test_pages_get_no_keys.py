"""Ask a browser's worker everything that pages may ask: no answer holds a key that opens or signs anything."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pytest

from exercise.canary import search
from pratique.contents.message import Message
from tests.architecture.sources import ROOT
from tests.desk.desks import announced, desks
from tests.web.peers import PeerError
from tests.web.workers import Worker, bundle_worker, workers

QUERIES = ROOT / "web" / "src" / "api" / "queries.ts"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the bundled worker."""
    return bundle_worker(tmp_path_factory.mktemp("worker"))


def queries() -> set[str]:
    """Give the names of all questions, from the contract."""
    block = QUERIES.read_text(encoding="utf-8").partition("export interface Queries {")[2].partition("\n}")[0]
    return set(re.findall(r"^  (\w+): \[", block, re.MULTILINE))


async def test_no_answer_holds_a_key(tmp_path: Path, sqlite_database_url: str, script: Path) -> None:
    async with desks(tmp_path, sqlite_database_url, ("be", "ke")) as d, workers(script, d.world.url) as process:
        be, web = d["be"].device, Worker(process, "ke")
        uri = await web.enrol(d.world.officers["ke"], "browser")
        files = {
            name: {"base64": base64.b64encode((tmp_path / file).read_bytes()).decode()}
            for name, file in (("file", "ke.ca"), ("key_file", "ke.ca.key"))
        }
        await web.act("import_authority", passphrase="test passphrase", **files)
        channel = await be.create_channel(d.operation.id, title="Seals", offices=["ke/ncp"])
        file = await be.put_file(channel, PNG, "seal.png", "image/png")
        photo = {**file, "type": "image/png", "width": 4, "height": 3}
        await be.post(channel, Message.TYPE, Message.check({"text": "Look", "photos": [photo]}).write())
        reference = (await d["be"].announce(announced(("BEBRU", "KENBO")))).reference
        await d.sync()
        await web.act("sync_now")
        await web.until(["length"], 1, "consignments")
        operation = d.operation.id.hex()
        (seq,) = [entry.seq for entry in be.opened(channel) if entry.type == Message.TYPE]
        asked: dict[str, dict[str, object]] = {
            **{name: {"operation": operation} for name in ("operation_room", "last_announcement")},
            **{name: {"reference": reference} for name in ("consignment", "announcement_of", "call_off")},
            **{name: {"language": "en", "operation": operation} for name in ("template", "plain_form")},
            **{name: {"text": "seals"} for name in ("search", "scan")},
            "channel": {"id": channel.hex()},
            "audience": {"places": [{"channel": channel.hex(), "seq": seq}]},
            "photo": {"channel": channel.hex(), "seq": seq, "id": file["id"]},
            "device_channels": {"device": uri},
            "codes": {"list": "unlocode", "text": "nair", "language": "en"},
            "code_label": {"list": "unlocode", "codes": ["KENBO"], "language": "en"},
            "check": {"operation": operation, "announcement": {"form": {}}, "urgency": "routine"},
        }
        told: dict[str, str] = {}
        for name in sorted(queries()):
            try:
                told[name] = json.dumps(await web.query(name, **asked.get(name, {})))
            except PeerError as refused:
                told[name] = str(refused)
        assert len(told) >= 25
        assert all(uri in told[name] for name in ("devices", "audience"))
        assert "Look" in told["channel"] and reference in told["consignment"]
        kept = be._follower.keys
        keys = {secret.key for state in be.channels() for epoch in range(20) for secret in kept.epochs(state.id, epoch)}
        assert len(keys) >= 3
        secrets = {
            "a file": base64.b64decode(file["key"]),
            "the party": d.world.officers["ke"]._key.private_bytes_raw(),
        }
        secrets |= {f"epoch {at}": key for at, key in enumerate(keys)}
        written = {form for key in secrets.values() for form in (key.hex(), base64.b64encode(key).decode().rstrip("="))}
        written |= {base64.urlsafe_b64encode(key).decode().rstrip("=") for key in secrets.values()}
        written |= {json.dumps(list(key))[1:-1] for key in secrets.values()}
        assert search(written, [(name, text.encode()) for name, text in told.items()]) == []
        assert search({file["key"][:43]}, [("planted", json.dumps(file).encode())]), "a planted key is not found"
