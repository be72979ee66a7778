"""The HTTP edge of the SDK: where it connects, what it repeats, and what it makes of odd answers."""

from collections.abc import Callable

import httpx2
import pytest

from pratique import http
from pratique.errors import PratiqueError, Problem, ServerMistrusted, Unreachable
from pratique.http import Http, check_url

Handler = Callable[[httpx2.Request], httpx2.Response]


def server(handler: Handler) -> Http:
    return Http("https://pratique.example", httpx2.MockTransport(handler))


@pytest.mark.parametrize("url", ["http://pratique.example", "ftp://x", "https://", "https://u:p@x", "https://x?y", "x"])
def test_only_tls_leaves_this_machine(url: str) -> None:
    with pytest.raises(PratiqueError) as refused:
        check_url(url)
    assert refused.value.code == "bad_url"


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://[::1]:1", "http://localhost:1/", "https://x/base"])
def test_loopback_may_be_plain(url: str) -> None:
    assert check_url(url) == url.rstrip("/")


async def test_only_what_is_safe_to_repeat_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "FIRST_PAUSE_S", 0.001)
    asked: list[str] = []

    def fails(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.method)
        raise httpx2.ConnectError("nobody there")

    for method, repeat, times in (("GET", None, 5), ("POST", None, 1), ("POST", True, 5), ("GET", False, 1)):
        asked.clear()
        with pytest.raises(Unreachable):
            await server(fails).call(method, "/x", repeat=repeat)
        assert asked == [method] * times


async def test_busy_is_tried_again_and_what_is_refused_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "FIRST_PAUSE_S", 0.001)
    busy = {"code": "busy", "detail": "later", "action": "retry", "status": 503}
    answers = [httpx2.Response(503, json=busy), httpx2.Response(200, json={"ok": 1})]
    assert (await server(lambda _: answers.pop(0)).call("GET", "/x")).json() == {"ok": 1}
    stale = {"code": "stale_epoch", "detail": "moved", "action": "resync", "status": 409, "epoch": 7, "head_seq": 9}
    with pytest.raises(Problem) as refused:
        await server(lambda _: httpx2.Response(409, json=stale)).call("GET", "/x")
    assert (refused.value.code, refused.value.facts) == ("stale_epoch", {"epoch": 7, "head_seq": 9})


@pytest.mark.parametrize(
    ("response", "code"),
    [
        (httpx2.Response(302, headers={"location": "https://evil.example"}), "http_error"),
        (httpx2.Response(500, text="<html>"), "http_error"),
        (httpx2.Response(404, json=["not", "a", "problem"]), "http_error"),
    ],
)
async def test_odd_answers_are_refused(response: httpx2.Response, code: str) -> None:
    with pytest.raises(Problem) as refused:
        await server(lambda _: response).call("POST", "/x")
    assert refused.value.code == code


async def test_what_is_not_strict_json_or_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for body in (b"{", b'{"a":1,"a":2}', b'{"a":NaN}', b"\xff"):
        with pytest.raises(ServerMistrusted):
            (await server(lambda _, body=body: httpx2.Response(200, content=body)).call("GET", "/x")).json()  # type: ignore[misc]
    monkeypatch.setattr(http, "MAX_ANSWER_BYTES", 100)
    with pytest.raises(ServerMistrusted) as refused:
        await server(lambda _: httpx2.Response(200, content=bytes(101))).call("GET", "/x")
    assert refused.value.code == "answer_too_large"


async def test_a_problem_cannot_write_to_the_terminal() -> None:
    told = {"code": "x\u001b[2J", "detail": "a\u001b]0;evil\u0007\nb", "action": "fix"}
    with pytest.raises(Problem) as refused:
        await server(lambda _: httpx2.Response(400, json=told)).call("GET", "/x")
    assert str(refused.value).isprintable()
    assert refused.value.code.isprintable()
