"""Ask every operation as every role: one table says what each is told, and a route without a row fails."""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest_asyncio

from app.main import application
from pratique.groups.engine_host import Engine
from pratique.http import Http, text
from tests.api.people import Api, documented
from tests.faults.enrolled import Enrolled, enrol, found_channel, found_operation, publish
from tests.faults.parties import Parties
from tests.realtime.posting import revoke
from tests.serving import serving

ROLES = ("nobody", "forger", "revoked", "outsider", "coordinator", "unleafed", "seated")
# Public: the same for everybody; a token, good or bad, is not looked at.
PUBLIC = {
    "get_deployment": 200,
    "add_party_list": 422,
    "add_invitation": 422,
    "enrol": 404,
    "get_enrolment": 404,
    "add_certificate": 422,
    "revoke_device": 422,
    "get_challenge": 200,
    "sign_in": 401,
    "get_health": 200,
    "get_readiness": 200,
}
# Signed in: nobody and forger get 401, the revoked device 403; then outsider (another Member's device, no seat and no
# part in the operation), coordinator (the OCU's device, no seat), unleafed (a seat, no leaf), seated (seat and leaf).
SIGNED_IN = {
    "get_stream_ticket": (201, 201, 201, 201),
    "list_devices": (200, 200, 200, 200),
    "stock_key_packages": (201, 201, 201, 201),
    "count_key_packages": (200, 200, 200, 200),
    "claim_key_packages": (404, 404, 404, 200),
    "found_operation": (403, 422, 403, 403),
    "amend_operation": (403, 422, 403, 403),
    "list_operations": (200, 200, 200, 200),
    "found_channel": (422, 422, 422, 422),
    "post_entries": (404, 404, 422, 201),
    "list_channels": (200, 200, 200, 200),
    "get_channel": (404, 404, 200, 200),
    "get_group_info": (404, 404, 200, 200),
    "read_log": (404, 404, 200, 200),
    "set_cursor": (404, 404, 204, 204),
    "put_blob": (404, 404, 201, 204),
    "get_blob": (404, 404, 200, 200),
    "get_push_key": (200, 200, 200, 200),
    "subscribe_push": (422, 422, 422, 422),
    "unsubscribe_push": (204, 204, 204, 204),
    "drop_key_packages": (204, 204, 204, 204),
}
SEALED = b"sealed bytes"
SEALED_DIGEST = hashlib.sha256(SEALED).hexdigest()


@dataclass
class Cast:
    """A channel of `ke` and `be`, a token per role, and a client."""

    api: Api
    tokens: dict[str, str]
    channel: str
    operation: str
    seated: Enrolled

    def requests(self, channel: str) -> dict[str, tuple[str, str, Any]]:
        """Give one request per operation, about a channel that is there or not."""
        junk, zeros, someone = {"statement": "AAAA"}, "0" * 64, self.seated.uri
        proof = {"device": someone, "key": text(bytes(32)), "signature": text(bytes(64))}
        draft = {"kind": "application", "epoch": 1, "urgency": "routine", "data_base64": text(os.urandom(64))}
        terms, post = {"post_id": str(uuid4()), **junk}, {"post_id": str(uuid4()), "drafts": [draft]}
        return {
            "get_deployment": ("GET", "/v1/deployment", None),
            "add_party_list": ("POST", "/v1/party-lists", junk),
            "add_invitation": ("POST", "/v1/invitations", junk),
            "enrol": ("POST", "/v1/enrolments", {"invitation": zeros, "token": "AAAA", **proof}),
            "get_enrolment": ("GET", f"/v1/enrolments/{zeros}", None),
            "add_certificate": ("POST", "/v1/certificates", {"certificate": "AAAA"}),
            "revoke_device": ("POST", "/v1/revocations", junk),
            "get_challenge": ("POST", "/v1/challenges", {"device": someone}),
            "sign_in": (
                "POST",
                "/v1/sessions",
                {"device": someone, "challenge": "AAAA", "expires_ms": 1, "signature": "AAAA"},
            ),
            "get_health": ("GET", "/healthz", None),
            "get_readiness": ("GET", "/readyz", None),
            "get_stream_ticket": ("POST", "/v1/stream-tickets", None),
            "list_devices": ("GET", "/v1/devices?office=ke/ncp", None),
            "stock_key_packages": ("POST", "/v1/key-packages", {"key_packages": []}),
            "count_key_packages": ("GET", "/v1/key-packages", None),
            "claim_key_packages": ("POST", "/v1/key-package-claims", {"channel": channel, "devices": [someone]}),
            "found_operation": ("POST", "/v1/operations", terms),
            "amend_operation": ("POST", f"/v1/operations/{self.operation}/statements", terms),
            "list_operations": ("GET", "/v1/operations", None),
            "found_channel": (
                "POST",
                "/v1/channels",
                post | {"first_ratchet_tree": "AAAA", "group_info": "AAAA", "ratchet_tree": "AAAA"},
            ),
            "post_entries": ("POST", f"/v1/channels/{channel}/entries", post),
            "list_channels": ("GET", "/v1/channels", None),
            "get_channel": ("GET", f"/v1/channels/{channel}", None),
            "get_group_info": ("GET", f"/v1/channels/{channel}/group-info?epoch=1", None),
            "read_log": ("GET", f"/v1/logs/{channel}/entries", None),
            "set_cursor": ("PUT", f"/v1/logs/{channel}/cursor", {"seq": 1}),
            "put_blob": ("PUT", f"/v1/channels/{channel}/blobs/{SEALED_DIGEST}", SEALED),
            "get_push_key": ("GET", "/v1/push-key", None),
            "subscribe_push": ("POST", "/v1/push-subscriptions", {"push": None, "mail": None, "least": {}}),
            "unsubscribe_push": ("DELETE", "/v1/push-subscriptions", None),
            "drop_key_packages": ("DELETE", "/v1/key-packages", None),
            "get_blob": ("GET", f"/v1/channels/{channel}/blobs/{SEALED_DIGEST}", None),
        }


