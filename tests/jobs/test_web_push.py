"""A push is what the RFCs say it is, of one size, and goes nowhere but to the push services that were named."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from app.authentication import token_key
from app.delivery.alerts import Alert
from app.delivery.subscriptions import Push, PushHosts
from app.errors import SubscriptionRefused
from app.jobs import web_push
from app.jobs.web_push import Outcome, WebPush, public_key, seal
from pratique.wire.entries import Urgency
from tests.jobs.away import Browser, b64url, push_service

NOW_MS = 1_790_000_000_000
DEVICE = "pratique://ke.stop.example/ncp/officer/abcd"


def alert(urgency: Urgency = Urgency.URGENT, count: int = 1, operation: bytes = bytes(32)) -> Alert:
    return Alert(DEVICE, "push", operation, urgency, count, 1, ())


@pytest.fixture
def pem(tmp_path: Path) -> bytes:
    return token_key.load(tmp_path / "push-key.pem")


def test_the_example_of_rfc_8291_comes_out_byte_for_byte() -> None:
    own = ec.derive_private_key(
        int.from_bytes(b64url("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big"), ec.SECP256R1()
    )
    receiver = Push(
        "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV",
        b64url("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
        b64url("BTBZMqHH6r4Tts7J_aSIgg"),
    )
    sealed = seal(b"When I grow up, I want to be a watermelon", receiver, b64url("DGv6ra1nlYgDCS1FRnbzlw"), own)
    assert sealed == b64url(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


async def test_it_says_three_things_to_the_browser_and_little_to_the_push_service(pem: bytes) -> None:
    async with push_service() as service:
        browser = Browser(f"{service.origin}/send/1")
        web = WebPush(pem, PushHosts({service.host}), "https://stop.example")
        for urgency, count in ((Urgency.URGENT, 1), (Urgency.ROUTINE, 5000)):
            assert (await web.send(alert(urgency, count), browser.push, "STOP-III", NOW_MS)).outcome is Outcome.TOLD
        first, second = service.came
        assert json.loads(browser.open(first.body)) == {"operation": "STOP-III", "urgency": "urgent", "count": 1}
        assert json.loads(browser.open(second.body)) == {"operation": "STOP-III", "urgency": "routine", "count": 999}
        assert len(first.body) == len(second.body)
        claims = first.claims(service.origin)
        assert claims == {
            "aud": service.origin,
            "exp": NOW_MS // 1000 + 12 * 3600,
            "sub": "https://stop.example",
            "k": public_key(pem),
        }
        told = [(one.headers["ttl"], one.headers["urgency"]) for one in (first, second)]
        assert told == [("86400", "high"), ("14400", "low")]
        assert first.headers["topic"] == second.headers["topic"] and re.fullmatch(r"[\w-]{32}", first.headers["topic"])
        await web.send(alert(operation=bytes([1] * 32)), browser.push, "HYGIEA", NOW_MS)
        assert service.came[2].headers["topic"] != first.headers["topic"]
        for one in service.came:
            seen = f"{one.path} {one.headers}".encode() + one.body
            assert not any(word in seen for word in (b"STOP-III", b"HYGIEA", b"officer", b"stop.example/"))


@pytest.mark.parametrize(
    ("status", "headers", "outcome", "wait_s"),
    [(200, {}, "told", 0), (404, {}, "gone", 0), (410, {}, "gone", 0), (503, {}, "later", 0),
     (429, {"retry-after": "120"}, "later", 120), (500, {"retry-after": "Sun, 22 Nov 2026 05:00:00 GMT"}, "later", 0),
     (403, {}, "refused", 0), (400, {}, "refused", 0),
     (307, {"location": "http://127.0.0.1:1/"}, "refused", 0)],
)  # fmt: skip
async def test_what_the_push_service_answers_is_judged(
    pem: bytes, status: int, headers: dict[str, str], outcome: str, wait_s: int
) -> None:
    async with push_service() as service:
        service.answers.append((status, headers))
        web = WebPush(pem, PushHosts({service.host}), "https://stop.example")
        ended = await web.send(alert(), Browser(f"{service.origin}/send/1").push, "STOP-III", NOW_MS)
        assert (ended.outcome.value, ended.wait_s, len(service.came)) == (outcome, wait_s, 1)


@pytest.mark.parametrize("found", [["10.0.0.8"], ["8.8.8.8", "127.0.0.1"], ["169.254.169.254"], ["fd00::1"]])
async def test_a_name_that_leads_inside_is_not_called(pem: bytes, found: list[str]) -> None:
    async def inside(host: str, port: int) -> list[str]:
        assert (host, port) == ("push.example", 443)
        return found

    web = WebPush(pem, PushHosts({"push.example"}), "https://stop.example", inside)
    ended = await web.send(alert(), Browser("https://push.example/send/1").push, "STOP-III", NOW_MS)
    assert ended.outcome is Outcome.REFUSED


async def test_a_push_service_that_the_operator_took_off_the_list_ends_the_subscription(pem: bytes) -> None:
    async with push_service() as service:
        web = WebPush(pem, PushHosts({"push.example"}), "https://stop.example")
        ended = await web.send(alert(), Browser(f"{service.origin}/send/1").push, "STOP-III", NOW_MS)
        assert (ended.outcome, service.came) == (Outcome.GONE, [])


async def test_nobody_there_is_tried_again(pem: bytes) -> None:
    async with push_service() as service:
        host, browser = service.host, Browser(f"{service.origin}/send/1")
    ended = await WebPush(pem, PushHosts({host}), "https://x.example").send(alert(), browser.push, "STOP-III", NOW_MS)
    assert ended.outcome is Outcome.LATER


HOSTS = PushHosts({"push.example", "*.notify.example", "127.0.0.1:8123"})


@pytest.mark.parametrize(
    "endpoint",
    ["https://push.example/a/b?c=d", "https://PUSH.example/x", "https://a.notify.example/x", "http://127.0.0.1:8123/x"],
)
def test_the_push_services_that_were_named_are_called(endpoint: str) -> None:
    assert HOSTS.read(endpoint)


@pytest.mark.parametrize(
    "endpoint",
    ["http://push.example/x", "https://push.example:8443/x", "https://notify.example/x", "https://evilnotify.example/x",
     "https://push.example.evil.example/x", "https://push.example@evil.example/x",
     "https://evil.example/push.example", "ftp://push.example/x", "https://127.0.0.1/x", "http://127.0.0.1:8124/x", "http://localhost:8123/x",
     "https://[::1]/x", "https://2130706433/x", "https://169.254.169.254/x", "https://push.example/x#y", "https://push.example\\@evil.example/",
     "https://push.example/ x", "https://pushÄ.example/x", ""],
)  # fmt: skip
def test_no_other_place_is(endpoint: str) -> None:
    with pytest.raises(SubscriptionRefused):
        HOSTS.read(endpoint)


def test_none_switches_pushes_off() -> None:
    assert not PushHosts({"none"}) and PushHosts({"push.example"})
    with pytest.raises(SubscriptionRefused):
        PushHosts({"none"}).read("https://none/x")


def test_every_operation_code_fits_the_one_size() -> None:
    longest = {"operation": "A" * 24, "urgency": "priority", "count": web_push.MOST_COUNT}
    assert len(json.dumps(longest)) <= web_push.PLAIN_BYTES
