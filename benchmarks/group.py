"""Measure what a device does with MLS: found, join, commit, follow; and open contents, beside the bare cipher."""

from __future__ import annotations

import time
from dataclasses import dataclass
from uuid import uuid4

from cryptography.cobblestone import Cobblestone256Decryptor
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.rounds import alternate, median, ratio, timed
from benchmarks.table import Table
from pratique.groups.engine_host import Engine, KeyPackage, Pair
from pratique.sealing import Content, EpochKey, Place, open_sealed, seal
from pratique.wire.entries import Seen
from pratique.wire.identity import DeviceUri
from pratique.wire.tls import encode

BODY_BYTES = 700  # sealed, padded and framed this makes about 1 KiB
OPENED = 500


@dataclass(frozen=True)
class Packed:
    """A device with a key package."""

    pair: Pair
    package: KeyPackage


async def run(quick: bool) -> list[Table]:
    """Give one table for groups, one for opening."""
    groups = Table(
        "group: MLS through the engine host, ms per step",
        (
            "leaves",
            "found with all",
            "welcome bytes / device",
            "join",
            "commit (fresh path)",
            "follow a commit",
            "state KiB",
        ),
    )
    async with Engine() as engine:
        await engine.version()
        for leaves in (50,) if quick else (50, 200):
            groups.add(str(leaves), *await _group(engine, leaves, rounds=3 if quick else 5))
    return [groups, await _opening(rounds=3 if quick else 7)]


async def packed(engine: Engine, number: int) -> Packed:
    """Make a device with a key package."""
    key, now = Ed25519PrivateKey.generate(), int(time.time())
    uri = str(DeviceUri("ke", "bench.example", "ncp", "officer", f"{number:08x}"))
    package = await engine.key_package(uri, key.private_bytes_raw(), not_before=now - 3600, not_after=now + 86_400)
    return Packed((uri, key.public_key().public_bytes_raw()), package)


async def _group(engine: Engine, leaves: int, rounds: int) -> list[float]:
    devices = [await packed(engine, number) for number in range(leaves)]
    pairs = [device.pair for device in devices]
    founder, other = devices[0], devices[-1]
    group_id = uuid4().bytes
    adds = [device.package.key_package for device in devices[1:]]
    created = await engine.create(group_id, founder.package.key_package, founder.package.private)
    added = await engine.commit(created.state, adds=adds, allowed=pairs)
    assert added.welcome is not None
    joining = (added.welcome, other.package.key_package, other.package.private, added.ratchet_tree)
    joined = await engine.join(*joining, allowed=pairs)
    committed = await engine.commit(joined.state)
    following = await engine.process(
        added.state, committed.commit, allowed=pairs, committer=other.pair, at=int(time.time())
    )
    assert following.epoch is not None and following.epoch.key == committed.epoch.key

    async def found() -> None:
        begun = await engine.create(group_id, founder.package.key_package, founder.package.private)
        await engine.commit(begun.state, adds=adds, allowed=pairs)

    times = await alternate(
        {
            "found": lambda: timed(found()),
            "join": lambda: timed(engine.join(*joining, allowed=pairs)),
            "commit": lambda: timed(engine.commit(joined.state)),
            "follow": lambda: timed(
                engine.process(added.state, committed.commit, allowed=pairs, committer=other.pair, at=int(time.time()))
            ),
        },
        rounds,
    )
    middle = {name: median(values) for name, values in times.items()}
    return [
        middle["found"],
        (len(added.welcome) + len(added.ratchet_tree)) / (leaves - 1),
        middle["join"],
        middle["commit"],
        middle["follow"],
        len(joined.state) / 1024,
    ]


async def _opening(rounds: int) -> Table:
    epoch, key = EpochKey(1, b"k" * 32, b"a" * 32), Ed25519PrivateKey.generate()
    place = Place(b"c" * 32, str(DeviceUri("ke", "bench.example", "ncp", "officer", "0001")), uuid4())
    content = Content("message", Seen(7, b"s" * 32), b"x" * BODY_BYTES)
    sealed, public = seal(content, place, epoch, key), key.public_key().public_bytes_raw()
    context = encode("pratique entry v1", place.channel, epoch.epoch, place.device) + place.post_id.bytes

    async def bare() -> float:
        start = time.perf_counter()
        for _ in range(OPENED):
            decryptor = Cobblestone256Decryptor(epoch.key, context)
            decryptor.update(sealed) + decryptor.finalize()
        return (time.perf_counter() - start) / OPENED * 1e6

    async def opened() -> float:
        start = time.perf_counter()
        for _ in range(OPENED):
            open_sealed(sealed, place, epoch, public)
        return (time.perf_counter() - start) / OPENED * 1e6

    async def sealing() -> float:
        start = time.perf_counter()
        for _ in range(OPENED):
            seal(content, place, epoch, key)
        return (time.perf_counter() - start) / OPENED * 1e6

    times = await alternate({"bare": bare, "open": opened, "seal": sealing}, rounds)
    table = Table(
        f"open: one content of {len(sealed):,} sealed bytes",
        ("step", "µs", "× bare Cobblestone"),
        "Opening checks the sender's signature too; the epoch key is at hand, so no step asks the engine.",
    )
    for name, told in (
        ("bare", "Cobblestone-256, decrypt alone"),
        ("open", "open and verify"),
        ("seal", "sign and seal"),
    ):
        table.add(told, median(times[name]), ratio(times[name], times["bare"]))
    return table