@pytest_asyncio.fixture
async def cast(tmp_path: Path, sqlite_database_url: str) -> AsyncIterator[Cast]:
    """Give a token for every role."""
    parties = Parties()
    async with Engine() as engine, serving(tmp_path / "server", sqlite_database_url, parties.root) as served:
        http = Http(served.url)
        await publish(http, parties)
        coordinator, seated, other, unleafed, revoked, outsider = [
            await enrol(http, parties, engine, party, person)
            for party, person in (
                ("ocu", "officer"),
                ("ke", "officer"),
                ("be", "officer"),
                ("be", "second"),
                ("ke", "gone"),
                ("ae", "officer"),
            )
        ]
        operation = await found_operation(coordinator, ["ke", "be"])
        channel = await found_channel(engine, seated, operation, [other])
        tokens = {}
        for role, device in (
            ("revoked", revoked),
            ("outsider", outsider),
            ("coordinator", coordinator),
            ("unleafed", unleafed),
            ("seated", seated),
        ):
            tokens[role] = served.app.state.tokens.issue(device.device.uri, served.app.state.database.now_ms())[0]
        tokens |= {"nobody": "", "forger": tokens["seated"][:-3] + "AAA"}
        await revoke(http, parties, revoked)
        async with httpx2.AsyncClient(
            base_url=served.url, trust_env=False, event_hooks={"response": [documented]}
        ) as client:
            yield Cast(Api(client, parties), tokens, channel.hex(), operation.hex(), seated)
        await http.aclose()


def expected(operation: str, role: str) -> int:
    """Give the status that the tables say."""
    if operation in PUBLIC:
        return PUBLIC[operation]
    early = {"nobody": 401, "forger": 401, "revoked": 403}
    return early.get(role) or SIGNED_IN[operation][ROLES.index(role) - 3]


def test_every_operation_has_a_row() -> None:
    paths = application().openapi()["paths"]
    found = {one["operationId"]: one for methods in paths.values() for one in methods.values()}
    assert found.keys() == PUBLIC.keys() | SIGNED_IN.keys()
    assert {name for name, one in found.items() if "security" in one} == SIGNED_IN.keys()
    for name, one in found.items():
        told = {int(status) for status in one["responses"]}
        wanted = {expected(name, role) for role in ROLES}
        assert wanted <= told, f"{name} does not document {wanted - told}"


async def test_every_role_is_told_what_the_table_says(cast: Cast) -> None:
    wrong = []
    for role in ROLES:
        for operation, (method, path, body) in cast.requests(cast.channel).items():
            answer = await cast.api.call(method, path, body, cast.tokens[role])
            if answer.status_code != expected(operation, role):
                wrong.append((role, operation, answer.status_code, answer.text[:120]))
    assert wrong == []


async def test_what_is_not_ours_looks_like_what_is_not_there(cast: Cast) -> None:
    absent = "07" * 32
    compared = 0
    for role in ("outsider", "coordinator"):
        foreign, nothing = cast.requests(cast.channel), cast.requests(absent)
        for operation in foreign:
            if operation in SIGNED_IN and SIGNED_IN[operation][ROLES.index(role) - 3] == 404:
                told = [await cast.api.call(*one[operation], cast.tokens[role]) for one in (foreign, nothing)]
                assert told[0].content == told[1].content, operation
                assert told[0].headers.keys() == told[1].headers.keys(), operation
                compared += 1
    assert compared == 16
