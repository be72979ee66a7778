"""Measure how a browser joins a group, beside the Python side's engine host: the same bundle, the same welcome."""

from __future__ import annotations

import base64
import json
from uuid import uuid4

from benchmarks.group import Packed, packed
from benchmarks.rounds import alternate, median, ratio, timed
from benchmarks.table import Table
from benchmarks.web.stages import bench
from pratique.groups.engine_host import Engine

_JOIN = """async (line) => {
  const { answer } = await import("/engine.js")
  const start = performance.now()
  const told = JSON.parse(await answer(line))
  if (told.error) throw new Error(told.error.code)
  return performance.now() - start
}"""


async def run(quick: bool) -> list[Table]:
    """Give one table."""
    table = Table(
        "web join: a device joins a group by its welcome, ms",
        ("leaves", "Python's engine host", "browser", "× Python"),
        "In the browser without the store and the page; both check every leaf of the tree.",
    )
    async with bench(("be", "ke")) as b, Engine() as engine:
        page = await b.fresh()
        await page.goto(b.link.url)
        for leaves in (20,) if quick else (50, 200):
            devices = [await packed(engine, number) for number in range(leaves)]
            line, join = await _joining(engine, devices)

            async def there(line: str = line) -> float:
                return float(await page.evaluate(_JOIN, line))

            async def here(join: object = join) -> float:
                return await timed(join())  # type: ignore[operator]

            await there()  # the import itself is part of the load
            found = await alternate({"python": here, "browser": there}, 3 if quick else 7)
            table.add(
                str(leaves), median(found["python"]), median(found["browser"]), ratio(found["browser"], found["python"])
            )
    return [table]


async def _joining(engine: Engine, devices: list[Packed]) -> tuple[str, object]:
    founder, last = devices[0], devices[-1]
    pairs = [device.pair for device in devices]
    created = await engine.create(uuid4().bytes, founder.package.key_package, founder.package.private)
    adds = [device.package.key_package for device in devices[1:]]
    added = await engine.commit(created.state, adds=adds, allowed=pairs)
    assert added.welcome is not None
    given = (added.welcome, last.package.key_package, last.package.private, added.ratchet_tree)

    def text(data: bytes) -> str:
        return base64.b64encode(data).decode()

    names = ("welcome", "key_package", "private", "ratchet_tree")
    allowed = [{"uri": uri, "key": text(key)} for uri, key in pairs]
    params = {**dict(zip(names, map(text, given), strict=True)), "allowed": allowed}
    line = json.dumps({"id": 1, "method": "join", "params": params})
    return line, lambda: engine.join(*given, allowed=pairs)
