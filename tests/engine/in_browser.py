"""Run the pinned engine in a Worker of Chromium, as the web client does."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Page, Route

from pratique.groups.engine_host import Engine, EngineError
from tests.web.browsers import chromium

ORIGIN = "https://engine.example"
_WORKER = """
import { answer } from "/engine.js"
onmessage = async ({ data }) => postMessage(await answer(data))
"""
# One question at a time, as the SDK asks.
_BEGIN = """() => {
  const worker = new Worker("/worker.js", {type: "module"})
  globalThis.ask = (line) => new Promise((done, failed) => {
    worker.onmessage = ({data}) => done(data)
    worker.onerror = (event) => failed(new Error(event.message))
    worker.postMessage(line)
  })
}"""


class BrowserEngine(Engine):
    """Asks the same bundle, which runs in a worker of a page."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page

    async def _call(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        line = json.dumps({"id": 1, "method": method, "params": params})
        async with self._turn:
            answer = json.loads(await self._page.evaluate("(line) => ask(line)", line))
        if "error" in answer:
            raise EngineError(answer["error"]["code"], answer["error"]["message"])
        result: dict[str, Any] = answer["result"]
        return result


@asynccontextmanager
async def browser_engine(bundle: Path) -> AsyncIterator[BrowserEngine]:
    """Give the engine in a Chromium of its own; nothing is fetched from any network."""
    files = {
        "/": ("text/html", "<!doctype html><title>engine</title>"),
        "/engine.js": ("text/javascript", bundle.read_text(encoding="utf-8")),
        "/worker.js": ("text/javascript", _WORKER),
    }

    async def serve(route: Route) -> None:
        kind, body = files[route.request.url.removeprefix(ORIGIN)]
        await route.fulfill(content_type=kind, body=body)

    async with chromium() as browser:
        context = await browser.new_context()
        await context.route("**/*", serve)
        page = await context.new_page()
        await page.goto(f"{ORIGIN}/")
        await page.evaluate(_BEGIN)
        yield BrowserEngine(page)
