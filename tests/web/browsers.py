"""Drive Debian's Chromium: found, or the test is skipped with one line; demanded where PRATIQUE_BROWSER says so."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from tests.architecture.sources import ROOT

PAGES = ROOT / "app" / "pages"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run")


def demanded() -> bool:
    """Say whether a missing browser is a failure."""
    return os.environ.get("PRATIQUE_BROWSER") == "required"


def need_browser() -> str:
    """Give the browser's path; skip the test, or fail it where the browser is demanded."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return found or _lacking("no Chromium on this machine (Debian: apt install chromium)")


def need_pages() -> Path:
    """Give the folder of the built web client; skip the test, or fail it where the browser is demanded."""
    return PAGES if (PAGES / "release.json").is_file() else Path(_lacking("the web client is not built (make web)"))


def _lacking(what: str) -> str:
    if demanded():
        pytest.fail(f"{what}, and PRATIQUE_BROWSER=required", pytrace=False)
    pytest.skip(what)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Start Chromium without a window."""
    path = need_browser()
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            await browser.close()
