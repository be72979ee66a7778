"""Bring devices to a served deployment as their people and officers would, step by step over HTTP."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import os
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.api.openapi import document
from app.main import application
from pratique.certificates import DAY_MS, issue_device
from pratique.http import text
from pratique.wire.bodies import Invitation, Revocation
from pratique.wire.identity import DeviceUri
from pratique.wire.statements import Statement, sign
from pratique.wire.tls import encode
from tests.faults.parties import DEPLOYMENT, Parties, now_ms

JSON = {"Content-Type": "application/json"}


@dataclass
class Candidate:
    """A device on its way in: its name and key, the invitation and its token."""

    uri: DeviceUri
    key: Ed25519PrivateKey
    invitation: Statement
    token: bytes

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    def proof(self, **other: Any) -> dict[str, Any]:
        """Give the enrolment's body; `other` replaces fields after it was signed."""
        signed = encode("pratique enrolment v1", DEPLOYMENT, self.invitation.digest, str(self.uri), self.public)
        return {
            "invitation": self.invitation.digest.hex(),
            "token": text(self.token),
            "device": str(self.uri),
            "key": text(self.public),
            "signature": text(self.key.sign(signed)),
        } | other


@dataclass
class Api:
    """A client of one server, and the parties' officers behind it."""

    client: httpx2.AsyncClient
    parties: Parties = field(default_factory=Parties)

    async def call(self, method: str, path: str, body: Any = None, token: str = "") -> httpx2.Response:
        """Send a request and give the answer, whatever it is."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if isinstance(body, bytes):
            headers["Content-Type"] = "application/octet-stream"
            return await self.client.request(method, path, content=body, headers=headers)
        return await self.client.request(method, path, json=body, headers=headers)

    async def publish(self) -> None:
        """Publish the party list."""
        answer = await self.call("POST", "/v1/party-lists", {"statement": text(self.parties.list.raw)})
        assert answer.status_code == 201, answer.text

    def candidate(self, party: str, office: str = "ncp", person: str = "officer", **invitation: Any) -> Candidate:
        """Make a device's name, key and invitation; nothing is sent."""
        uri = DeviceUri(party, DEPLOYMENT, office, person, secrets.token_hex(4))
        token = os.urandom(32)
        body: dict[str, Any] = {
            "token_digest": hashlib.sha256(token).hexdigest(),
            "office": uri.office_id,
            "person": person,
            "expires_ms": now_ms() + DAY_MS,
            "root": hashlib.sha256(self.parties.root).hexdigest(),
        }
        statement = sign(Invitation(**(body | invitation)), signer=uri.host, key=self.parties.keys[party])
        return Candidate(uri, Ed25519PrivateKey.generate(), statement, token)

    def certificate(self, candidate: Candidate, days: int = 90, at_ms: int | None = None) -> bytes:
        """Certify a device by its own party."""
        party = candidate.uri.party
        at_ms = now_ms() if at_ms is None else at_ms
        ca, key = self.parties.cas[party], self.parties.keys[party]
        return issue_device(candidate.uri, candidate.public, ca, key, at_ms, days)

    async def bring(self, party: str, office: str = "ncp", person: str = "officer") -> Candidate:
        """Bring a device all the way to active."""
        candidate = self.candidate(party, office, person)
        steps = (
            ("/v1/invitations", {"statement": text(candidate.invitation.raw)}),
            ("/v1/enrolments", candidate.proof()),
            ("/v1/certificates", {"certificate": text(self.certificate(candidate))}),
        )
        for path, body in steps:
            answer = await self.call("POST", path, body)
            assert answer.status_code == 201, answer.text
        return candidate

    async def sign_in(self, candidate: Candidate) -> str:
        """Give an access token of a device."""
        answer = await self.call("POST", "/v1/sessions", await self.signed_challenge(candidate))
        assert answer.status_code == 200, answer.text
        token: str = answer.json()["access_token"]
        return token

    async def signed_challenge(self, candidate: Candidate) -> dict[str, Any]:
        """Ask for a challenge and sign it: the body that signs a device in."""
        uri = str(candidate.uri)
        asked = (await self.call("POST", "/v1/challenges", {"device": uri})).json()
        return answered(candidate, asked)

    async def revoke(self, candidate: Candidate) -> httpx2.Response:
        """Revoke a device by its own party."""
        body = Revocation(device=str(candidate.uri), reason="stolen", at_ms=now_ms())
        statement = sign(body, signer=candidate.uri.host, key=self.parties.keys[candidate.uri.party])
        return await self.call("POST", "/v1/revocations", {"statement": text(statement.raw)})


def answered(candidate: Candidate, asked: dict[str, Any]) -> dict[str, Any]:
    """Sign a challenge."""

    uri = str(candidate.uri)
    challenge = base64.b64decode(asked["challenge"])
    signed = encode("pratique sign-in v1", DEPLOYMENT, uri, challenge, asked["expires_ms"])
    return {"device": uri, **asked, "signature": text(candidate.key.sign(signed))}


@functools.cache
def listed_problems() -> list[tuple[str, re.Pattern[str], dict[str, str]]]:
    """Give method, path and the responses as JSON by status, of every operation in OpenAPI."""
    paths = document(application())["paths"]
    return [
        (
            method.upper(),
            re.compile(re.sub(r"\{\w+\}", "[^/]+", path)),
            {status: json.dumps(told) for status, told in one["responses"].items()},
        )
        for path, methods in paths.items()
        for method, one in methods.items()
    ]


async def documented(answer: httpx2.Response) -> None:
    """Fail where a route answers with a problem that its OpenAPI operation does not list."""
    await answer.aread()
    asked = answer.request
    for method, path, responses in listed_problems():
        if answer.status_code >= 400 and method == asked.method and path.fullmatch(asked.url.path):
            code = answer.json()["code"]
            assert f'/problem.{code}"' in responses.get(str(answer.status_code), ""), f"{method} {path.pattern}: {code}"


@asynccontextmanager
async def client_of(url: str, parties: Parties) -> AsyncIterator[Api]:
    """Open a client of a server and publish the party list."""
    hooks = {"response": [documented]}
    async with httpx2.AsyncClient(base_url=url, timeout=30, trust_env=False, event_hooks=hooks) as client:
        api = Api(client, parties)
        await api.publish()
        yield api
