"""Hold the web client's boundary: pages ask the worker and know no keys; no source writes markup or names an origin."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

WEB = ROOT / "web" / "src"
SHOWN = ("pages", "ui", "shell", "i18n", "styles", "App.svelte", "main.ts", "start.ts", "rpc.ts")
# part → what it may import; itself always. `contents/` knows `templates/` and the reverse by one type each.
OPENS: dict[str, frozenset[str]] = {
    "wire": frozenset(),
    "codes": frozenset({"wire"}),
    "contents": frozenset({"wire", "templates"}),
    "templates": frozenset({"wire", "codes", "contents"}),
    "groups": frozenset({"wire", "client"}),
    "client": frozenset({"wire", "groups", "contents"}),
    "views": frozenset({"wire", "client", "contents", "templates"}),
    "desk": frozenset({"wire", "client", "contents", "templates", "codes", "views"}),
    "sw": frozenset({"wire", "script_url"}),
    "worker": frozenset({"wire", "client", "contents", "templates", "codes", "views", "desk", "sw", "api"}),
    "api": frozenset(),
    "script_url": frozenset(),
    "stored": frozenset(),
    "i18n": frozenset(),
    "styles": frozenset(),
    "ui": frozenset({"api", "i18n", "sw", "styles"}),
    "shell": frozenset({"api", "i18n", "sw", "ui", "pages"}),
    "pages": frozenset({"api", "i18n", "ui", "shell", "templates"}),
    "rpc": frozenset({"api", "script_url", "worker"}),
    "App": frozenset({"pages", "shell", "ui"}),
    "start": frozenset({"App", "api", "styles", "ui"}),
    "main": frozenset({"rpc", "start", "stored", "ui"}),
}
# Of a room below, these files alone may be asked by what is shown.
DOORS: dict[tuple[str, str], str] = {
    ("rpc", "worker"): r"worker/(messages|worker\?worker&url)",
    ("ui", "sw"): r"sw/(messages|registering)",
    ("shell", "sw"): r"sw/(messages|registering|quiet)",
    ("worker", "sw"): r"sw/(kept|notices)",
}
_IMPORT = re.compile(r"""(?:^|[\s;}])(?:from|import)\s*\(?\s*(?:/\*.*?\*/\s*)?["']([^"']+)["']""")
# What may stand nowhere: it writes markup or code, goes around the content policy, or tells the console.
WRITES = re.compile(
    r"\{@html|\.(?:inner|outer)HTML\b|insertAdjacentHTML|createContextualFragment|setHTMLUnsafe|parseHTMLUnsafe|"
    r"DOMParser|srcdoc|document\.write|document\.domain|document\.cookie|window\.open|\beval\s*\(|new\s+Function\b|"
    r"set(?:Timeout|Interval)\(\s*[\"'`]|javascript:|<script(?![^>]*\blang=)|<(?:iframe|object|embed)[\s>/]|\son[a-z]+=[\"']|"
    r"\sstyle=|target=[\"']_blank|\bconsole\.|\bdebugger\b|sessionStorage|window\.name"
)
ELSEWHERE = re.compile(r"""["'`(]\s*(?:https?:|wss?:)?//[a-z0-9]""", re.IGNORECASE)
# What these two keep in the open: how a page looks before anybody is let in, and whether single keys act.
IN_THE_OPEN = {"ui/preferences.svelte.ts", "ui/keys.svelte.ts"}


def sources(*parts: str) -> list[Path]:
    """List the TypeScript and Svelte files of parts of the web client."""
    roots = [WEB / part for part in parts] or list(WEB.iterdir())
    found = [one for root in roots for one in ([root] if root.is_file() else root.rglob("*"))]
    return sorted(one for one in found if one.suffix in (".ts", ".svelte"))


def part_of(path: Path) -> str:
    """Give the part of the web client that a file is in."""
    return path.relative_to(WEB).parts[0].partition(".")[0]


def markup_of(file: Path) -> str:
    """Give a file's text; in TypeScript, angle brackets are types."""
    text = file.read_text(encoding="utf-8")
    return text if file.suffix == ".svelte" else re.sub(r"<(?=object[\s>])", "", text)


def imports(file: Path, text: str) -> list[str]:
    """Give what a file imports of the web client, from its root; packages are left out."""
    given = [one for one in _IMPORT.findall(text) if one.startswith(".")]
    return [(file.parent / one).resolve().relative_to(WEB).as_posix() for one in given]


def breaches(file: Path, text: str) -> list[str]:
    """Give the imports of a file that its part may not have."""
    part, found = part_of(file), []
    for place in imports(file, text):
        other = place.split("/")[0].partition(".")[0]
        door = DOORS.get((part, other))
        if other != part and (other not in OPENS[part] or (door is not None and not re.fullmatch(door, place))):
            found.append(f"{file.relative_to(WEB)} → {place}")
    return found


def test_parts_open_downwards_and_no_page_reaches_a_key() -> None:
    files = sources()
    assert len(files) > 250
    assert {part_of(file) for file in files} == OPENS.keys() - {"styles"}
    assert [one for file in files for one in breaches(file, file.read_text(encoding="utf-8"))] == []


def test_packages_that_touch_keys_or_the_store_are_below_the_pages() -> None:
    shown = "\n".join(file.read_text(encoding="utf-8") for file in sources(*SHOWN))
    packages = {one.split("/")[0] for one in _IMPORT.findall(shown) if not one.startswith(".")}
    assert packages <= {
        *("@lucide", "svelte", "intl-messageformat", "uqr", "jsqr"),
        *("d3-geo", "topojson-client", "topojson-specification", "world-atlas"),
    }
    below = ("crypto.subtle", "indexedDB", "dexie", "fetch(", "new WebSocket", "BroadcastChannel", "navigator.locks")
    assert [one for one in below if one in shown] == []


def test_nothing_writes_markup_or_code() -> None:
    found = [f"{file.relative_to(WEB)}: {hit}" for file in sources() for hit in WRITES.findall(markup_of(file))]
    assert found == []


def test_nothing_names_another_origin() -> None:
    found = [
        f"{file.relative_to(WEB)}: {hit}" for file in sources() for hit in ELSEWHERE.findall(file.read_text("utf-8"))
    ]
    assert found == []


def test_only_looks_are_kept_in_the_open() -> None:
    open_ = {str(file.relative_to(WEB)) for file in sources() if "localStorage" in file.read_text("utf-8")}
    assert open_ == IN_THE_OPEN


@pytest.mark.parametrize(
    ("place", "source"),
    [
        ("pages/Today.svelte", 'import { Device } from "../client/device"'),
        ("pages/channels/Line.svelte", 'import { open } from "../../wire/sealing"'),
        ("ui/List.svelte", 'const made = await import("../groups/engine_host")'),
        ("shell/Shell.svelte", 'import type { Store } from "../client/store"'),
        ("ui/release.svelte.ts", 'import { pin } from "../sw/kept"'),
        ("rpc.ts", 'import { Keeper } from "./worker/session"'),
        ("wire/sealing.ts", 'export { Device } from "../client/device"'),
        ("views/board.ts", 'import "../worker/worker"'),
    ],
)
def test_a_breach_of_the_boundary_is_seen(place: str, source: str) -> None:
    assert breaches(WEB / place, source)


@pytest.mark.parametrize(
    "source",
    [
        "{@html said}",
        "box.innerHTML = said",
        "<p style='color: red'>",
        '<p style="color: {said}">',
        "eval (said)",
        "new Function(said)",
        'setTimeout("said()", 1)',
        '<a href="javascript:said()">',
        '<button onclick="said()">',
        "<script>said()</script>",
        "<iframe></iframe>",
        "console.log(said)",
        "window.open(said)",
    ],
)
def test_markup_or_code_is_seen(source: str) -> None:
    assert WRITES.search(source)


@pytest.mark.parametrize("source", ['fetch("https://a.example/")', "new WebSocket('wss://a')", "url('//cdn.example')"])
def test_another_origin_is_seen(source: str) -> None:
    assert ELSEWHERE.search(source)
