"""Say how to get to what is done with consignments and messages: every act, every step of a form."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.async_api import FilePayload, Page, expect

from exercise.screens.scene import Scene
from exercise.screens.shots import Step, Words, press
from tests.web.walking import Place, then

MENU = "ui/Menu"


@dataclass(frozen=True)
class Standing:
    """References of consignments by what Kenya may do with them."""

    announced: str
    transit: str
    departed: str
    arrived: str
    asked: str


def besides(key: str) -> Step:
    """Choose from the menu of what else can be done with a consignment."""

    async def chosen(page: Page, say: Words) -> None:
        # What is next has a button of its own.
        due = page.locator("main").get_by_role("button", name=say(key), exact=True)
        more = page.get_by_role("button", name=say("consignments.more_acts"))
        await due.or_(more).first.wait_for()
        if await due.count():
            await due.click()
        else:
            await more.click()
            await page.get_by_role("menuitem", name=say(key)).click()

    return chosen


def acts(standing: Standing) -> list[Place]:
    """Give the acts on a consignment, each in its dialog."""

    def at(reference: str, name: str, step: Step, opens: str = "pages/consignments/acts/Doing") -> Place:
        return Place(f"act-{name}", "ke", f"/consignments/{reference}", step, opens)

    new, by_way, flown = standing.announced, standing.transit, standing.departed
    here, ours = standing.arrived, standing.asked
    return [
        Place("acts", "ke", f"/consignments/{new}", press("consignments.more_acts"), MENU),
        at(new, "who-sees", press("consignments.who_sees"), "pages/consignments/one/WhoSees"),
        at(new, "answer", press("consignments.do_answer")),
        at(new, "objection", then(press("consignments.do_answer"), _object)),
        at(new, "hold", press("consignments.do_hold_REQUEST")),
        at(by_way, "query", besides("consignments.do_query")),
        at(by_way, "remark", besides("consignments.do_remark")),
        at(by_way, "leg", besides("consignments.do_leg_update")),
        at(flown, "arrival", besides("consignments.do_movement_ARRIVED")),
        at(here, "count", press("consignments.do_reconciliation")),
        at(here, "differs", press("consignments.do_reconciliation", "consignments.count_differs")),
        at(ours, "reply", press("consignments.do_reply")),
        at(ours, "departure", besides("consignments.do_movement_DEPARTED")),
        at(ours, "withdrawal", besides("consignments.do_withdrawal")),
    ]


async def _object(page: Page, say: Words) -> None:
    answers = page.get_by_role("dialog").get_by_role("button")
    await answers.filter(has_text=say("consignments.answer_OBJECTED_hint")).first.click()


async def _place_list(page: Page, say: Words) -> None:
    await page.locator('[id^="at-legs"] [role="combobox"]').first.press_sequentially("Nai")
    await expect(page.locator("[role=option]:visible").first).to_be_visible()


async def _mention(page: Page, say: Words) -> None:
    field = page.get_by_role("textbox", name=say("channels.write"))
    await field.fill("")
    await field.press_sequentially("@")
    await expect(page.locator("[role=option]:visible").first).to_be_visible()


_DRAWN = """async () => {
  const canvas = new OffscreenCanvas(320, 240)
  canvas.getContext("2d").fillRect(40, 40, 200, 90)
  return [...new Uint8Array(await (await canvas.convertToBlob({type: "image/jpeg"})).arrayBuffer())]
}"""


async def _photo(page: Page, say: Words) -> None:
    await page.get_by_role("textbox", name=say("channels.write")).fill("")
    photo: FilePayload = {
        "name": "crate.jpg",
        "mimeType": "image/jpeg",
        "buffer": bytes(await page.evaluate(_DRAWN)),
    }
    await page.locator("input[type=file]").first.set_input_files([photo])
    await expect(page.locator(".composer img")).to_be_visible()


def waiting(standing: Standing) -> Place:
    """Give the list of what was asked for offline; the window stays without a network."""

    async def kept(page: Page, say: Words) -> None:
        await page.context.set_offline(True)
        await press("consignments.do_acknowledgement")(page, say)
        await page.locator(".rail .sync .unsent").wait_for()
        await page.locator(".rail .sync").click()
        await press("shell.kept_show")(page, say)

    return Place("kept", "ke", f"/consignments/{standing.transit}", kept, "shell/Kept")


def writing(scene: Scene, standing: Standing) -> list[Place]:
    """Give the steps of a pre-notification and of a message."""
    form, release = "/consignments/new", f"/consignments/new?draft={scene.draft}"
    channel, scanning = f"/channels/{scene.channel}", press("consignments.scan")
    deciding = "pages/consignments/form/Release"
    return [
        Place("list", "ke", "/consignments?look=list"),
        Place("list-none", "ke", "/consignments?look=list&state=EXPIRED&party=ug"),
        Place("list-menu", "ke", "/consignments", press("consignments.more_new"), MENU),
        Place("form-wrong", "ke", form, press("consignments.review")),
        Place("form-menu", "ke", form, press("ui.more"), MENU),
        Place("form-scan", "ke", form, scanning, "pages/consignments/form/Scanning"),
        Place("form-camera", "ke", form, then(scanning, press("consignments.scan_camera")), "ui/Scan"),
        Place("form-codes", "ke", form, _place_list, "ui/Combobox"),
        Place("form-series", "ke", f"{form}?kind=series"),
        Place("form-last", "ke", f"{form}?from=last", press("consignments.review")),
        Place("onward", "ke", f"{form}?onward={standing.arrived}", press("consignments.review")),
        Place("revise", "ke", f"/consignments/{standing.asked}/amend"),
        Place("revise-review", "ke", f"/consignments/{standing.asked}/amend", press("consignments.review")),
        Place("reroute", "ke", f"{form}?reroute={standing.asked}", press("consignments.review")),
        Place("release", "ke", release),
        Place("release-sure", "ke", release, press("consignments.release"), deciding),
        Place("release-back", "ke", release, press("consignments.give_back"), deciding),
        Place("draft-discard", "ke", release, _discard, "pages/consignments/Announce"),
        Place("consignment-unknown", "ke", "/consignments/PN-KE-0000-00000"),
        Place("channel-photo-added", "ke", channel, _photo),
        Place("channel-mention", "ke", channel, _mention, "pages/channels/Offered"),
        Place("channel-unknown", "ke", f"/channels/{'0' * 32}"),
        Place("search-none", "ke", "/search?q=nothing-has-this"),
        Place("operation-form", "ke", f"/operations/{scene.operation}?tab=form"),
        Place("today-file", "ke", "/today", press("recovery.save"), "pages/settings/SaveRecovery"),
        Place("shell-menu", "ke", "/today", _bar, MENU),
    ]


async def _discard(page: Page, say: Words) -> None:
    await page.get_by_role("button", name=say("ui.more")).filter(visible=True).last.click()
    await page.get_by_role("menuitem", name=say("consignments.draft_discard")).click()


async def _bar(page: Page, say: Words) -> None:
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.locator("nav.bar button.more").click()
