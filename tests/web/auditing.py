"""Look into everything that a browser keeps, and say what of a session's words stands in it (P-4)."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, CDPSession, Page

from exercise.canary import Hit, search
from tests.web.browsers import PAGES

# Everything that a page of this origin can read of what is kept here, as text; keys by what can be done with them.
DUMP = (Path(__file__).parent / "dump.js").read_text(encoding="utf-8")
# Language, theme, density and whether keys are bound: what the door looks like before anybody unlocks.
LOOKS = {"pratique.look", "pratique.keys"}


async def kept(page: Page) -> dict[str, Any]:
    """Give what is kept, place by place."""
    found: dict[str, Any] = await page.evaluate(DUMP)
    return found


async def history_of(page: Page) -> str:
    """Give the addresses and titles that the browser keeps of this window."""
    session: CDPSession = await page.context.new_cdp_session(page)
    told = await session.send("Page.getNavigationHistory")
    await session.detach()
    return json.dumps(told["entries"])


async def clipboard(context: BrowserContext, page: Page) -> str:
    """Give what was copied last."""
    await context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.bring_to_front()
    return str(await page.evaluate("navigator.clipboard.readText()"))


async def tells_nothing(page: Page, sought: set[str], references: Iterable[str], console: list[str]) -> int:
    """Hold what is kept against what was said; give the number of its rows.

    Takes   references: stand in nothing that is kept, but may stand in the addresses of this window
    """
    found = await kept(page)
    assert found["open_keys"] == [], "a key that anybody could carry away"
    everything = json.dumps(found["texts"], ensure_ascii=False).encode()
    told = search(sought | set(references), [("kept", everything)])
    assert told == [], told
    assert not [one for one in found["texts"] if one.startswith("not sealed")]
    # Ciphertext does not shrink: a row in the clear would, whatever it says.
    sealed = found["sealed"].encode("latin-1")
    assert len(zlib.compress(sealed, 9)) > 0.99 * len(sealed), "rows that are not sealed"
    assert found["local"].keys() <= LOOKS, found["local"]
    assert (found["session"], found["name"], found["files"], found["cookies"]) == ({}, "", [], "")
    around = {name: found[name] for name in ("title", "timings", "notifications")}
    around |= {"console": console, "history": await history_of(page)}
    around["clipboard"] = await clipboard(page.context, page)
    told = search(sought, [(name, json.dumps(one).encode()) for name, one in around.items()])
    assert told == [], (told, around["title"], around["history"])
    return int(found["rows"])


async def leaves_nothing(page: Page, sought: set[str], references: Iterable[str], caches: Iterable[str] = ()) -> None:
    """Hold what is left after a logout: nothing; offline the public files of the build."""
    left = await kept(page)
    assert (left["databases"], left["rows"], left["session"], left["local"]) == ([], 0, {}, {})
    assert (left["files"], left["cookies"], left["notifications"]) == ([], "", [])
    assert {re.sub("[0-9a-f]{64}", "", name) for name in left["caches"]} <= set(caches), left["caches"]
    places = [(name, json.dumps(value).encode()) for name, value in left.items()]
    told = search(sought, places)
    assert told == [], told
    # The document that is still open remembers which of its addresses it showed, until it is closed.
    told = search(references, [one for one in places if one[0] != "timings"])
    assert told == [], told


def published(words: Iterable[str]) -> set[str]:
    """Give the words that stand in the web client's own files: to find one of them proves nothing."""
    files = {str(one): one.read_bytes() for one in _files(PAGES)}
    return {hit.value for hit in search(words, files.items())}


def on_disk(profile: Path, sought: Iterable[str]) -> list[Hit]:
    """Give what of it stands in the files of a browser's profile."""
    return search(sought, ((str(one.relative_to(profile)), one.read_bytes()) for one in _files(profile)))


def _files(folder: Path) -> list[Path]:
    return [one for one in sorted(folder.rglob("*")) if one.is_file() and not one.is_symlink()]
