"""Mutates real messages: whatever comes in, a parser gives an object or MlsRefused, and soon."""

import contextlib
import random
import time
from collections import Counter
from collections.abc import Callable

import pytest

from pratique.wire.mls import (
    MlsRefused,
    parse_commit,
    parse_group_info,
    parse_key_package,
    parse_ratchet_tree,
    parse_welcome,
    peek,
    verify_key_package,
)
from tests.wire.mls import making, vectors
from tests.wire.mls.making import NOW, Signer

PARSERS: list[Callable[[bytes], object]] = [
    parse_commit,
    parse_group_info,
    parse_key_package,
    parse_ratchet_tree,
    parse_welcome,
    peek,
]
LONGEST_S = 0.25
HEAVIEST_S = 1.0


def seeds() -> list[bytes]:
    """Give real messages of every kind: the official ones of suite 1 where they are, and ours."""
    signer = Signer()
    proposals = making.vector(making.add(Signer().key_package()), making.remove(5))
    nodes = [making.leaf_node(Signer().key_package_leaf()), making.parent_node(1)]
    found = [
        signer.commit(proposals, signer.path(making.path_node(), making.path_node(secrets=4))),
        making.message(4, signer.group_info(extensions=making.vector(making.extension(0xF1A7, b"x" * 70)))),
        making.message(5, signer.key_package()),
        making.vector(*nodes, *nodes, *nodes, nodes[0]),
    ]
    if vectors.FOLDER.is_dir():
        for vector in vectors.load("test-vectors/messages.json")[:30:3]:
            for field in ("mls_welcome", "mls_group_info", "mls_key_package", "ratchet_tree", "public_message_commit"):
                found.append(bytes.fromhex(vector[field]))
        for vector in vectors.suite_1("test-vectors/passive-client-handling-commit.json"):
            found += [bytes.fromhex(vector["epochs"][0]["commit"]), bytes.fromhex(vector["welcome"])]
    return found


def mutate(chance: random.Random, message: bytes, others: list[bytes]) -> bytes:
    data = bytearray(message)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(data) or 1)
        match chance.randrange(6):
            case 0:
                data[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del data[at:]
            case 2:
                del data[at : at + chance.randint(1, 40)]
            case 3:
                data[at:at] = chance.randbytes(chance.randint(1, 40))
            case 4:
                data[at : at + 4] = chance.choice([b"\xbf\xff\xff\xff", b"\x7f\xff", b"\xff" * 8, bytes(8)])
            case _:
                other = chance.choice(others)
                data[at:] = other[chance.randrange(len(other)) :]
    return bytes(data)


def run(seed: int, rounds: int) -> Counter[str]:
    chance, originals = random.Random(seed), seeds()
    found: Counter[str] = Counter()
    for _ in range(rounds):
        message = mutate(chance, chance.choice(originals), originals)
        for parse in PARSERS:
            begun = time.process_time()
            try:
                parsed = parse(message)
                if parse is parse_key_package:
                    verify_key_package(parse_key_package(message), NOW)
                found["taken" if parsed else "empty"] += 1
            except MlsRefused as refused:
                found[refused.code] += 1
            assert time.process_time() - begun < LONGEST_S
    return found


def test_mutated_messages_are_read_or_refused() -> None:
    found = run(seed=9420, rounds=6_000)
    # A fuzz that only ever meets the first check would prove little.
    assert found["taken"] > 1_000
    assert len(found) > 15


@pytest.mark.full
def test_many_mutated_messages_are_read_or_refused() -> None:
    for seed in range(10):
        run(seed, rounds=20_000)


def test_the_heaviest_inputs_are_read_soon() -> None:
    blank_then_parents = making.vector(*([b"\x00\x01\x02" + b"\x00\x00" + b"\x00"] * 2047), b"\x00")
    unmerged = making.vector(*(index.to_bytes(4, "big") for index in range(2048)))
    leaf = making.leaf_node(Signer().key_package_leaf())
    full_root = [leaf, *([b"\x00"] * 2046), b"\x01\x02\x00\x00" + unmerged, *([b"\x00"] * 2046), leaf]
    nodes = [leaf if place % 2 == 0 else b"\x01\x02\x00\x00\x00" for place in range(4095)]
    for message in (blank_then_parents, making.vector(*full_root), making.vector(*nodes), b"\xbf\xff\xff\xff"):
        for parse in PARSERS:
            begun = time.process_time()
            with contextlib.suppress(MlsRefused):
                parse(message)
            assert time.process_time() - begun < HEAVIEST_S
