"""Name one thing to look at, and what to press to get there."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.async_api import Page

from exercise.screens.shots import Step, Words


@dataclass(frozen=True)
class Place:
    """One thing to look at.

    Takes   opens: which file of web/src draws the dialog or popover that is then on top; none for a page
    """

    name: str
    who: str
    address: str
    step: Step | None = None
    opens: str = ""


def fill(label: str, text: str) -> Step:
    """Type into a field by its label."""

    async def filled(page: Page, say: Words) -> None:
        await page.get_by_role("textbox", name=say(label)).first.fill(text)

    return filled


def then(*steps: Step) -> Step:
    """Do one after the other."""

    async def done(page: Page, say: Words) -> None:
        for step in steps:
            await step(page, say)

    return done
