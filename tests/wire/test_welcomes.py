"""Hold the welcomes of inboxes to the vectors."""

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.wire.entries import Seen
from pratique.wire.welcomes import Welcome, WelcomeRefused, binding
from tests.wire.vectors import load, names

FILE = load("welcomes")
GOOD, KEY = FILE["good"], bytes.fromhex(FILE["key"])


def test_the_good_welcome() -> None:
    data = base64.b64decode(GOOD["encoded"])
    welcome = Welcome.decode(data)
    welcome.verify(KEY)
    assert welcome.encode() == data
    assert (welcome.channel.hex(), welcome.welcome.hex()) == (GOOD["channel"], GOOD["welcome"])
    assert (welcome.charter, welcome.committer) == (base64.b64decode(GOOD["charter"]), GOOD["committer"])
    seen = Seen(GOOD["seen"]["seq"], bytes.fromhex(GOOD["seen"]["chain"]))
    assert (welcome.seen, welcome.roster_head.hex()) == (seen, GOOD["roster_head"])
    assert binding(welcome.seen, welcome.roster_head).hex() == GOOD["binding"]


@pytest.mark.parametrize("case", FILE["refused"], ids=names(FILE["refused"]))
def test_refused(case: dict[str, Any]) -> None:
    with pytest.raises(WelcomeRefused) as refused:
        Welcome.decode(base64.b64decode(case["encoded"])).verify(KEY)
    assert refused.value.code == case["expect"]


@given(st.binary(max_size=300))
def test_noise_is_refused_cleanly(data: bytes) -> None:
    with pytest.raises(WelcomeRefused):
        Welcome.decode(data)
