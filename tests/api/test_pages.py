"""Hold how the web client is served, and the headers of every answer, whoever gives it."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.api.headers import GUARDING, PAGE_POLICY
from app.api.pages import Pages, takes_gzip
from pratique.wire.bodies import Release
from pratique.wire.statements import sign
from tests.faults.parties import Parties
from tests.serving import Served, serving

SCRIPT = b"export const words = 'the same words again and again'\n" * 50
FILES = {
    "index.html": b"<!doctype html><title>Pratique</title>",
    "assets/main-abc123.js": SCRIPT,
    "assets/font-abc123.woff2": b"wOF2" + bytes(40),
    "assets/places-abc123.gz": gzip.compress(b"a list that the page unpacks itself"),
    "sw.js": b"// worker",
    "engine.js": SCRIPT,
    "manifest.webmanifest": b"{}",
    "icons/pratique.svg": b"<svg/>",
}


def build(folder: Path) -> Path:
    """Write what a build leaves behind."""
    for name, data in FILES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        if data == SCRIPT:
            file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(data))
    manifest = {"version": "1", "files": {name: hashlib.sha256(data).hexdigest() for name, data in FILES.items()}}
    (folder / "release.json").write_text(json.dumps(manifest))
    return folder


def signed(folder: Path) -> bytes:
    """Sign a build as a root would; whose key it is, the server does not ask."""
    digest = hashlib.sha256((folder / "release.json").read_bytes()).hexdigest()
    body = Release(deployment="stop.example", number=1, manifest=digest)
    return sign(body, signer="root", key=Ed25519PrivateKey.from_private_bytes(bytes(32))).raw


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """Give the folder of a build."""
    return build(tmp_path / "pages")


@pytest_asyncio.fixture
async def web(tmp_path: Path, sqlite_database_url: str, parties: Parties, pages: Path) -> AsyncIterator[Served]:
    """Give a server that serves it, with few requests allowed to strangers."""
    (tmp_path / "release.statement").write_bytes(signed(pages))
    given = {"pages": pages, "release_statement": tmp_path / "release.statement", "anonymous_per_minute": 30}
    async with serving(tmp_path / "server", sqlite_database_url, parties.root, **given) as running:
        yield running


@pytest_asyncio.fixture
async def browser(web: Served) -> AsyncIterator[httpx2.AsyncClient]:
    """Give a client that asks for nothing packed unless told so."""
    async with httpx2.AsyncClient(base_url=web.url, headers={"Accept-Encoding": "identity"}) as client:
        yield client


async def test_every_file_of_the_build_is_served_with_its_kind_and_life(browser: httpx2.AsyncClient) -> None:
    kinds = {
        "/": ("text/html; charset=utf-8", "no-cache"),
        "/assets/main-abc123.js": ("text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        "/assets/font-abc123.woff2": ("font/woff2", "public, max-age=31536000, immutable"),
        "/assets/places-abc123.gz": ("application/gzip", "public, max-age=31536000, immutable"),
        "/sw.js": ("text/javascript; charset=utf-8", "no-cache"),
        "/engine.js": ("text/javascript; charset=utf-8", "no-cache"),
        "/manifest.webmanifest": ("application/manifest+json", "no-cache"),
        "/icons/pratique.svg": ("image/svg+xml", "no-cache"),
    }
    assert len(kinds) == len(FILES)
    for path, (kind, life) in kinds.items():
        answer = await browser.get(path)
        assert answer.status_code == 200
        assert answer.content == FILES[path.removeprefix("/") or "index.html"]
        assert (answer.headers["content-type"], answer.headers["cache-control"]) == (kind, life)
        head = await browser.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == str(len(answer.content))
    assert hashlib.sha256((await browser.get("/release.json")).content).hexdigest() in repr(
        (await browser.get("/release.statement")).content
    )


async def test_a_packed_file_is_sent_packed_to_whoever_takes_it(browser: httpx2.AsyncClient) -> None:
    async def ask(**headers: str) -> httpx2.Response:
        return await browser.get("/engine.js", headers={name.replace("_", "-"): text for name, text in headers.items()})

    whole, packed = await ask(), await ask(Accept_Encoding="br, gzip")
    assert "content-encoding" not in whole.headers and packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(SCRIPT) / 5
    assert whole.content == packed.content == SCRIPT
    assert whole.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"
    assert whole.headers["etag"] != packed.headers["etag"]
    for known in (whole, packed):
        again = await ask(Accept_Encoding="gzip", If_None_Match=known.headers["etag"])
        assert again.status_code == (304 if known is packed else 200)
    unpacked = await browser.get("/", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in unpacked.headers and "vary" not in unpacked.headers


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip", True),
        ("GZip;q=0.1", True),
        ("deflate, gzip;q=1.0, *;q=0.5", True),
        ("*", True),
        ("x-gzip", True),
        ("", False),
        ("identity", False),
        ("gzip;q=0", False),
        ("*, gzip;q=0.000", False),
        ("gzip;q=nan", False),
        ("gzip;q=-1", False),
        ("notgzip", False),
    ],
)
def test_gzip_is_negotiated_as_the_standard_says(accepted: str, packed: bool) -> None:
    assert takes_gzip(accepted) is packed


PATHS_OUT = (
    "/..%2fserver%2froot.der",
    "/../server/root.der",
    "/assets/../../server/root.der",
    "/%2e%2e/server/root.der",
    "/assets/%00",
    "//etc/passwd",
    "/assets/",
    "/index.html",
    "/engine.js.gz",
    "/ENGINE.JS",
    "/engine.js/",
    "/.well-known/x",
)


@pytest.mark.parametrize("path", PATHS_OUT)
async def test_what_the_build_does_not_name_is_not_there(web: Served, path: str) -> None:
    reader, writer = await asyncio.open_connection(*web.host.split(":"))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
    answered = await reader.read()
    writer.close()
    assert answered.startswith(b"HTTP/1.1 404"), answered
    assert b"not_found" in answered


async def test_only_reading_is_allowed(browser: httpx2.AsyncClient) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        answer = await browser.request(method, "/engine.js")
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


async def test_an_office_may_load_the_pages_at_once(browser: httpx2.AsyncClient) -> None:
    assert {(await browser.get("/engine.js")).status_code for _ in range(60)} == {200}
    assert {(await browser.get("/healthz")).status_code for _ in range(60)} == {200, 429}


async def test_goodbye_clears_for_our_own_pages_only(browser: httpx2.AsyncClient) -> None:
    told = await browser.post("/goodbye", headers={"Sec-Fetch-Site": "same-origin"})
    assert (told.status_code, told.headers["clear-site-data"]) == (204, '"cache", "cookies", "storage"')
    for site in ("cross-site", "same-site", "none", ""):
        refused = await browser.post("/goodbye", headers={"Sec-Fetch-Site": site} if site else {})
        assert refused.status_code == 403 and "clear-site-data" not in refused.headers
    assert (await browser.get("/goodbye", headers={"Sec-Fetch-Site": "same-origin"})).status_code == 405


async def test_every_answer_is_guarded(
    web: Served, browser: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Pages, API, errors of every layer and refused handshakes: none is without the headers."""
    asked = [
        *(("GET", path) for path in ("/", "/engine.js", "/icons/pratique.svg", "/release.statement", "/healthz")),
        *(("GET", path) for path in ("/v1/deployment", "/docs", "/docs/style.css", "/openapi.json")),
        *(("GET", path) for path in ("/nowhere", "/v1/stream", "/v1/channels")),
        *(("POST", path) for path in ("/", "/goodbye", "/v1/challenges", "/v1/deployment")),
        ("HEAD", "/"),
        ("OPTIONS", "/v1/deployment"),
    ]
    answers = [await browser.request(method, path) for method, path in asked]
    answers.append(await browser.get("/", headers={"Host": "evil.example"}))
    answers.append(await browser.get("/", headers={"If-None-Match": answers[0].headers["etag"]}))
    answers.append(await browser.post("/v1/challenges", json="x" * (1 << 21)))
    answers += [(await browser.get("/healthz")) for _ in range(40)][-1:]
    for path, headers in (("/v1/stream", {"Origin": "https://evil.example"}), ("/nowhere", {}), ("/", {})):
        answers.append(await _handshake(web, path, headers))
    assert {answer.status_code for answer in answers} >= {200, 304, 401, 403, 404, 405, 413, 415, 421, 429}
    for answer in answers:
        for name, text in GUARDING:
            assert answer.headers.get_list(name.decode()) == [text.decode()], answer.status_code
        for once in ("content-security-policy", "cache-control"):
            assert len(answer.headers.get_list(once)) == 1
        assert "server" not in answer.headers
    assert caplog.records == [], "a refusal is no fault of ours"


