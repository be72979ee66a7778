"""Who may ask a gateway, how, and how little a refusal tells."""

import asyncio
import json
import os
import random
from pathlib import Path
from typing import Any

import httpx2
import pytest

from pratique.errors import PratiqueError
from pratique.gateway import api_keys
from pratique.gateway.app import routes
from pratique.gateway.gate import MAX_BODY_BYTES, Gate
from pratique.gateway.settings import Settings, read_allowed, read_listen
from tests.api.hostile import bodies
from tests.gateway.site import announcement, log_of, members, site
from tests.world import world

OPERATIONS = [
    (method.upper(), path) for path, methods in routes().openapi()["paths"].items() for method in methods
]  # fmt: skip


def gate(key_file: Path, **settings: Any) -> tuple[Gate, str]:
    """Give a gate before routes that nothing reaches here, and a good key."""
    key = api_keys.make(key_file)
    return Gate(routes(), Settings(key_hashes=api_keys.read(key_file), **settings)), key


def client(application: Gate, **headers: str) -> httpx2.AsyncClient:
    """Give a client of an application in this process."""
    transport = httpx2.ASGITransport(app=application)
    return httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8100", headers=headers)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
async def test_every_route_but_health_asks_for_the_key(method: str, path: str, tmp_path: Path) -> None:
    application, key = gate(tmp_path / "keys")
    wrong = [
        None,
        "",
        "Bearer",
        "Bearer ",
        f"Bearer {key}x",
        f"Bearer {key[:-1]}",
        f"Basic {key}",
        key,
        "Bearer \u00ff",
    ]
    told = set()
    async with client(application) as asking:
        for one in wrong:
            headers = {} if one is None else {"Authorization": one.encode("latin-1")}
            answer = await asking.request(method, path.replace("{", "").replace("}", ""), headers=headers)  # type: ignore[arg-type]
            if path == "/healthz":
                assert answer.status_code == 200
                continue
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
            told.add(answer.content)
    assert len(told) == (path != "/healthz"), "all refusals look the same"


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:8100",
        "127.0.0.2",
        "",
        "[::2]",
        "localhost@x",
        "0",
    ],
)
async def test_a_rebound_name_reaches_nothing(host: str, tmp_path: Path) -> None:
    application, key = gate(tmp_path / "keys")
    async with client(application, Authorization=f"Bearer {key}") as asking:
        for path in ("/healthz", "/v1/webhooks"):
            answer = await asking.get(path, headers={"Host": host, "Origin": "https://evil.example"})
            assert answer.status_code == 421
            assert not any(name.startswith("access-control") for name in answer.headers)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8100", "LOCALHOST:1", "[::1]:8100", "gateway.ke.example"])
async def test_its_own_names_are_answered(host: str, tmp_path: Path) -> None:
    application, _ = gate(tmp_path / "keys", hosts=frozenset({"gateway.ke.example"}))
    async with client(application) as asking:
        assert (await asking.get("/healthz", headers={"Host": host})).status_code == 200


async def test_a_preflight_is_refused(tmp_path: Path) -> None:
    application, _ = gate(tmp_path / "keys")
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    async with client(application) as asking:
        answer = await asking.options("/v1/prenotifications", headers=headers)
    assert answer.status_code == 401
    assert not any(name.startswith("access-control") for name in answer.headers)


