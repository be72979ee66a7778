"""Hold three engines to one group over random commits: every epoch's exported key is the same for all who can tell.

Ours runs in Deno, as with the Python SDK; in the mixed group some of its members run in a worker of Chromium.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from pratique.groups.engine_host import Engine, Pair
from tests.engine.in_browser import browser_engine
from tests.engine.referees import AgentvaultDevice, Device, EngineWithReferees, OurDevice, RineDevice

LARGEST = 12
Kinds = tuple[type[Device], ...]
EVERY: Kinds = (OurDevice, AgentvaultDevice, RineDevice)


class Soak:
    """Plays one group: makes devices, commits, delivers, compares."""

    def __init__(self, engine: Engine, seed: int, folder: Path, browser: Engine | None, kinds: Kinds) -> None:
        self.engines = [engine] if browser is None else [engine, browser]
        self.random = random.Random(seed)
        self.kinds = kinds
        self.folder = folder
        self.group_id = os.urandom(32)
        self.devices: list[Device] = []
        self.made = 0
        self.epoch = 0
        self.done: Counter[str] = Counter()
        self.done_in_browser = 0

    def new_device(self, kind: type[Device] | None = None) -> Device:
        self.made += 1
        uri = f"pratique://ke.stop.example/ncp/p/{self.made}"
        chosen = kind or self.random.choice(self.kinds)
        if chosen is OurDevice:
            return OurDevice(self.engines[self.made % len(self.engines)], uri)
        return AgentvaultDevice(uri) if chosen is AgentvaultDevice else RineDevice(self.folder / str(self.made))

    async def begin(self) -> None:
        founder = OurDevice(self.engines[0], "pratique://ke.stop.example/ncp/p/0")
        await founder.create(self.group_id)
        self.devices = [founder]
        await self.commit(founder, [self.new_device(kind) for kind in self.kinds], [])

    async def step(self) -> None:
        committer = self.random.choice(self.devices)
        removable = [
            device
            for device in self.devices
            if device is not committer
            and (type(device) is type(committer) or not isinstance(committer, AgentvaultDevice))
        ]
        kinds = ["add"] * (len(self.devices) < LARGEST) + ["update"]
        # one device of each referee stays, so that every step has its witnesses
        removable = [d for d in removable if sum(type(e) is type(d) for e in self.devices) > 1]
        kinds += ["remove"] * (len(self.devices) > 5 and bool(removable)) * 2
        kind = self.random.choice(kinds)
        adds: list[Device] = []
        removes: list[Device] = []
        if kind == "add":
            adds = [self.new_device() for _ in range(self.random.randint(1, 4))]
        elif kind == "remove":
            most = 1 if isinstance(committer, RineDevice) else 2
            removes = self.random.sample(removable, min(len(removable), self.random.randint(1, most)))
            removes = [d for d in removes if sum(type(e) is type(d) and e not in removes for e in self.devices) > 0]
        await self.commit(committer, adds, removes)
        self.done[f"{type(committer).__name__} {'remove' if removes else 'add' if adds else 'update'}"] += 1
        if isinstance(committer, OurDevice) and committer.engine is not self.engines[0]:
            self.done_in_browser += 1

    async def commit(self, committer: Device, adds: list[Device], removes: list[Device]) -> None:
        packages = [await device.key_package() for device in adds]
        allowed = [device.pair for device in adds]
        commit = await committer.commit(packages, removes, allowed)
        for device in self.devices:
            if device is committer:
                await device.merge()
            else:
                stays = await device.follow(commit.message, committer.pair, allowed)
                assert stays == (device not in removes)
        self.devices = [device for device in self.devices if device not in removes]
        tree = commit.ratchet_tree or self.tree()
        everyone = [device.pair for device in self.devices] + allowed
        for device, welcome in zip(adds, commit.welcomes, strict=True):
            await device.join(welcome, tree, everyone)
        self.devices += adds
        self.epoch += 1
        await self.compare(set(everyone))

    def tree(self) -> bytes:
        witness = next(device for device in self.devices if isinstance(device, AgentvaultDevice))
        assert witness.group is not None
        return bytes(witness.group.export_tree().bytes)

    async def compare(self, everyone: set[Pair]) -> None:
        secrets = {await device.secret(self.group_id) for device in self.devices} - {None}
        assert len(secrets) == 1, f"exporters differ in epoch {self.epoch}"
        assert {await device.epoch() for device in self.devices} - {-1} == {self.epoch}
        for device in self.devices:
            assert await device.members() in (None, everyone)


async def soak(
    engine: Engine, seed: int, steps: int, folder: Path, browser: Engine | None = None, kinds: Kinds = EVERY
) -> str:
    """Play a group of these engines; every kind of them must have added, removed and updated. Give what was done."""
    play = Soak(engine, seed, folder, browser, kinds)
    await play.begin()
    for _ in range(steps):
        await play.step()
    assert len(play.done) == 3 * len(kinds), play.done
    assert (play.done_in_browser > 0) == (browser is not None)
    mixed = "" if browser is None else f", {play.done_in_browser} of them committed in Chromium"
    played = f"seed {seed}: {steps} random steps of {len(kinds)} MLS engines{mixed}"
    return f"{played}, exporters equal at each of {play.epoch} epochs"


@pytest.mark.parametrize("seed", [1, 2])
async def test_three_engines_agree_for_100_steps(
    seed: int, engine_with_referees: EngineWithReferees, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("counted", await soak(engine_with_referees, seed, 100, tmp_path))


@pytest.mark.full
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(10, 20))
async def test_three_engines_agree_for_150_steps(
    seed: int, engine_with_referees: EngineWithReferees, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("counted", await soak(engine_with_referees, seed, 150, tmp_path))


async def test_chromium_and_deno_agree_with_two_other_engines(
    engine_with_referees: EngineWithReferees,
    built: Path,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    async with browser_engine(built / "engine_with_referees.js") as browser:
        record_property("counted", await soak(engine_with_referees, 3, 40, tmp_path, browser))


async def test_the_pinned_bundle_agrees_with_itself_in_chromium_and_in_deno(
    engine: Engine, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    async with browser_engine(engine._bundle()) as browser:
        record_property("counted", await soak(engine, 4, 30, tmp_path, browser, (OurDevice,)))


@pytest.mark.full
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(20, 26))
async def test_chromium_and_deno_agree_for_150_steps(
    seed: int,
    engine_with_referees: EngineWithReferees,
    built: Path,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    async with browser_engine(built / "engine_with_referees.js") as browser:
        record_property("counted", await soak(engine_with_referees, seed, 150, tmp_path, browser))
