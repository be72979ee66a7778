"""Measure what traffic leaves in the browser: heaps of page and worker, and the process, before and after.

An hour of a busy operation is about 3,000 entries. In fewer minutes they come faster, so that nobody waits for an hour.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from dataclasses import dataclass

from playwright.async_api import CDPSession, Page

from benchmarks.processes import resident_kib
from benchmarks.table import Table
from benchmarks.web.entries import fill
from benchmarks.web.stages import Bench, bench, is_live

AN_HOUR = 3_000
MOST_PER_S = 15.0
MEASURE_S = 90
_MIB = 1024 * 1024
_MEASURE = """async () => {
  const { breakdown } = await performance.measureUserAgentSpecificMemory()
  const of = (scope) => breakdown.filter((one) => one.attribution.some((a) => a.scope === scope))
    .reduce((sum, one) => sum + one.bytes, 0)
  return [of("Window"), of("DedicatedWorkerGlobalScope")]
}"""


@dataclass(frozen=True)
class Held:
    """What is held after rubbish was collected. Unit: MiB"""

    page: float
    worker: float
    process: float


async def run(quick: bool, minutes: float) -> list[Table]:
    """Give one table."""
    minutes = min(minutes, 0.3) if quick else minutes
    async with bench(("be", "ke")) as b:
        ke = await b.enrol("ke")
        channel = await b.stage.discussion("be", "Traffic", "ke/ncp")
        await b.stage.let_in()
        await is_live(ke.page)
        browser = await b.stage.browser.new_browser_cdp_session()
        own = await ke.context.new_cdp_session(ke.page)
        before = await _held(ke.page, own, browser)
        sent = await _traffic(b, ke.page, channel, minutes)
        await b.stage.discussion("be", "That was all", "ke/ncp")
        await ke.open_channel("That was all")
        await ke.go("today")
        after = await _held(ke.page, own, browser)
    table = Table(
        f"web memory: {sent:,} messages in {minutes:g} minutes, Today open, MiB",
        ("what", "at the start", "afterwards", "MiB / 1,000 entries"),
        "After collecting rubbish. The worker keeps what it has opened for the search and the folds.",
    )
    for what, one, other in (
        ("page: heap", before.page, after.page),
        ("worker: heap", before.worker, after.worker),
        ("renderer process: resident", before.process, after.process),
    ):
        table.add(what, one, other, (other - one) * 1000 / sent)
    return [table]


async def _traffic(b: Bench, page: Page, channel: bytes, minutes: float) -> int:
    """Post at a steady pace, while somebody sits at the page: it would lock itself otherwise."""
    start, sent, told = time.monotonic(), 0, 0
    per_s = min(MOST_PER_S, AN_HOUR / (minutes * 60))
    burst = math.ceil(per_s)
    while (now := time.monotonic() - start) < minutes * 60:
        await fill(b, channel, burst)
        sent += burst
        if now // 60 > told:
            told = int(now // 60)
            await page.keyboard.press("Shift")
            print(f"  web: {sent:,} messages after {told} minutes", flush=True)
        await asyncio.sleep(max(0.0, start + sent / per_s - time.monotonic()))
    return sent


async def _held(page: Page, own: CDPSession, browser: CDPSession) -> Held:
    await own.send("HeapProfiler.enable")
    await own.send("HeapProfiler.collectGarbage")
    heap = (await own.send("Runtime.getHeapUsage"))["usedSize"]
    worker = 0.0
    with contextlib.suppress(TimeoutError):  # the browser measures when it next collects rubbish
        async with asyncio.timeout(MEASURE_S):
            _, worker = await page.evaluate(_MEASURE)
    processes = (await browser.send("SystemInfo.getProcessInfo"))["processInfo"]
    resident = max(resident_kib(one["id"]) for one in processes if one["type"] == "renderer")
    return Held(heap / _MIB, worker / _MIB, resident / 1024)
