"""Found and amend operations: the OCU says the terms, one statement after the other, and participants read them."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import uuid4

from pratique.certificates import DAY_MS
from pratique.http import text
from pratique.wire.bodies import OperationTerms, Participant
from pratique.wire.events import decode_batch
from pratique.wire.statements import Statement, sign
from tests.api.people import Api, Candidate
from tests.api.test_people import told
from tests.faults.parties import now_ms


def terms(signer: Candidate, follows: bytes = b"", **changed: Any) -> Statement:
    """Sign the terms of an operation."""
    body: dict[str, Any] = {
        "number": 1,
        "code": "STOP-III",
        "from_ms": now_ms(),
        "until_ms": now_ms() + DAY_MS,
        "phase": "active",
        "participants": tuple(Participant(party=party, roles=("observer",)) for party in ("ke", "be")),
        "nonce": secrets.token_hex(16),
    }
    return sign(OperationTerms(**(body | changed)), signer=str(signer.uri), key=signer.key, follows=follows)


def posted(statement: Statement) -> dict[str, str]:
    """Give the body that posts a statement."""
    return {"post_id": str(uuid4()), "statement": text(statement.raw)}


async def test_an_operation_begins_and_goes_on(api_on_both: Api) -> None:
    api = api_on_both
    ocu, ke, ae = [await api.bring(party) for party in ("ocu", "ke", "ae")]
    by_ocu, by_ke, by_ae = [await api.sign_in(one) for one in (ocu, ke, ae)]
    first = terms(ocu)
    for _ in range(2):
        answer = await api.call("POST", "/v1/operations", posted(first), by_ocu)
        assert (answer.status_code, answer.json()["id"]) == (201, first.digest.hex())
        assert [(one["log"], one["seq"]) for one in answer.json()["entries"]] == [(first.digest.hex(), 1)]
    path = f"/v1/operations/{first.digest.hex()}/statements"
    second = terms(ocu, first.digest, number=2, phase="closing")
    for statement in (terms(ocu, first.digest, number=3), terms(ocu, bytes(32), number=2)):
        stale = await api.call("POST", path, posted(statement), by_ocu)
        assert (*told(stale), stale.json()["number"]) == (409, "stale_terms", 1)
    for _ in range(2):
        answer = await api.call("POST", path, posted(second), by_ocu)
        assert [one["seq"] for one in answer.json()["entries"]] == [2]
    listed = (await api.call("GET", "/v1/operations", token=by_ke)).json()["operations"]
    assert [(one["head_seq"], one["statement"]) for one in listed] == [(2, text(second.raw))]
    page = await api.call("GET", f"/v1/logs/{first.digest.hex()}/entries", token=by_ke)
    assert [getattr(entry, "data", b"") for entry in decode_batch(page.content)] == [first.raw, second.raw]
    assert page.headers["pratique-head"] == "2"
    assert (await api.call("GET", "/v1/operations", token=by_ae)).json() == {"operations": []}
    assert told(await api.call("GET", f"/v1/logs/{first.digest.hex()}/entries", token=by_ae)) == (404, "not_found")


async def test_a_party_that_leaves_the_terms_reads_no_more(api: Api) -> None:
    ocu, ke = [await api.bring(party) for party in ("ocu", "ke")]
    by_ocu, by_ke = [await api.sign_in(one) for one in (ocu, ke)]
    first = terms(ocu)
    await api.call("POST", "/v1/operations", posted(first), by_ocu)
    without = terms(ocu, first.digest, number=2, participants=(Participant(party="be", roles=("observer",)),))
    await api.call("POST", f"/v1/operations/{first.digest.hex()}/statements", posted(without), by_ocu)
    assert told(await api.call("GET", f"/v1/logs/{first.digest.hex()}/entries", token=by_ke)) == (404, "not_found")
    assert len((await api.call("GET", "/v1/operations", token=by_ocu)).json()["operations"]) == 1


async def test_wrong_terms_are_refused(api: Api) -> None:
    ocu, other, ke = [await api.bring(party) for party in ("ocu", "ocu", "ke")]
    by_ocu, by_ke = await api.sign_in(ocu), await api.sign_in(ke)
    assert told(await api.call("POST", "/v1/operations", posted(terms(ke)), by_ke)) == (403, "not_allowed")
    unknown = (Participant(party="xx", roles=("observer",)),)
    wrong = {
        "of another device": terms(other),
        "not the first": terms(ocu, number=2),
        "follows something": terms(ocu, bytes(32)),
        "of an unknown party": terms(ocu, participants=unknown),
        "ends before it begins": terms(ocu, until_ms=1),
        "another statement": api.parties.list,
    }
    for why, statement in wrong.items():
        assert told(await api.call("POST", "/v1/operations", posted(statement), by_ocu)) == (
            422,
            "statement_refused",
        ), why
    absent = f"/v1/operations/{'0' * 64}/statements"
    assert told(await api.call("POST", absent, posted(terms(ocu, number=2)), by_ocu)) == (404, "not_found")
