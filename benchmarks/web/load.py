"""Measure what an officer waits for: first load, later loads, unlocking to Today; here and over a thin link."""

from __future__ import annotations

import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Page

from benchmarks.rounds import alternate, median, ratio
from benchmarks.table import Table
from benchmarks.web import hello
from benchmarks.web.link import Link, linked
from benchmarks.web.stages import WAIT_MS, Bench, bench, is_live, is_today
from tests.desk.desks import announced
from tests.web.pages import Officer, t

CONSIGNMENTS = 6


@dataclass(frozen=True)
class Waited:
    """Until something stood on the screen. Unit: ms; KiB that came down until then"""

    ms: float
    kib: float


async def run(quick: bool) -> list[Table]:
    """Give one table."""
    rounds, thin_rounds = (2, 1) if quick else (7, 3)
    with tempfile.TemporaryDirectory(prefix="pratique-hello-") as place:
        files = hello.build(Path(place) / "hello")
        async with hello.serving(files) as url, linked(int(url.rpartition(":")[2])) as base, bench() as b:
            ke = await b.enrol("ke")
            for _ in range(CONSIGNMENTS):
                await b.stage.desks["be"].announce(announced(("BEBRU", "KENBO")))
            await is_live(ke.page)
            walks = _walks(b, ke, base)
            wide = await alternate(walks, rounds)
            print("  web: load, over the thin link …", flush=True)
            for link in (b.link, base):
                link.thin()
            thin = await alternate(walks, thin_rounds)
            b.link.wide()
    return [_table("on this machine", wide), _table("over 256 kbit/s and 600 ms round trip", thin)]


def _walks(b: Bench, ke: Officer, base: Link) -> dict[str, Callable[[], Awaitable[dict[str, Waited]]]]:
    @asynccontextmanager
    async def stranger() -> AsyncIterator[Page]:
        page = await b.fresh()
        try:
            yield page
        finally:
            await page.context.close()
            b.stage.contexts.remove(page.context)

    async def of_hello() -> dict[str, Waited]:
        async with stranger() as page:
            heading = page.get_by_role("heading")
            first = await _timed(base, page.goto(base.url), heading.wait_for())
            return {"hello": first, "hello later": await _timed(base, page.reload(), heading.wait_for())}

    async def of_ours() -> dict[str, Waited]:
        async with stranger() as page:
            shown = page.get_by_role("textbox", name=t("enrol.invitation")).wait_for()
            first = await _timed(b.link, page.goto(b.link.url, wait_until="commit"), shown)
        await ke.page.wait_for_function("() => navigator.serviceWorker?.controller !== null", timeout=WAIT_MS)
        door = ke.page.get_by_role("button", name=t("unlock.open"), exact=True).wait_for()
        later = await _timed(b.link, ke.page.reload(wait_until="commit"), door)
        unlock = await _timed(b.link, ke.unlock(), is_today(ke.page))
        return {"first": first, "later": later, "unlock": unlock, "live": await _timed(b.link, is_live(ke.page))}

    return {"hello": of_hello, "ours": of_ours}


async def _timed(link: Link, *steps: Awaitable[object]) -> Waited:
    down, start = link.down_bytes, time.perf_counter()
    for step in steps:
        await step
    return Waited((time.perf_counter() - start) * 1000, (link.down_bytes - down) / 1024)


def _table(where: str, results: dict[str, list[dict[str, Waited]]]) -> Table:
    found = {name: [one[name] for one in rounds] for rounds in results.values() for name in rounds[0]}
    table = Table(
        f"web load: {where}",
        ("until", "ms", "KiB", "× hello page, ms"),
        "A first load is of a browser that was never here; a later one comes from the service worker, beside the"
        " browser's cache for the hello page. All of a browser's traffic goes through the link, its workers' too.",
    )
    for name, told, base in (
        ("hello", "hello page, first load", "hello"),
        ("first", "first load, to the page that takes an invitation", "hello"),
        ("hello later", "hello page, later load", "hello later"),
        ("later", "later load, to the page that unlocks", "hello later"),
        ("unlock", "unlock, to Today", ""),
        ("live", "after that, to having caught up and being live", ""),
    ):
        ms = [one.ms for one in found[name]]
        against = ratio(ms, [one.ms for one in found[base]]) if base else ""
        table.add(told, median(ms), median([one.kib for one in found[name]]), against)
    return table
