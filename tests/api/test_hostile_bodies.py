"""Send hostile bodies to every route that takes one: never a 5xx, never an echo, a problem or a plain success."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import uuid4

import pytest

from app.main import application
from pratique.http import text
from tests.api.hostile import BODIES, VALUES, bodies
from tests.api.people import JSON, Api

HEX = "0" * 64
DEVICE = "pratique://ke.stop.example/ncp/officer/abcd"
DRAFT = {"kind": "application", "epoch": 0, "urgency": "routine", "data_base64": "AAAA"}
# Every route with a body → a body of the right form.
GOOD: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/v1/party-lists"): {"statement": "AAAA"},
    ("POST", "/v1/invitations"): {"statement": "AAAA"},
    ("POST", "/v1/enrolments"): {
        "invitation": HEX,
        "token": "AAAA",
        "device": DEVICE,
        "key": text(bytes(32)),
        "signature": text(bytes(64)),
    },
    ("POST", "/v1/certificates"): {"certificate": "AAAA"},
    ("POST", "/v1/revocations"): {"statement": "AAAA"},
    ("POST", "/v1/challenges"): {"device": DEVICE},
    ("POST", "/v1/sessions"): {
        "device": DEVICE,
        "challenge": text(bytes(32)),
        "expires_ms": 1,
        "signature": text(bytes(64)),
    },
    ("POST", "/v1/key-packages"): {"key_packages": ["AAAA"], "last_resort": "AAAA"},
    ("POST", "/v1/key-package-claims"): {"channel": None, "devices": [DEVICE]},
    ("POST", "/v1/operations"): {"post_id": str(uuid4()), "statement": "AAAA"},
    ("POST", "/v1/operations/{operation}/statements"): {"post_id": str(uuid4()), "statement": "AAAA"},
    ("POST", "/v1/channels"): {
        "post_id": str(uuid4()),
        "drafts": [],
        "first_ratchet_tree": "AAAA",
        "group_info": "AAAA",
        "ratchet_tree": "AAAA",
    },
    ("POST", "/v1/channels/{channel}/entries"): {
        "post_id": str(uuid4()),
        "drafts": [DRAFT | {"to": [DEVICE]}],
        "group_info": "AAAA",
        "ratchet_tree": "AAAA",
    },
    ("PUT", "/v1/logs/{log_id}/cursor"): {"seq": 0},
    ("POST", "/v1/push-subscriptions"): {
        "push": {"endpoint": "https://push.example/1", "p256dh": text(bytes(65)), "auth": text(bytes(16))},
        "mail": {"address": "officer@ke.example", "language": "en", "least": "urgent"},
        "least": {HEX: "priority"},
    },
}


def test_the_corpus_is_large_and_every_route_with_a_body_is_listed() -> None:
    assert all(len({*bodies(good)}) >= 140 for good in GOOD.values())
    assert len({body for good in GOOD.values() for body in bodies(good)}) >= 2000
    assert len(set(VALUES)) + len(set(BODIES)) >= 130
    paths = application().openapi()["paths"]
    found = {
        (method.upper(), path)
        for path, methods in paths.items()
        for method, one in methods.items()
        if "application/json" in one.get("requestBody", {}).get("content", {})
    }
    assert found == set(GOOD)


@pytest.mark.parametrize("method, path", GOOD, ids=[path for _, path in GOOD])
async def test_no_body_upsets_the_server(api: Api, method: str, path: str) -> None:
    token = await api.sign_in(await api.bring("ocu"))
    address = path
    for name in ("operation", "channel", "log_id"):
        address = address.replace(f"{{{name}}}", HEX)
    mark = secrets.token_hex(8)
    wrong = []
    for body in (*bodies(GOOD[method, path]), f'{{"{mark}":"{mark}"}}'.encode(), f'"{mark}'.encode()):
        answer = await api.client.request(
            method, address, content=body, headers=JSON | {"Authorization": f"Bearer {token}"}
        )
        if answer.status_code < 400:
            continue
        told = answer.headers["content-type"] == "application/problem+json"
        if answer.status_code >= 500 or not told or mark in answer.text or "officer/" in answer.text:
            wrong.append((body[:80], answer.status_code, answer.text[:200]))
    assert wrong == []


@pytest.mark.parametrize(
    "media",
    ["", "text/plain", "application/json; charset=utf-16", "application/xml", "multipart/form-data; boundary=x",
     "application/cloudevents+json", "application/json, text/plain", "application/x-www-form-urlencoded"],
)  # fmt: skip
async def test_only_plain_json_is_taken(api: Api, media: str) -> None:
    headers = {"Content-Type": media} if media else {}
    answer = await api.client.post("/v1/challenges", content=b'{"device":"pratique://ke/a/b/cdef"}', headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
