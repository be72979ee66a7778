"""Measure how a browser reads a long channel, beside a Python device that reads the same log."""

from __future__ import annotations

import secrets
import time

from benchmarks.table import Table
from benchmarks.web.stages import Bench, bench, is_live, is_today
from pratique.contents.message import Message
from pratique.desk.desk import Desk
from tests.web.pages import Officer

TEXT_BYTES = 600


async def run(quick: bool) -> list[Table]:
    """Give one table."""
    wanted = 1_000 if quick else 10_000
    async with bench(("be", "ke")) as b:
        ke, python = await b.enrol("ke"), b.stage.desks["ke"]
        channel = await b.stage.discussion("be", "A long channel", "ke/ncp")
        await b.stage.let_in()
        await is_live(ke.page)
        await python.device.post(channel, Message.TYPE, Message(text="begun").write())
        await ke.open_channel("A long channel")
        await ke.lock()
        await ke.page.goto("about:blank")
        await fill(b, channel, wanted)
        times = {"python sync": await _timed(python.sync())}
        times |= await _browser(ke, b.link.url, "first")
        times |= await _browser(ke, b.link.url, "again")
        start = time.perf_counter()
        again = await Desk.open(await b.stage.desks.world.again(python.device), b.stage.desks.operation)
        times["python again"] = (time.perf_counter() - start) * 1000
        assert sum(1 for _ in again.device.opened(channel)) > wanted
    table = Table(
        f"web entries: {wanted:,} messages of {TEXT_BYTES} bytes that came while the browser was shut",
        ("step", "ms", "µs / entry", "× Python"),
        "Both fetch, check the chain, open, verify and save every entry; the browser also shows Today. The server runs"
        " beside them on the same cores.",
    )
    for name, told, base in (
        ("python sync", "Python device: sync", "python sync"),
        ("first today", "browser: unlock, to Today", ""),
        ("first", "browser: unlock, to having read all", "python sync"),
        ("python again", "Python device: open the store and fold", "python again"),
        ("again today", "browser: unlock again, to Today", "python again"),
        ("again", "browser: unlock again, to live", "python again"),
    ):
        table.add(told, times[name], times[name] * 1000 / wanted, times[name] / times[base] if base else "")
    return [table]


async def fill(b: Bench, channel: bytes, wanted: int) -> None:
    """Post so many messages as Belgium."""
    said = [(Message.TYPE, Message(text=secrets.token_hex(TEXT_BYTES // 2)).write()) for _ in range(wanted)]
    await b.stage.desks["be"].device.post_many(channel, said)


async def _browser(ke: Officer, url: str, name: str) -> dict[str, float]:
    await ke.page.goto("about:blank")
    await ke.page.goto(f"{url}/#/today")
    await ke.is_locked()
    start = time.perf_counter()
    await ke.unlock()
    await is_today(ke.page)
    today = (time.perf_counter() - start) * 1000
    await is_live(ke.page)
    return {f"{name} today": today, name: (time.perf_counter() - start) * 1000}


async def _timed(step: object) -> float:
    start = time.perf_counter()
    await step  # type: ignore[misc]
    return (time.perf_counter() - start) * 1000