async def _handshake(web: Served, path: str, headers: dict[str, str]) -> httpx2.Response:
    asked = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"} | headers
    async with httpx2.AsyncClient(base_url=web.url) as client:
        answer = await client.get(path, headers=asked | {"Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="})
    assert (answer.status_code, answer.content) == (403, b"")
    return answer


async def test_what_runs_carries_the_policy_of_pages_and_nothing_else_does(browser: httpx2.AsyncClient) -> None:
    for path in ("/", "/sw.js", "/assets/main-abc123.js", "/engine.js"):
        assert (await browser.get(path)).headers["content-security-policy"] == PAGE_POLICY
    for path in ("/icons/pratique.svg", "/manifest.webmanifest", "/v1/deployment", "/nowhere"):
        policy = (await browser.get(path)).headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; frame-ancestors 'none'") and "self" not in policy


def test_the_policy_opens_nothing_to_others() -> None:
    directives = dict(part.split(" ", 1) for part in PAGE_POLICY.split("; "))
    assert directives["default-src"] == directives["frame-ancestors"] == directives["base-uri"] == "'none'"
    assert {source for name, sources in directives.items() if name.endswith("-src") for source in sources.split()} == {
        "'none'",
        "'self'",
        "blob:",
    }
    assert [name for name, sources in directives.items() if "blob:" in sources] == ["img-src"]


