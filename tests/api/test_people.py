"""Tell the story of a device: invited, enrolled, certified, signed in, renewed, revoked; and every wrong turn."""

from __future__ import annotations

import base64
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pratique.certificates import DAY_MS, issue_device
from pratique.http import text
from pratique.wire.bodies import Invitation, PartyList
from pratique.wire.statements import sign
from tests.api.people import Api, Candidate, answered
from tests.faults.parties import DEPLOYMENT, now_ms
from tests.serving import Served


def told(answer: httpx2.Response) -> tuple[int, str]:
    """Give status and code of a problem."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]


async def invited(api: Api, party: str = "ke", **invitation: Any) -> Candidate:
    """Bring a device as far as its invitation."""
    candidate = api.candidate(party, **invitation)
    answer = await api.call("POST", "/v1/invitations", {"statement": text(candidate.invitation.raw)})
    assert answer.json() == {"id": candidate.invitation.digest.hex()}
    return candidate


async def state(api: Api, candidate: Candidate) -> dict[str, Any]:
    """Ask how far an invitation has come."""
    found: dict[str, Any] = (await api.call("GET", f"/v1/enrolments/{candidate.invitation.digest.hex()}")).json()
    return found


async def test_a_device_comes_in_step_by_step_and_every_step_may_be_repeated(api_on_both: Api) -> None:
    api = api_on_both
    candidate = await invited(api)
    assert await state(api, candidate) == {"state": "open"}
    named = {"device": str(candidate.uri), "key": text(candidate.public)}
    for _ in range(2):
        answer = await api.call("POST", "/v1/enrolments", candidate.proof())
        assert (answer.status_code, answer.json()) == (201, {"id": candidate.invitation.digest.hex()})
        assert await state(api, candidate) == {"state": "waiting", **named}
    assert told(await api.call("POST", "/v1/sessions", await api.signed_challenge(candidate))) == (
        401,
        "sign_in_refused",
    )
    certificate = text(api.certificate(candidate))
    for _ in range(2):
        answer = await api.call("POST", "/v1/certificates", {"certificate": certificate})
        assert (answer.status_code, answer.json()["device"]) == (201, str(candidate.uri))
        assert await state(api, candidate) == {"state": "active", **named, "certificate": certificate}
    token = await api.sign_in(candidate)
    listed = (await api.call("GET", "/v1/devices?office=ke/ncp", token=token)).json()["devices"]
    assert listed == [{"device": str(candidate.uri), "certificates": [certificate], "state": "active"}]
    renewal = text(api.certificate(candidate, days=30))
    assert (await api.call("POST", "/v1/certificates", {"certificate": renewal})).status_code == 201
    found = await api.call("GET", f"/v1/devices?device={candidate.uri}", token=token)
    assert sorted(found.json()["devices"][0]["certificates"]) == sorted([certificate, renewal])


async def test_devices_of_several_offices_come_in_one_answer(api: Api) -> None:
    ke, be = await api.bring("ke"), await api.bring("be")
    token = await api.sign_in(ke)

    async def shown(query: str) -> list[str]:
        answer = await api.call("GET", f"/v1/devices?{query}", token=token)
        assert answer.status_code == 200, answer.text
        return [one["device"] for one in answer.json()["devices"]]

    both = sorted([str(ke.uri), str(be.uri)])
    assert await shown("office=ke/ncp&office=be/ncp&office=xx/ncp") == both
    assert await shown(f"device={be.uri}&device={ke.uri}&device={ke.uri}") == both
    assert await shown("office=xx/ncp") == []
    for query in (
        "",
        f"office=ke/ncp&device={ke.uri}",
        "&".join(["office=ke/ncp"] * 51),
        "office=" + 65 * "x",
        "device=" + 401 * "x",
    ):
        assert told(await api.call("GET", f"/v1/devices?{query}", token=token)) == (422, "malformed_request"), query


async def test_a_revoked_device_is_refused_at_once_and_for_ever(api_on_both: Api) -> None:
    api = api_on_both
    candidate = await api.bring("ke")
    token = await api.sign_in(candidate)
    assert (await api.revoke(candidate)).json() == {"channels": []}
    assert told(await api.call("GET", "/v1/channels", token=token)) == (403, "device_revoked")
    assert told(await api.call("POST", "/v1/sessions", await api.signed_challenge(candidate))) == (
        401,
        "sign_in_refused",
    )
    again = {"certificate": text(api.certificate(candidate, days=10))}
    assert told(await api.call("POST", "/v1/certificates", again)) == (403, "device_revoked")
    assert told(await api.revoke(candidate)) == (409, "already_revoked")
    other = await api.sign_in(await api.bring("be"))
    shown = (await api.call("GET", "/v1/devices?office=ke/ncp", token=other)).json()["devices"][0]
    assert shown["state"] == "revoked" and shown["revocation"]


async def test_a_device_whose_certificate_ended_waits_for_a_renewal(api: Api, served: Served) -> None:
    candidate = await invited(api)
    await api.call("POST", "/v1/enrolments", candidate.proof())
    certificate = api.certificate(candidate, days=1)
    assert (await api.call("POST", "/v1/certificates", {"certificate": text(certificate)})).status_code == 201
    database = served.app.state.database
    real = database.now_ms
    database.now_ms = lambda: real() + 2 * DAY_MS
    refused = await api.call("POST", "/v1/sessions", await api.signed_challenge(candidate))
    assert told(refused) == (401, "sign_in_refused")
    token, _ = served.app.state.tokens.issue(candidate.uri, database.now_ms())
    assert told(await api.call("GET", "/v1/channels", token=token)) == (403, "certificate_expired")
    renewal = {"certificate": text(api.certificate(candidate, days=30))}
    assert (await api.call("POST", "/v1/certificates", renewal)).status_code == 201
    assert (await api.call("GET", "/v1/channels", token=token)).status_code == 200


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"token": text(b"\0" * 32)}, "wrong_token"),
        ({"device": f"pratique://be.{DEPLOYMENT}/ncp/officer/abcd"}, "wrong_name"),
        ({"device": f"pratique://ke.{DEPLOYMENT}/desk/officer/abcd"}, "wrong_name"),
        ({"device": f"pratique://ke.{DEPLOYMENT}/ncp/chief/abcd"}, "wrong_name"),
        ({"device": "pratique://ke.other.example/ncp/officer/abcd"}, "wrong_name"),
        ({"device": "pratique://KE/ncp"}, "name_refused"),
        ({"key": text(Ed25519PrivateKey.generate().public_key().public_bytes_raw())}, "bad_signature"),
        ({"key": text(b"\x01" + bytes(31))}, "key_refused"),
        ({"signature": text(bytes(64))}, "bad_signature"),
    ],
)
async def test_a_wrong_answer_to_an_invitation_is_refused(api: Api, other: dict[str, str], reason: str) -> None:
    candidate = await invited(api)
    answer = await api.call("POST", "/v1/enrolments", candidate.proof(**other))
    assert (*told(answer), answer.json()["reason"]) == (422, "enrolment_refused", reason)
    assert await state(api, candidate) == {"state": "open"}


async def test_an_invitation_brings_one_device_and_a_name_comes_once(api: Api) -> None:
    candidate = await invited(api)
    assert (await api.call("POST", "/v1/enrolments", candidate.proof())).status_code == 201
    second = Candidate(candidate.uri, Ed25519PrivateKey.generate(), candidate.invitation, candidate.token)
    assert told(await api.call("POST", "/v1/enrolments", second.proof())) == (409, "invitation_used")
    other = await invited(api)
    same_name = Candidate(candidate.uri, Ed25519PrivateKey.generate(), other.invitation, other.token)
    assert told(await api.call("POST", "/v1/enrolments", same_name.proof())) == (409, "device_exists")
    await api.call("POST", "/v1/certificates", {"certificate": text(api.certificate(candidate))})
    assert told(await api.call("POST", "/v1/enrolments", same_name.proof())) == (409, "device_exists")


async def test_an_invitation_must_be_the_party_s_own_and_in_time(api: Api) -> None:
    genuine = api.candidate("ke")
    body = genuine.invitation.read(Invitation)
    wrong = {
        "of another party's CA": sign(body, signer=genuine.uri.host, key=api.parties.keys["be"]),
        "in another party's name": sign(body, signer=api.parties.host("be"), key=api.parties.keys["be"]),
        "of the root": sign(body, signer="root", key=api.parties.root_key),
        "expired": api.candidate("ke", expires_ms=now_ms() - 1).invitation,
        "for too long": api.candidate("ke", expires_ms=now_ms() + 31 * DAY_MS).invitation,
        "of another root": api.candidate("ke", root="0" * 64).invitation,
        "another statement": api.parties.list,
    }
    for why, statement in wrong.items():
        answer = await api.call("POST", "/v1/invitations", {"statement": text(statement.raw)})
        assert told(answer) == (422, "statement_refused"), why


async def test_a_certificate_must_be_the_party_s_own_for_a_waiting_key(api: Api) -> None:
    candidate = await invited(api)
    certificate = text(api.certificate(candidate))
    answer = await api.call("POST", "/v1/certificates", {"certificate": certificate})
    assert (*told(answer), answer.json()["reason"]) == (422, "certificate_refused", "not_enrolled")
    await api.call("POST", "/v1/enrolments", candidate.proof())
    ghost = Candidate(candidate.uri, Ed25519PrivateKey.generate(), candidate.invitation, candidate.token)
    answer = await api.call("POST", "/v1/certificates", {"certificate": text(api.certificate(ghost))})
    assert (*told(answer), answer.json()["reason"]) == (422, "certificate_refused", "not_enrolled")
    rogue = Ed25519PrivateKey.generate()
    self_made = issue_device(candidate.uri, candidate.public, api.parties.issue_ca("ke", rogue), rogue, now_ms())
    answer = await api.call("POST", "/v1/certificates", {"certificate": text(self_made)})
    assert told(answer) == (422, "certificate_refused")
    assert (await api.call("POST", "/v1/certificates", {"certificate": certificate})).status_code == 201
    answer = await api.call("POST", "/v1/certificates", {"certificate": text(api.certificate(ghost))})
    assert (*told(answer), answer.json()["reason"]) == (422, "certificate_refused", "key_changed")


async def test_one_key_makes_one_device_even_where_its_party_certifies_two(api: Api) -> None:
    first, second = await invited(api), await invited(api)
    second.key = first.key
    for candidate in (first, second):
        assert (await api.call("POST", "/v1/enrolments", candidate.proof())).status_code == 201
    answers = [
        await api.call("POST", "/v1/certificates", {"certificate": text(api.certificate(candidate))})
        for candidate in (first, second)
    ]
    assert [answer.status_code for answer in answers] == [201, 409]
    assert answers[1].json()["code"] == "device_exists"


async def test_a_challenge_is_used_up_whatever_its_signature(api: Api) -> None:
    candidate = await api.bring("ke")
    good = await api.signed_challenge(candidate)
    bad = good | {"signature": text(bytes(64))}
    assert told(await api.call("POST", "/v1/sessions", bad)) == (401, "sign_in_refused")
    assert told(await api.call("POST", "/v1/sessions", good)) == (401, "sign_in_refused")
    fresh = await api.signed_challenge(candidate)
    assert (await api.call("POST", "/v1/sessions", fresh)).status_code == 200
    assert told(await api.call("POST", "/v1/sessions", fresh)) == (401, "sign_in_refused")
    longer = await api.call("POST", "/v1/challenges", {"device": str(candidate.uri)})
    stretched = longer.json() | {"expires_ms": longer.json()["expires_ms"] + 1}
    assert told(await api.call("POST", "/v1/sessions", answered(candidate, stretched))) == (401, "sign_in_refused")


async def test_an_unknown_device_looks_like_any_other(api: Api) -> None:
    known, unknown = await api.bring("ke"), api.candidate("ke")
    answers = []
    for candidate in (known, unknown):
        asked = await api.call("POST", "/v1/challenges", {"device": str(candidate.uri)})
        assert len(base64.b64decode(asked.json()["challenge"])) == 32
        wrong = answered(candidate, asked.json()) | {"signature": text(bytes(64))}
        answers.append(await api.call("POST", "/v1/sessions", wrong))
    assert answers[0].content == answers[1].content
    assert answers[0].headers.keys() == answers[1].headers.keys()


async def test_party_lists_follow_each_other(api: Api) -> None:
    parties = api.parties
    assert (await api.call("GET", "/v1/deployment")).json()["party_lists"] == [text(parties.list.raw)]
    again = await api.call("POST", "/v1/party-lists", {"statement": text(parties.list.raw)})
    assert (again.status_code, again.json()) == (201, {"number": 1})
    first = parties.list.read(PartyList)
    second = sign(
        first.model_copy(update={"number": 2}), signer="root", key=parties.root_key, follows=parties.list.digest
    )
    forged = sign(
        first.model_copy(update={"number": 2}), signer="root", key=parties.keys["ke"], follows=parties.list.digest
    )
    forked = sign(first.model_copy(update={"number": 3}), signer="root", key=parties.root_key, follows=bytes(32))
    refused = await api.call("POST", "/v1/party-lists", {"statement": text(forged.raw)})
    assert told(refused) == (422, "statement_refused")
    stale = await api.call("POST", "/v1/party-lists", {"statement": text(forked.raw)})
    assert (*told(stale), stale.json()["number"]) == (409, "stale_party_list", 1)
    taken = await api.call("POST", "/v1/party-lists", {"statement": text(second.raw)})
    assert (taken.status_code, taken.json()) == (201, {"number": 2})
    old = await api.call("POST", "/v1/party-lists", {"statement": text(parties.list.raw)})
    assert (*told(old), old.json()["number"]) == (409, "stale_party_list", 2)


async def test_no_device_of_a_revoked_ca_signs_in(api: Api) -> None:
    parties, minted, other = api.parties, await api.bring("ke"), await api.bring("be")
    assert await api.sign_in(minted)
    first = parties.list.read(PartyList)
    ended = tuple(
        one.model_copy(update={"authorities": (one.authorities[0].model_copy(update={"revoked_ms": now_ms()}),)})
        if one.party == "ke"
        else one
        for one in first.parties
    )
    body = first.model_copy(update={"number": 2, "parties": ended})
    second = sign(body, signer="root", key=parties.root_key, follows=parties.list.digest)
    assert (await api.call("POST", "/v1/party-lists", {"statement": text(second.raw)})).status_code == 201
    refused = await api.call("POST", "/v1/sessions", await api.signed_challenge(minted))
    assert told(refused) == (401, "sign_in_refused")
    assert await api.sign_in(other)


async def test_a_ca_does_not_end_in_the_past(api: Api) -> None:
    parties = api.parties
    listed = parties.list.read(PartyList)
    first = listed.parties[0]

    def ends(at_ms: int) -> bytes:
        ended = first.authorities[0].model_copy(update={"revoked_ms": at_ms})
        changed = (first.model_copy(update={"authorities": (ended, *first.authorities[1:])}), *listed.parties[1:])
        body = listed.model_copy(update={"number": 2, "parties": changed})
        return sign(body, signer="root", key=parties.root_key, follows=parties.list.digest).raw

    now_ms = (await api.call("GET", "/v1/deployment")).json()["now_ms"]
    past = await api.call("POST", "/v1/party-lists", {"statement": text(ends(now_ms - 120_000))})
    assert (*told(past), past.json()["reason"]) == (422, "statement_refused", "ends_in_the_past")
    soon = await api.call("POST", "/v1/party-lists", {"statement": text(ends(now_ms + 60_000))})
    assert (soon.status_code, soon.json()) == (201, {"number": 2})
