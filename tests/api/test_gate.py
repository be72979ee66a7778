"""Hold what every request passes: sizes, hosts, encodings, headers, rates, and faults that tell nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from app.api import gate
from app.api.headers import GUARDING
from app.main import application
from tests.api.people import JSON, Api, client_of
from tests.faults.parties import Parties
from tests.serving import Served, serving

HEX = "0" * 64
CHALLENGE = b'{"device":"pratique://ke.stop.example/ncp/officer/abcd"}'


def code(answer: httpx2.Response) -> tuple[int, str]:
    """Give status and code of a problem."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]


async def streamed(data: bytes, piece: int = 65_536) -> AsyncIterator[bytes]:
    """Send without announcing a length."""
    for start in range(0, len(data), piece):
        yield data[start : start + piece]


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("/v1/challenges", gate.MAX_BODY_BYTES),
        ("/v1/channels", gate.MAX_POST_BYTES),
        (f"/v1/channels/{HEX}/entries", gate.MAX_POST_BYTES),
    ],
)
async def test_bodies_end_at_the_limit_announced_or_not(api: Api, path: str, limit: int) -> None:
    fits, over = b" " * limit, b" " * (limit + 1)
    for body in (fits, streamed(fits)):
        answer = await api.client.post(path, content=body, headers=JSON)
        assert answer.status_code in (400, 401)
    for body in (over, streamed(over)):
        answer = await api.client.post(path, content=body, headers=JSON)
        assert (*code(answer), answer.json()["limit_bytes"]) == (413, "body_too_large", limit)


@pytest.mark.parametrize("path", ["/v1/channels", f"/v1/channels/{HEX}/entries", "/v1/key-packages"])
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer of.no.token"}])
async def test_a_stranger_s_body_is_not_parsed(api: Api, path: str, headers: dict[str, str]) -> None:
    for body in (b"not JSON", b"[" + b"[]," * 1000):
        assert code(await api.client.post(path, content=body, headers=JSON | headers)) == (401, "not_signed_in")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, identity", "x"])
async def test_packed_bodies_are_refused(api: Api, encoding: str) -> None:
    answer = await api.client.post("/v1/challenges", content=CHALLENGE, headers=JSON | {"Content-Encoding": encoding})
    assert code(answer) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:80", "", "127.0.0.1@evil.example", "localhost."]
)
async def test_foreign_hosts_are_refused(api: Api, host: str) -> None:
    assert code(await api.client.get("/healthz", headers={"Host": host})) == (421, "wrong_host")


@pytest.mark.parametrize("host", ["127.0.0.1", "LOCALHOST:9", "[::1]", "[::1]:8000"])
async def test_our_hosts_are_served(api: Api, host: str) -> None:
    assert (await api.client.get("/healthz", headers={"Host": host})).status_code == 200


async def test_what_is_not_there_is_a_problem(api: Api) -> None:
    assert code(await api.client.get("/nowhere")) == (404, "not_found")
    assert code(await api.client.get("/v1/deployment/")) == (404, "not_found")
    assert code(await api.client.get("/v1/stream")) == (404, "not_found")
    refused = await api.client.delete("/v1/deployment")
    assert (*code(refused), refused.headers["allow"]) == (405, "method_not_allowed", "GET")
    assert code(await api.client.request("TRACE", "/v1/deployment"))[0] == 405


async def test_every_answer_carries_the_guarding_headers(api: Api) -> None:
    ids = set()
    for path in ("/healthz", "/v1/deployment", "/nowhere", "/v1/channels", "/docs"):
        headers = (await api.client.get(path)).headers
        ids.add(headers["x-request-id"])
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert "server" not in headers
    assert len(ids) == 5


async def test_a_fault_of_ours_is_opaque(api: Api, served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    class Broken:
        def read(self) -> Any:
            raise RuntimeError("secret-of-the-caller")

        now_ms = served.app.state.database.now_ms

    kept, served.app.state.database = served.app.state.database, Broken()
    answer = await api.client.get("/v1/deployment")
    served.app.state.database = kept
    assert code(answer) == (500, "internal")
    assert all(answer.headers[name.decode()] == text.decode() for name, text in GUARDING)
    written = capsys.readouterr()
    assert answer.headers["x-request-id"] in written.out + written.err
    assert "secret-of-the-caller" not in answer.text + written.out + written.err


def test_every_route_without_a_token_is_counted_by_address() -> None:
    paths = application().openapi()["paths"]
    public = {path for path, methods in paths.items() if any("security" not in one for one in methods.values())}
    assert {path for path in paths if gate.PUBLIC.fullmatch(path)} == public


async def test_rates_are_kept_per_address_and_per_device(tmp_path: Path, sqlite_database_url: str) -> None:
    parties = Parties()
    async with (
        serving(
            tmp_path / "server", sqlite_database_url, parties.root, requests_per_minute=5, anonymous_per_minute=40
        ) as served,
        client_of(served.url, parties) as api,
    ):
        first, second = [await api.sign_in(await api.bring(party)) for party in ("ke", "be")]
        for _ in range(5):
            assert (await api.call("GET", "/v1/channels", token=first)).status_code == 200
        refused = await api.call("GET", "/v1/channels", token=first)
        assert code(refused) == (429, "too_many_requests")
        assert 0 < int(refused.headers["retry-after"]) == refused.json()["retry_after_s"] <= 60
        assert (await api.call("GET", "/v1/channels", token=second)).status_code == 200
        answers = [(await api.call("GET", "/healthz")).status_code for _ in range(60)]
        assert answers[0] == 200 and answers[-1] == 429
        # A bad token counts for the address too, so guessing is no way around, nor is a token where none is needed.
        assert code(await api.call("GET", "/healthz", token=second)) == (429, "too_many_requests")
        assert code(await api.call("GET", "/v1/channels", token="guess")) == (429, "too_many_requests")
