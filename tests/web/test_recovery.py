"""Hold that a browser that lost its store comes back as the same device: by its file, or by what still opens."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web.peers import PeerError, peer
from tests.web.scenes import Scene
from tests.world import read, world

PASSPHRASE = "seven crates of cold vaccine"


@pytest.fixture
async def scene(tmp_path: Path, sqlite_database_url: str, script: Path) -> AsyncIterator[Scene]:
    """Give a running deployment and a peer."""
    async with world(tmp_path, sqlite_database_url) as made, peer(script, made.url) as web:
        yield Scene(made, web)


async def states(scene: Scene, name: str) -> dict[str, str] | None:
    """Give how far a device is back in its channels."""
    told = await scene.web.ask(name, "regaining")
    return None if told is None else {one["channel"]: one["state"] for one in told}


async def test_a_lost_store_comes_back_from_its_file(scene: Scene, tmp_path: Path) -> None:
    web, operation = scene.web, await scene.world.operation()
    python = await scene.world.device("be")
    full = await python.create_channel(operation, title="full", offices=["be/ncp", "ae/ncp"])
    later = await python.create_channel(
        operation, title="from join", offices=["be/ncp", "ae/ncp"], history="from_join", retention_s=0
    )
    uri = await scene.enrol("ae", "ae")
    await python.sync()
    assert sorted((await web.ask("ae", "sync"))["joined"]) == sorted([full.hex(), later.hex()])
    for channel in (full, later):
        await python.post(channel, "message", b"before the loss")
    await web.ask("ae", "sync")
    await web.ask("ae", "post", channel=full.hex(), text="mine, before the loss")
    file = tmp_path / "ae.recovery"
    given = {"file": str(file), "passphrase": PASSPHRASE}
    assert await web.ask("ae", "recovery_file", **given) == "pratique-ae-officer-webae.recovery"
    with pytest.raises(PeerError, match="file_exists"):
        await web.ask("ae", "restore", **given)
    # The same device runs on elsewhere: a copy of the store, as of a browser that somebody else found.
    await web.ask("ae", "copy", text="clone")
    await web.ask("ae", "wipe")

    with pytest.raises(PeerError, match="wrong_passphrase"):
        await web.ask("ae", "restore", **(given | {"passphrase": "another"}))
    assert "pratique-ae" not in await web.ask("ae", "databases"), "a refused file left a store"
    await web.ask("ae", "restore", **given)
    report = await web.ask("ae", "sync")
    assert report["joined"] == []
    assert await states(scene, "ae") == {full.hex(): "asked", later.hex(): "asked"}
    assert (await scene.state("ae", full))["trouble"].startswith("rejoining")
    assert await web.read("ae", full) == [], "what is sealed was read without a key"
    await python.sync()
    assert sorted((await web.ask("ae", "sync"))["joined"]) == sorted([full.hex(), later.hex()])
    assert await states(scene, "ae") is None
    assert await web.read("ae", full) == ["before the loss", "mine, before the loss"]
    assert await web.read("ae", later) == []
    for channel in (full, later):
        await web.ask("ae", "post", channel=channel.hex(), text="back")
        await python.sync()
        assert read(python, channel)[-1] == b"back"
        await python.post(channel, "message", b"welcome")
    await web.ask("ae", "sync")
    assert await web.read("ae", later) == ["back", "welcome"]
    assert [one for state in python.channels() for one in state.devices].count(uri) == 2

    # The copy is out, and does not put the device out in its turn.
    await web.ask("clone", "sync")
    assert (await scene.state("clone", full))["trouble"].startswith("removed")
    await web.ask("clone", "sync")
    await python.sync()
    assert (await web.ask("ae", "sync"))["problems"] == []
    assert (await scene.state("ae", full))["own_leaf"]


async def test_a_damaged_store_whose_key_is_left_needs_no_file(scene: Scene) -> None:
    web, operation = scene.web, await scene.world.operation()
    python = await scene.world.device("be")
    channel = await python.create_channel(operation, title="full", offices=["be/ncp", "ae/ncp"])
    await scene.enrol("ae", "ae")
    await python.post(channel, "message", b"before")
    await python.sync()
    await web.ask("ae", "sync")
    await web.ask("ae", "spoil")
    with pytest.raises(PeerError, match="store_damaged"):
        await web.ask("ae", "open")
    await web.ask("ae", "repair")
    await web.ask("ae", "sync")
    assert await states(scene, "ae") == {channel.hex(): "asked"}
    await python.sync()
    assert (await web.ask("ae", "sync"))["joined"] == [channel.hex()]
    assert await web.read("ae", channel) == ["before"]


async def test_what_cannot_come_back_is_told_and_leaves_nothing(scene: Scene, tmp_path: Path) -> None:
    web = scene.web
    uri = await scene.enrol("ae", "ae")
    file = tmp_path / "ae.recovery"
    given = {"file": str(file), "passphrase": PASSPHRASE}
    await web.ask("ae", "recovery_file", **given)
    await web.ask("ae", "wipe")
    document = json.loads(file.read_text())
    for name, content, refused in (
        ("foreign", b"%PDF-1.7", "bad_recovery"),
        ("key", json.dumps({key: one for key, one in document.items() if key != "file"}).encode(), "bad_recovery"),
        ("altered", json.dumps(document | {"file": "AAAA" + document["file"][4:]}).encode(), "store_damaged"),
    ):
        other = tmp_path / name
        other.write_bytes(content)
        with pytest.raises(PeerError, match=refused):
            await web.ask("ae", "restore", **(given | {"file": str(other)}))
    await scene.world.officers["ae"].revoke(uri, "lost")
    with pytest.raises(PeerError, match="not_active"):
        await web.ask("ae", "restore", **given)
    assert await web.ask("ae", "databases") == []
