"""Hold Python to what the web client seals and writes; the vectors hold the web client to Python."""

import json
import subprocess
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from pratique.sealing import Content, EpochKey, Place, open_link, open_sealed
from pratique.wire import strict_json
from pratique.wire.entries import Kind, Seen
from tests.wire.vector_sets.actors import KE_DEVICE, key, public

WEB = Path(__file__).resolve().parents[2] / "web"
CHANNEL, POST_ID = bytes(range(32)), UUID(int=7)
SEED = key(KE_DEVICE).private_bytes_raw().hex()
CHAIN = "ab" * 32
SEEN = {"seq": 9, "chain": CHAIN}
NUMBERS = (
    "[1, -0, 1.0, 1e0, -0.0, 10E2, 0.5, 1e15, 1e16, 1e22, 0.0001, 0.00001, 1.5e-7, 5e-324, 1.7976931348623157e308]"
)
TEXTS = r'["\u001f\u0008\t\r\n\f\u007f\u2028\u00e9\/\"\\", "\ud83d\ude00", {"__proto__": {"b": [], "a": {}}}]'

pytestmark = pytest.mark.skipif(
    not (WEB / "node_modules").is_dir(), reason="web/node_modules is absent: npm ci in web/"
)


def crossed(calls: list[tuple[str, Any]]) -> list[str]:
    """Have the web client's own modules answer each call."""
    command = ["node", "test/wire/crossing.mjs"]
    told = subprocess.run(command, cwd=WEB, input=json.dumps(calls), capture_output=True, text=True, timeout=60)
    assert told.returncode == 0, told.stderr
    answers: list[str] = json.loads(told.stdout)
    return answers


def epoch(number: int) -> EpochKey:
    return EpochKey(number, bytes([number] * 32), bytes([100 + number] * 32))


def shown(one: EpochKey) -> dict[str, Any]:
    return {"epoch": one.epoch, "key": one.key.hex(), "authenticator": one.authenticator.hex()}


def place(kind: Kind) -> tuple[Place, dict[str, Any]]:
    """Give a place, and the same as the web client writes it."""
    shown = {"channel": CHANNEL.hex(), "device": KE_DEVICE, "post_id": POST_ID.hex, "kind": int(kind)}
    return Place(CHANNEL, KE_DEVICE, POST_ID, kind), shown


def test_python_opens_what_the_web_client_seals() -> None:
    where, there = place(Kind.APPLICATION)
    sizes = [0, 1, 100, 16_000, 16_300, 32_600, 65_000]
    bodies = [bytes(at % 256 for at in range(size)) for size in sizes]
    asked = [
        {
            "content": {"type": "message", "seen": SEEN, "body": body.hex()},
            "place": there,
            "epoch": shown(epoch(3)),
            "seed": SEED,
        }
        for body in bodies
    ]
    sealed = [bytes.fromhex(text) for text in crossed([("seal", one) for one in asked])]
    for body, data in zip(bodies, sealed, strict=True):
        content = open_sealed(data, where, epoch(3), public(KE_DEVICE))
        assert content == Content("message", Seen(9, bytes.fromhex(CHAIN)), body)


def test_python_walks_back_a_link_of_the_web_client() -> None:
    where, there = place(Kind.LINK)
    asked = {"old": shown(epoch(3)), "epoch": shown(epoch(4)), "place": there, "seen": SEEN, "seed": SEED}
    [link] = crossed([("sealLink", asked)])
    assert open_link(bytes.fromhex(link), where, epoch(4), public(KE_DEVICE)) == epoch(3)


def test_both_write_the_same_json() -> None:
    texts = [NUMBERS, TEXTS]
    expected = [strict_json.dumps(strict_json.loads(text.encode())).decode() for text in texts]
    assert crossed([("rewrite", text) for text in texts]) == expected