async def test_bodies_are_bounded_plain_and_json(tmp_path: Path) -> None:
    application, key = gate(tmp_path / "keys")
    kind = {"Content-Type": "application/json"}

    async def endless() -> Any:
        for _ in range(MAX_BODY_BYTES // 65_536 + 1):
            yield b" " * 65_536

    async with client(application, Authorization=f"Bearer {key}") as asking:
        path = "/v1/prenotifications:check"
        assert (await asking.post(path, content=b" " * (MAX_BODY_BYTES + 1), headers=kind)).status_code == 413
        assert (await asking.post(path, content=endless(), headers=kind)).status_code == 413
        assert (await asking.post(path, content=b"{}", headers=kind | {"Content-Encoding": "gzip"})).status_code == 415
        assert (await asking.post(path, content=b"{}")).status_code == 415
        assert (await asking.post(path, content=b"{}", headers={"Content-Type": "text/plain"})).status_code == 415
        wrong = await asking.post(path, content=b'{"form":NaN}', headers=kind)
        assert (wrong.status_code, wrong.headers["content-type"]) == (400, "application/problem+json")


async def test_only_so_many_are_worked_on_at_once(tmp_path: Path) -> None:
    release = asyncio.Event()

    async def slow(_scope: Any, _receive: Any, send: Any) -> None:
        await release.wait()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    key = api_keys.make(tmp_path / "keys")
    application = Gate(slow, Settings(key_hashes=api_keys.read(tmp_path / "keys"), most_at_once=2))
    async with client(application, Authorization=f"Bearer {key}") as asking:
        waiting = [asyncio.create_task(asking.get("/v1/webhooks")) for _ in range(2)]
        while application._free:
            await asyncio.sleep(0)
        refused = await asking.get("/v1/webhooks")
        assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (503, "busy", "1")
        release.set()
        assert [(await one).status_code for one in waiting] == [204, 204]
        assert (await asking.get("/v1/webhooks")).status_code == 204


async def test_no_hostile_body_breaks_it_or_is_said_again(tmp_path: Path, sqlite_database_url: str) -> None:
    chosen = random.Random(3)
    async with world(tmp_path, sqlite_database_url) as w:
        m = await members(w)
        with log_of() as log:
            async with site(w, m.be, m.operation) as here:
                reference = (await here.post("/v1/prenotifications", announcement(), "1")).json()["reference"]
                events = f"/v1/prenotifications/{reference}/events"
                # Only a transit Member reports this step: whatever has its form is refused all the same.
                movement = {
                    "type": "movement",
                    "step": "TRANSIT_IN",
                    "happened_at": "2026-11-20T10:00Z",
                    "place": "AEDXB",
                }
                webhook = {"url": "https://10.0.0.1/", "types": ["answer"], "own": True, "secret": "whsec_x"}
                goods = announcement()
                asked = [("/v1/prenotifications:check", one) for one in chosen.sample(list(bodies(goods)), 150)]
                asked += [(events, one) for one in chosen.sample(list(bodies(movement)), 250)]
                asked += [("/v1/webhooks", one) for one in chosen.sample(list(bodies(webhook)), 150)]
                seen: dict[int, int] = {}
                for number, (path, body) in enumerate(asked):
                    headers = {"Content-Type": "application/json", "Idempotency-Key": str(number)}
                    answer = await here.client.post(path, content=body, headers=headers)
                    seen[answer.status_code] = seen.get(answer.status_code, 0) + 1
                    assert answer.status_code < 500, (path, body[:200], answer.text)
                    if answer.status_code >= 400:
                        assert answer.json()["code"], path
                        assert len(answer.content) < 40_000
                assert seen[400] > 100
                assert seen[422] > 100
                hostile = b'{"type":"movement","step":"sk\\u0001-secret-mark","happened_at":"x"}'
                headers = {"Content-Type": "application/json", "Idempotency-Key": "last"}
                answer = await here.client.post(events, content=hostile, headers=headers)
                assert "secret-mark" not in answer.text
                for path in ("/v1/prenotifications/nothing", "/v1/x", "/v1/codes/..%2f..%2fetc", "/v1/templates/../x"):
                    assert (await here.client.get(path)).status_code == 404
            assert "secret-mark" not in log.getvalue()
            assert all(json.loads(line) for line in log.getvalue().splitlines())


def test_other_machines_need_mutual_tls(tmp_path: Path) -> None:
    hashes = frozenset({"0" * 64})
    tls: dict[str, Any] = dict.fromkeys(("tls_certificate", "tls_key", "tls_client_ca"), tmp_path)
    for host in ("0.0.0.0", "10.1.2.3", "::", "gateway.ke.example"):
        with pytest.raises(PratiqueError) as refused:
            Settings(key_hashes=hashes, host=host)
        assert refused.value.code == "insecure_listen"
        assert Settings(key_hashes=hashes, host=host, **tls)
        with pytest.raises(PratiqueError):
            Settings(key_hashes=hashes, host=host, tls_certificate=tmp_path, tls_key=tmp_path)
    with pytest.raises(PratiqueError):
        Settings(key_hashes=hashes, host="127.0.0.1", tls_key=tmp_path)


def test_a_key_file_is_private_and_holds_hashes_only(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    first, second = api_keys.make(file), api_keys.make(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert first not in file.read_text()
    hashes = api_keys.read(file)
    for key in (first, second):
        assert api_keys.holds(hashes, f"Bearer {key}".encode())
        assert not api_keys.holds(hashes, f"Bearer {key} ".encode())
    for line in hashes:
        assert not api_keys.holds(hashes, f"Bearer {line}".encode()), "a hash is no key"
    os.chmod(file, 0o640)
    with pytest.raises(PratiqueError) as refused:
        api_keys.read(file)
    assert refused.value.code == "exposed_key_file"
    os.chmod(file, 0o600)
    for content in ("", "# nothing\n", "sha256:00\n", first + "\n", "sha256:" + "0" * 64 + "\nx\n"):
        file.write_text(content)
        with pytest.raises(PratiqueError):
            api_keys.read(file)


@pytest.mark.parametrize(
    "text", ["", "127.0.0.1", ":8100", "127.0.0.1:65536", "127.0.0.1:x", "::1:8100", "a b:1", "a:0"]
)
def test_addresses_are_read_strictly(text: str) -> None:
    with pytest.raises(PratiqueError):
        read_allowed(text)


def test_addresses_are_read() -> None:
    assert read_listen("[::1]:0") == ("::1", 0)
    assert read_allowed("National.KE.example:8443") == "national.ke.example:8443"
    assert read_allowed("[::1]:9000") == "[::1]:9000"