async def test_without_a_build_the_first_page_says_what_to_do(
    tmp_path: Path, sqlite_database_url: str, parties: Parties
) -> None:
    empty = tmp_path / "empty"
    async with (
        serving(tmp_path / "server", sqlite_database_url, parties.root, pages=empty) as running,
        httpx2.AsyncClient(base_url=running.url) as client,
    ):
        answer = await client.get("/")
        assert answer.status_code == 503 and "make web" in answer.text
        assert (await client.get("/engine.js")).status_code == 404
        assert (await client.get("/healthz")).status_code == 200


def test_a_file_that_no_build_writes_stops_the_start(pages: Path, tmp_path: Path) -> None:
    (pages / "notes.map").write_text("{}")
    with pytest.raises(ValueError, match=r"notes\.map"):
        Pages(pages, tmp_path / "none")


@pytest.mark.parametrize(
    ("wrong", "said"), [(b"no statement", "the release statement is none"), (None, "about another build")]
)
def test_a_statement_that_does_not_fit_is_told(
    pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: bytes | None, said: str
) -> None:
    statement = tmp_path / "statement"
    statement.write_bytes(signed(pages) if wrong is None else wrong)
    Pages(pages, statement)
    assert ("another build" in capsys.readouterr().out) is False
    if wrong is None:
        (pages / "release.json").write_text("{}")
    Pages(pages, statement)
    written = capsys.readouterr()
    assert said in written.out + written.err
