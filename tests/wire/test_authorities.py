"""Hold the fold of the party lists to the vectors."""

import base64
from typing import Any

import pytest

from pratique.certificates import issue_device
from pratique.wire.authorities import Authorities
from pratique.wire.bodies import Rejoin
from pratique.wire.identity import DeviceUri
from pratique.wire.refused import Refused
from pratique.wire.statements import Statement, sign
from tests.wire.vector_sets.actors import AT_MS, KE_AUTHORITY, KE_DEVICE, ROOT, key, public
from tests.wire.vector_sets.party_lists import (
    BE,
    HISTORY,
    LATER_MS,
    RENEWED_KE,
    STRANGER,
    authority,
    party,
    signed,
)
from tests.wire.vectors import load, names

FILE = load("party_lists")


def fold(count: int) -> Authorities:
    """Fold the first lists of the history."""
    authorities = Authorities.found(base64.b64decode(FILE["root"]))
    for text in FILE["lists"][:count]:
        authorities = authorities.advance(Statement.parse(base64.b64decode(text)))
    return authorities


def test_the_history_folds() -> None:
    for count, parties in enumerate(FILE["parties"], 1):
        authorities = fold(count)
        assert (authorities.number, list(authorities.parties)) == (count, parties)
        assert authorities.head == HISTORY[count - 1].digest
    listed = fold(3).party("ke")
    assert listed is not None and listed.name == "KE"
    assert fold(3).party("us") is None


@pytest.mark.parametrize(
    "case", FILE["keys"], ids=lambda case: f"{case['signer']} after {case['after']} at {case['at_ms']}"
)
def test_keys(case: dict[str, Any]) -> None:
    found = fold(case["after"]).authority_keys(case["signer"], case["at_ms"])
    assert [one.hex() for one in found] == case["keys"]


@pytest.mark.parametrize("case", FILE["devices"], ids=names(FILE["devices"]))
def test_device(case: dict[str, Any]) -> None:
    authorities, der = fold(case["after"]), base64.b64decode(case["device"])
    if case["expect"] == "ok":
        device = authorities.verify_device(der, case["at_ms"])
        assert (str(device.uri), device.key) == (KE_DEVICE, public(KE_DEVICE))
        return
    with pytest.raises(Refused) as refused:
        authorities.verify_device(der, case["at_ms"])
    assert refused.value.code == case["expect"]


@pytest.mark.parametrize("case", FILE["refused"], ids=names(FILE["refused"]))
def test_refused(case: dict[str, Any]) -> None:
    before = fold(case["after"])
    with pytest.raises(Refused) as refused:
        before.advance(Statement.parse(base64.b64decode(case["list"])))
    assert refused.value.code == case["expect"]
    assert before == fold(case["after"])


def test_a_ca_renewed_with_its_key_is_one_key_and_verifies_by_either_certificate() -> None:
    renewed = party("ke", authority(KE_AUTHORITY), authority(RENEWED_KE, LATER_MS))
    authorities = Authorities.found(ROOT).advance(signed(1, (renewed, BE), None))
    assert authorities.authority_keys("ke.stop.example", LATER_MS) == (public("ke"),)
    after_first = LATER_MS + 1_000
    assert authorities.verify_device(STRANGER, after_first).authority == KE_AUTHORITY
    # After the first one's end only the renewed certificate still holds.
    end = AT_MS + 1825 * 86_400_000
    assert authorities.authority_keys("ke.stop.example", end) == (public("ke"),)
    late = issue_device(DeviceUri.parse(KE_DEVICE), public(KE_DEVICE), RENEWED_KE, key("ke"), end)
    assert authorities.verify_device(late, end).authority == RENEWED_KE


def test_a_statement_of_another_label_is_no_party_list() -> None:
    rejoin = sign(Rejoin(channel="00" * 32, nonce="00" * 16), signer="root", key=key("root"))
    with pytest.raises(Refused) as refused:
        fold(0).advance(rejoin)
    assert refused.value.code == "wrong_statement"
