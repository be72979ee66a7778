"""Hold the checks of keys and signatures to the vectors."""

from typing import Any

import pytest

from pratique.wire.keys import KeyRefused, check_ed25519_public, check_x25519_public, verify_ed25519
from tests.wire.vectors import load, names

FILE = load("keys")


@pytest.mark.parametrize("curve", ["ed25519", "x25519"])
def test_keys(curve: str) -> None:
    check = {"ed25519": check_ed25519_public, "x25519": check_x25519_public}[curve]
    assert names(FILE[curve])
    for case in FILE[curve]:
        try:
            check(bytes.fromhex(case["key"]))
            verdict = "ok"
        except KeyRefused as refused:
            verdict = refused.code
        assert verdict == case["expect"], case["name"]


@pytest.mark.parametrize("case", FILE["signatures"], ids=names(FILE["signatures"]))
def test_signatures(case: dict[str, Any]) -> None:
    holds = verify_ed25519(*(bytes.fromhex(case[field]) for field in ("key", "signature", "message")))
    assert holds is (case["expect"] == "ok")
