"""Hold statements and their bodies to the vectors."""

import base64
import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.wire import bodies
from pratique.wire.refused import Refused
from pratique.wire.statements import MAX_STATEMENT_BYTES, Body, Statement, StatementRefused, sign
from tests.wire.vector_sets.actors import BE_DEVICE, key, public
from tests.wire.vector_sets.statements import GOOD, ROSTER, signed
from tests.wire.vectors import load, names

CASES = load("statements")["cases"]
MODELS = {model.LABEL: model for model in Body.__subclasses__() if "LABEL" in model.__dict__}
ROSTER_BYTES = sign(ROSTER, signer=BE_DEVICE, key=key(BE_DEVICE)).raw


def read(data: bytes, own: bytes, label: str) -> Body:
    """Read a statement as a reader has to: frame, signature, body."""
    statement = Statement.parse(data)
    statement.verify(own)
    return statement.read(MODELS[label])


@pytest.mark.parametrize("case", CASES, ids=names(CASES))
def test_vector(case: dict[str, Any]) -> None:
    data, own = base64.b64decode(case["statement"]), bytes.fromhex(case["key"])
    if case["expect"] != "ok":
        with pytest.raises(StatementRefused) as refused:
            read(data, own, case["read_as"])
        assert refused.value.code == case["expect"]
        return
    statement = Statement.parse(data)
    assert read(data, own, case["read_as"]).model_dump(mode="json") == case["body"]
    assert (statement.signer, statement.follows.hex()) == (case["signer"], case["follows"])
    assert {"seq": statement.seen.seq, "chain": statement.seen.chain.hex()} == case["seen"]
    assert statement.digest == hashlib.sha256(data).digest() == bytes.fromhex(case["digest"])


def test_every_label_has_a_good_vector() -> None:
    assert {case["read_as"] for case in CASES if case["expect"] == "ok"} == set(MODELS)


def test_no_label_verifies_as_another() -> None:
    for body, signer, follows, seen in GOOD:
        statement = sign(body, signer=signer, key=key(signer), follows=follows, seen=seen)
        for label, model in MODELS.items():
            if label == statement.label:
                assert statement.read(model) == body
                continue
            with pytest.raises(StatementRefused, match="wrong_statement"):
                statement.read(model)
            renamed = Statement(label, signer, follows, seen, statement.body, statement.signature, statement.raw)
            with pytest.raises(StatementRefused, match="bad_signature"):
                renamed.verify(public(signer))


@given(st.data())
def test_a_changed_statement_is_refused_cleanly(data: st.DataObject) -> None:
    changed = bytearray(ROSTER_BYTES)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(changed) - 1))
        what = data.draw(st.sampled_from(["change", "cut", "insert"]))
        if what == "change":
            changed[at] = data.draw(st.integers(0, 255))
        elif what == "cut":
            del changed[at : at + data.draw(st.integers(1, 40))]
        else:
            changed[at:at] = data.draw(st.binary(min_size=1, max_size=40))
        if not changed:
            break
    if bytes(changed) == ROSTER_BYTES:
        return
    with pytest.raises(StatementRefused):
        read(bytes(changed), public(BE_DEVICE), "pratique roster v1")


@given(st.binary(max_size=200))
def test_noise_is_refused_cleanly(data: bytes) -> None:
    with pytest.raises(StatementRefused):
        Statement.parse(data)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=8,
)


@given(st.sampled_from(GOOD), st.data())
def test_a_body_with_a_wrong_field_is_refused_cleanly(good: tuple[Body, str, bytes, Any], data: st.DataObject) -> None:
    """Whatever stands in a field, the reader refuses it as malformed or reads back what was written."""
    body = json.loads(good[0].write())
    body[data.draw(st.sampled_from([*sorted(body), "other"]))] = data.draw(JSON)
    text = json.dumps(body).encode()
    try:
        found = type(good[0]).read(text)
    except StatementRefused as refused:
        assert refused.code == "malformed_statement"
        return
    assert json.loads(found.write()) == body


def test_a_statement_has_a_largest_size() -> None:
    with pytest.raises(StatementRefused, match="too large"):
        Statement.parse(bytes(MAX_STATEMENT_BYTES + 1))


@pytest.mark.parametrize(
    "data",
    [
        signed("pratique roster v1", b'{"secret":1}'),
        signed("pratique roster v1", b'{"number":"secret"}'),
        signed("pratique roster v1", json.dumps({**json.loads(ROSTER.write()), "secret": 1}).encode()),
        signed("pratique secret v1", b"{}"),
    ],
)
def test_a_refusal_does_not_quote_the_statement(data: bytes) -> None:
    for own in (public(BE_DEVICE), public("other")):
        with pytest.raises(Refused) as refused:
            read(data, own, "pratique roster v1")
        assert "secret" not in str(refused.value)


def test_the_party_of_a_lane_is_checked_before_the_charter_is_made() -> None:
    with pytest.raises(ValueError, match="only a lane names its parties"):
        bodies.Charter(
            operation="00" * 32,
            purpose="channel",
            owners=("be/ncp",),
            parties=("be", "ke"),
            history="full",
            retention_s=0,
            nonce="00" * 16,
        )
