"""Measure how large the built web client is, kind by kind, beside the hello page of the same stack."""

from __future__ import annotations

import gzip
import json
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

from benchmarks.table import Table
from benchmarks.web import hello
from tests.web.browsers import need_pages

_STATIC = re.compile(rb"""(?:from|import)\s*["']\./([\w.-]+\.js)["']""")
_IN_PAGE = re.compile(r'(?:src|href)="/(assets/[^"]+\.(?:js|css))"')
_CATALOGUE = re.compile(r"assets/(en|fr|es|ru|ar|pt)-[\w-]+\.js$")


async def run(quick: bool) -> list[Table]:
    """Give one table."""
    pages = need_pages()
    with tempfile.TemporaryDirectory(prefix="pratique-hello-") as place:
        base = _first(hello.build(Path(place) / "hello"))
        hello_kib, hello_raw = sum(map(_travels, base)) / 1024, sum(one.stat().st_size for one in base) / 1024
    table = Table(
        "web bundle: KiB as they travel, gzip -9 (fonts and pictures as they are)",
        ("what", "files", "KiB", "raw KiB", "× hello page"),
        "First view: the page's script and styles with all that they import at once, before any font or text.",
    )

    def tell(what: str, files: Iterable[Path], ratio: bool = False) -> float:
        found = sorted(files)
        size, raw = sum(map(_travels, found)) / 1024, sum(one.stat().st_size for one in found) / 1024
        table.add(what, str(len(found)), size, raw, size / hello_kib if ratio else "")
        return size

    table.add("hello page: script and styles", str(len(base)), hello_kib, hello_raw, 1.0)
    first = _first(pages)
    every = [pages / name for name in json.loads((pages / "release.json").read_bytes())["files"]]
    tell("first view: script", (one for one in first if one.suffix == ".js"), ratio=True)
    tell("first view: styles", (one for one in first if one.suffix == ".css"))
    worker = [one for one in every if one.name.startswith("worker-")]
    today = [one for one in every if re.match(r"Today-.*\.(js|css)$", one.name)]
    tell("worker: keys, folds, templates", worker)
    tell("engine (MLS), once a channel is opened", [pages / "engine.js"])
    tell("Today", {*_closure(pages, today)} - set(first))
    english = [one for one in every if (found := _CATALOGUE.search(one.as_posix())) and found[1] == "en"]
    tell("texts, English", english)
    texts = [one for one in every if _CATALOGUE.search(one.as_posix())]
    tell("texts, all six languages", texts)
    fonts = [one for one in every if one.suffix == ".woff2"]
    tell("fonts, Latin", [one for one in fonts if "sans-latin-wght" in one.name])
    tell("fonts, all", fonts)
    tell("service worker", [pages / "sw.js"])
    known = {*first, *worker, *today, *texts, *fonts, pages / "engine.js", pages / "sw.js"}
    tell("pages, lists and pictures, each when it is first needed", set(every) - known)
    tell("all of it, kept for offline", every, ratio=True)
    return [table]


def _travels(file: Path) -> int:
    if file.suffix in (".woff2", ".png", ".jpg"):
        return file.stat().st_size
    return len(gzip.compress(file.read_bytes(), 9))


def _first(pages: Path) -> list[Path]:
    """Give the scripts and styles that the page names, and what they import at once."""
    named = _IN_PAGE.findall((pages / "index.html").read_text(encoding="utf-8"))
    return _closure(pages, [pages / name for name in named])


def _closure(pages: Path, files: Iterable[Path]) -> list[Path]:
    found, waiting = set[Path](), list(files)
    while waiting:
        file = waiting.pop()
        if file in found:
            continue
        found.add(file)
        if file.suffix == ".js":
            waiting += [pages / "assets" / name.decode() for name in _STATIC.findall(file.read_bytes())]
    return sorted(found)
