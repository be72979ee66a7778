"""Hold which builds an enrolled browser takes: those that the operation's root has signed, newest last, whole (P-5)."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.async_api import Page

from app.api.gate import Gate
from app.api.pages import Pages
from pratique.wire.bodies import Release
from pratique.wire.statements import sign
from tests.faults.parties import DEPLOYMENT, Parties
from tests.serving import Served, serving
from tests.web.browsers import chromium, need_pages

MARK = "</html>"
# Pin as the worker does at enrolment (web/src/sw/kept.ts), then look as a page does every quarter of an hour.
PIN = """async (to) => {
  const pin = await caches.open("pratique-pin")
  await pin.put("/", new Response(JSON.stringify(to)))
}"""
LOOK = """async () => {
  const {port1, port2} = new MessageChannel()
  const {active} = await navigator.serviceWorker.ready
  return new Promise((done) => {
    port1.onmessage = ({data}) => done(data)
    active.postMessage({release: "check"}, [port2])
  })
}"""
INSTALLED = """async () => {
  await navigator.serviceWorker.ready
  if (navigator.serviceWorker.controller === null)
    await new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done, {once: true}))
  return true
}"""
# A page that was left lives a moment longer, and while it does, no other build takes its place.
ALONE = """async (most) => {
  while ((await clients.matchAll({type: "window", includeUncontrolled: true})).length > most)
    await new Promise((done) => setTimeout(done, 20))
}"""


class Origin:
    """A server whose operator offers what he likes, and one browser of an officer."""

    def __init__(self, served: Served, folder: Path, page: Page) -> None:
        self._served, self._folder, self.page = served, folder, page
        self.root = Ed25519PrivateKey.generate()
        self.pages = Path(shutil.copytree(need_pages(), folder / "pages"))

    @property
    def url(self) -> str:
        """The address of everything."""
        return self._served.url

    def change(self, name: str, data: bytes) -> None:
        """Put other bytes, or a file more, into the build, and name them in its manifest."""
        (self.pages / name).write_bytes(data)
        (self.pages / f"{name}.gz").unlink(missing_ok=True)
        manifest = json.loads((self.pages / "release.json").read_bytes())
        manifest["files"][name] = hashlib.sha256(data).hexdigest()
        self._write(manifest)

    def _write(self, manifest: Any) -> None:
        (self.pages / "release.json").write_text(json.dumps(manifest))
        (self.pages / "release.json.gz").unlink(missing_ok=True)

    def write_on_page(self, words: str) -> None:
        """Make another build, whose first page holds these words."""
        page = (need_pages() / "index.html").read_bytes()
        self.change("index.html", page.replace(MARK.encode(), f"<!-- {words} -->{MARK}".encode()))

    def sign(self, number: int, *, key: Ed25519PrivateKey | None = None, deployment: str = DEPLOYMENT) -> None:
        """Sign the build as it stands."""
        digest = hashlib.sha256((self.pages / "release.json").read_bytes()).hexdigest()
        body = Release(deployment=deployment, number=number, manifest=digest)
        (self._folder / "statement").write_bytes(sign(body, signer="root", key=key or self.root).raw)

    def offer(self) -> None:
        """Serve the build and its statement as they stand now."""
        gate = self._served.running.config.app
        assert isinstance(gate, Gate)
        gate._pages = Pages(self.pages, self._folder / "statement")

    async def enrol(self) -> None:
        """Pin the root."""
        await self.page.evaluate(
            PIN, {"deployment": DEPLOYMENT, "root_key": self.root.public_key().public_bytes_raw().hex()}
        )

    async def look(self) -> dict[str, str]:
        """Let the browser look at what is offered; give what its pages are told."""
        told: dict[str, str] = await self.page.evaluate(LOOK)
        return told

    async def shown(self) -> str:
        """Open the application anew and give the source of its page."""
        await self.page.goto("about:blank")
        await self.page.context.service_workers[0].evaluate(ALONE, len(self.page.context.pages) - 1)
        answer = await self.page.goto(self.url)
        assert answer is not None
        assert answer.from_service_worker
        return await answer.text()


@pytest_asyncio.fixture
async def origin(tmp_path: Path, sqlite_database_url: str) -> AsyncIterator[Origin]:
    """Give a browser that has installed the first build, unsigned, as on a first visit."""
    need_pages()
    async with AsyncExitStack() as opened:
        browser = await opened.enter_async_context(chromium())
        parties = Parties()
        served = await opened.enter_async_context(serving(tmp_path / "server", sqlite_database_url, parties.root))
        context = await browser.new_context()
        made = Origin(served, tmp_path, await context.new_page())
        made.offer()
        await made.page.goto(made.url)
        assert await made.page.evaluate(INSTALLED)
        yield made


async def test_it_keeps_every_file_of_the_build_under_our_headers_and_nothing_else(origin: Origin) -> None:
    kept: dict[str, dict[str, str]] = await origin.page.evaluate(
        """async () => {
          const found = {}
          for (const name of await caches.keys()) if (name.startsWith("pratique-files-")) {
            const cache = await caches.open(name)
            for (const {url} of await cache.keys()) {
              const answer = await cache.match(url)
              const hash = await crypto.subtle.digest("SHA-256", await answer.clone().arrayBuffer())
              found[new URL(url).pathname.slice(1)] = {...Object.fromEntries(answer.headers),
                digest: [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("")}
            }
          }
          return found
        }"""
    )
    manifest = kept.pop("release.json")
    assert manifest["digest"] == hashlib.sha256((origin.pages / "release.json").read_bytes()).hexdigest()
    files = json.loads((origin.pages / "release.json").read_bytes())["files"]
    assert {name: one["digest"] for name, one in kept.items()} == files
    served = await origin.page.request.get(f"{origin.url}/engine.js", headers={"Accept-Encoding": "identity"})
    ours = {name: text for name, text in served.headers.items() if name in kept["engine.js"]}
    assert len(ours) == 7 and ours == {name: text for name, text in kept["engine.js"].items() if name != "digest"}


async def test_offline_it_opens_and_what_it_asks_of_the_api_is_never_kept(origin: Origin) -> None:
    ask = "fetch('/v1/deployment').then((answer) => answer.status, () => 'unreachable')"
    assert await origin.page.evaluate(ask) == 200
    await origin.page.context.set_offline(True)
    assert MARK in await origin.shown()
    assert await origin.page.evaluate(ask) == "unreachable"


async def test_before_enrolment_a_new_build_is_taken_when_the_pages_begin_anew(origin: Origin) -> None:
    origin.write_on_page("second")
    origin.offer()
    assert await origin.look() == {"state": "ready"}
    assert "second" in await origin.shown()


async def test_a_build_that_waits_unsigned_when_the_browser_enrols_never_runs(origin: Origin) -> None:
    origin.write_on_page("second")
    origin.offer()
    assert await origin.look() == {"state": "ready"}
    await origin.enrol()
    assert "second" not in await origin.shown()
    assert (await origin.look())["code"] == "unsigned"
    origin.sign(1)
    origin.offer()
    assert await origin.look() == {"state": "ready"}
    assert "second" in await origin.shown()


async def test_an_enrolled_browser_takes_signed_builds_in_order_and_no_other(origin: Origin) -> None:
    await origin.enrol()
    assert (await origin.look())["code"] == "unsigned"  # what it has runs on; it has nothing else
    origin.sign(5)
    origin.offer()
    assert await origin.look() == {"state": "current"}

    origin.write_on_page("second")
    origin.offer()
    assert (await origin.look())["code"] == "wrong_release"
    origin.sign(6, key=Ed25519PrivateKey.generate())
    origin.offer()
    assert (await origin.look())["code"] == "bad_signature"
    origin.sign(6, deployment="other.example")
    origin.offer()
    assert (await origin.look())["code"] == "wrong_release"
    for number in (4, 5):
        origin.sign(number)
        origin.offer()
        assert (await origin.look())["code"] == "older_release"
    assert "second" not in await origin.shown()

    origin.sign(6)
    origin.offer()
    assert await origin.look() == {"state": "ready"}
    assert "second" in await origin.shown()

    origin.write_on_page("first again")
    origin.sign(5)
    origin.offer()
    assert (await origin.look())["code"] == "older_release"
    assert "second" in await origin.shown()


async def test_a_page_can_have_the_new_build_at_once(origin: Origin) -> None:
    other = await origin.page.context.new_page()
    await other.goto(origin.url)
    origin.write_on_page("second")
    origin.offer()
    assert await origin.look() == {"state": "ready"}
    assert "second" not in await origin.shown()  # another page runs: both stay with what they began with
    async with other.expect_navigation(), origin.page.expect_navigation():
        await origin.page.evaluate(
            "navigator.serviceWorker.ready.then(({active}) => { active.postMessage({release: 'apply'}) })"
        )
    assert "second" in await other.evaluate("fetch('/').then((answer) => answer.text())")


async def test_one_byte_of_one_file_keeps_the_whole_build_out(origin: Origin) -> None:
    await origin.enrol()
    origin.write_on_page("second")
    origin.sign(1)
    script = next(file for file in (origin.pages / "assets").iterdir() if file.suffix == ".js")
    data = bytearray(script.read_bytes())
    data[len(data) // 2] ^= 1
    script.write_bytes(data)
    script.with_name(f"{script.name}.gz").unlink(missing_ok=True)
    origin.offer()
    # A file that the browser has is not fetched again, so the flipped one must be new to it as well.
    renamed = script.with_name(f"new-{script.name}")
    script.rename(renamed)
    manifest = json.loads((origin.pages / "release.json").read_bytes())
    manifest["files"][f"assets/{renamed.name}"] = manifest["files"].pop(f"assets/{script.name}")
    origin._write(manifest)
    origin.sign(1)
    origin.offer()
    assert (await origin.look())["code"] == "wrong_file"
    assert "second" not in await origin.shown()


async def test_a_page_of_the_server_s_own_making_runs_nothing_and_reaches_nothing(origin: Origin) -> None:
    """Somebody is sent a link to a page that is not of the build, whose script would read what is stored here."""
    script = b"document.documentElement.dataset.ran = 'yes'"
    (origin.pages / "evil.js").write_bytes(script)
    (origin.pages / "evil.html").write_bytes(b"<!doctype html><title>evil</title><script src='/evil.js'></script>")
    origin.offer()
    await origin.page.goto(f"{origin.url}/evil.html")
    assert await origin.page.title() == "evil"
    assert await origin.page.evaluate("document.documentElement.dataset.ran") is None
    for folder in ("v1", "docs"):  # what is asked of the API each time may be read, never run
        (origin.pages / folder).mkdir()
        (origin.pages / folder / "evil.js").write_bytes(script)
    origin.offer()
    await origin.shown()
    said = ".then(() => 'given', () => 'refused')"
    assert await origin.page.evaluate(f"fetch('/evil.js'){said}") == "refused"
    for folder in ("v1", "docs"):
        assert await origin.page.evaluate(f"fetch('/{folder}/evil.js'){said}") == "given"
        assert await origin.page.evaluate(f"import('/{folder}/evil.js'){said}") == "refused"
    assert await origin.page.evaluate("document.documentElement.dataset.ran") is None


async def test_goodbye_leaves_nothing(origin: Origin) -> None:
    await origin.enrol()
    await origin.page.evaluate("fetch('/goodbye', {method: 'POST'}).then((answer) => answer.status)")
    left = "Promise.all([caches.keys(), navigator.serviceWorker.getRegistrations(), indexedDB.databases()])"
    assert [len(one) for one in await origin.page.evaluate(left)] == [0, 0, 0]
