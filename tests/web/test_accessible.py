"""Hold every page and dialog to WCAG 2.2 AA by axe: in the light, in the dark, in English and in Arabic."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Error, Page

from exercise.screens.scene import Scene, filled
from exercise.screens.shots import words
from pratique.contents.query import Query
from tests.architecture.sources import ROOT
from tests.desk.desks import announced
from tests.web.looking import AXE, OTHERS, PLAIN, Eye
from tests.web.pages import Officer
from tests.web.places import places
from tests.web.places_of_consignments import Standing
from tests.web.walking import Place
from tests.web.watching_pages import arrive

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]
SOURCES = ROOT / "web" / "src"
ROUTES = re.compile(r"^  (\w+): \"(/.*)\",$", re.MULTILINE)
OPENS = re.compile(r"<(?:Dialog|Confirm|dialog)\b|\spopover[\s=]")
FRAMES = {"ui/Dialog", "ui/Confirm"}
# A passkey is added only where the server has a name, not a number; its fields are those of the enrolment.
UNREACHED = {"pages/settings/AddWay"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def everywhere(
    tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> AsyncIterator[tuple[Scene, list[Place]]]:
    """Give an operation with something on every page, and the places."""
    assert AXE.is_file(), "axe-core is not installed (make web)"
    async with filled(tmp_path_factory.mktemp("accessible"), browser) as scene:
        d = scene.stage.desks
        by_way = (await d["be"].announce(announced(("BEBRU", "KENBO", "UGEBB")))).reference
        ours = next(one for one in d["ke"].board.ordered() if one.origin == "ke" and one.destination == "ug").reference
        await d["ug"].report(ours, Query, {"text": "Who meets it at the border?"})
        await d.sync()
        departed, arrived = [
            next(one.reference for one in d["ke"].board.ordered() if one.state == state and one.destination == "ke")
            for state in ("DEPARTED", "ARRIVED")
        ]
        yield scene, places(scene, Standing(scene.reference, by_way, departed, arrived, ours))


async def test_axe_finds_nothing_on_pages_and_in_dialogs(everywhere: tuple[Scene, list[Place]]) -> None:
    """Every page in the light in English, and in the dark in Arabic from right to left; every dialog in the light."""
    scene, all_places = everywhere
    assert await walked(scene, {one: (PLAIN,) if one.opens else (PLAIN, OTHERS[0]) for one in all_places}) == {}


@pytest.mark.full
async def test_axe_finds_nothing_in_every_look(everywhere: tuple[Scene, list[Place]]) -> None:
    """The looks that mix the colours and languages of those two, and the other looks of every dialog."""
    scene, all_places = everywhere
    assert await walked(scene, {one: OTHERS if one.opens else OTHERS[1:] for one in all_places}) == {}


async def walked(scene: Scene, places: Mapping[Place, Sequence[str]]) -> dict[str, Any]:
    """Go to each place by the window it belongs to; give what is wrong, by place and look."""
    found: dict[str, Any] = {}
    for who, window in {"ke": scene.ke, "ocu": scene.ocu, "guest": scene.guest, "newcomer": scene.newcomer}.items():
        eye = await Eye.at(window)
        for place, looks in places.items():
            if place.who == who and (wrong := await looked(eye, window, place, looks)):
                found[place.name] = wrong
    return found


async def looked(eye: Eye, window: Officer, place: Place, looks: Sequence[str]) -> dict[str, Any]:
    """Go to a place and give what is wrong there, by look; leave it as it was."""
    page = eye.page
    await eye.wide()
    try:
        await _walk(page, f"{window.url}/#{place.address}")
        if place.step is not None:
            await place.step(page, words("en"))
        found = await eye.look(place.opens != "", looks)
        if place.opens and not await eye.close():
            found["closed"] = "the focus is lost"
        if not place.opens and (wide := await eye.narrow()):
            found["narrow"] = wide
    except (Error, AssertionError) as error:
        # The next place is looked at all the same.
        found = {"not reached": str(error)}
        await page.reload()
    return found


async def _walk(page: Page, url: str) -> None:
    if page.url == url:
        return
    if await page.locator(".door").count():
        await page.goto(url)
    else:
        await arrive(page, url)


async def test_every_route_and_dialog_is_a_place() -> None:
    names = ("reference", "held", "counted", "channel", "operation", "draft", "ticket")
    all_places = places(cast(Scene, SimpleNamespace(**dict.fromkeys(names, "PN"))), Standing(*["PN"] * 5))
    routes = ROUTES.findall((SOURCES / "ui" / "router.svelte.ts").read_text(encoding="utf-8"))
    addresses = [one.address.partition("?")[0] for one in all_places]
    shown = {name for name, pattern in routes if any(_fits(pattern, one) for one in addresses)}
    assert {name for name, _ in routes} == shown
    drawn = {}
    for file in SOURCES.rglob("*.svelte"):
        count = len(OPENS.findall(file.read_text(encoding="utf-8").partition("<style>")[0]))
        name = file.relative_to(SOURCES).with_suffix("").as_posix()
        if count and name not in FRAMES | UNREACHED:
            drawn[name] = count
    opened = [one.opens for one in all_places]
    assert {name: count for name, count in drawn.items() if opened.count(name) < count} == {}


def _fits(pattern: str, address: str) -> bool:
    wanted = re.sub(r":\w+", "[^/]+", pattern)
    return re.fullmatch(wanted, address) is not None and (":" not in pattern or not address.endswith("/new"))
