"""Say how to get to every page, step, dialog and popover of the web client: whose window, which address, what to press.

The pages and dialogs that are pictured come from the pictures' own list; here is what opens from them.
"""

from __future__ import annotations

from playwright.async_api import Page, expect

from exercise.screens.scene import Scene
from exercise.screens.shots import Words, press, shots
from tests.web.pages import PASSPHRASE
from tests.web.places_of_consignments import Standing, acts, waiting, writing
from tests.web.walking import Place, fill, then

# The pictures that show a dialog.
PICTURED = {
    "today-sync": "shell/SyncState",
    "palette": "shell/Palette",
    "keys": "shell/Help",
    "channels-new": "pages/channels/NewChannel",
    "channel-who": "pages/who/Who",
    "channel-seats": "pages/channels/Seats",
    "channel-photo": "pages/channels/Photos",
    "party-device": "pages/party/Device",
    "party-invite": "pages/party/Invite",
    "party-approve": "pages/party/Approve",
    "settings-logout": "pages/door/Wipe",
}


def places(scene: Scene, standing: Standing) -> list[Place]:
    """Give them window by window, in the order in which somebody would walk."""
    pictured = [
        Place(one.name, one.who, one.address, one.step, PICTURED.get(one.name, ""))
        for one in shots(scene)
        if one.name != "unlock"
    ]
    return [
        *pictured,
        *acts(standing),
        *writing(scene, standing),
        *_party(),
        waiting(standing),
        *_coordinating(scene),
        *_door(scene),
    ]


async def _link(page: Page, say: Words) -> None:
    await page.get_by_role("dialog").locator(".link").wait_for()


def _party() -> list[Place]:
    """Give what a party's officer does."""

    async def revoke(page: Page, say: Words) -> None:
        await page.locator("main li button").filter(visible=True).first.click()
        await page.get_by_role("dialog").get_by_role("button", name=say("party.revoke"), exact=True).click()

    async def sure(page: Page, say: Words) -> None:
        await revoke(page, say)
        await page.get_by_label(say("party.reason")).select_option("lost")
        await page.get_by_role("button", name=say("ui.next"), exact=True).click()

    comparing, approvals = press("party.compare"), "/party?tab=approvals"
    other = then(comparing, fill("party.read_out", "A" * 25))
    device, approve = "pages/party/Device", "pages/party/Approve"
    return [
        Place("party-revoke", "ke", "/party", revoke, device),
        Place("party-revoke-sure", "ke", "/party", sure, device),
        Place("party-second", "ke", "/party", press("party.second_device"), "pages/party/Invite"),
        Place(
            "party-link", "ke", "/party", then(press("party.second_device", "party.sign"), _link), "pages/party/Invite"
        ),
        Place("party-differs", "ke", approvals, other, approve),
        Place("party-camera", "ke", approvals, then(comparing, press("party.scan")), "ui/Scan"),
        Place("party-forget", "ke", "/party?tab=key", press("party.forget"), "pages/party/Authority"),
    ]


def _coordinating(scene: Scene) -> list[Place]:
    """Give what the coordinating unit does."""
    new, one = "/operations/new", f"/operations/{scene.operation}"
    step = press("ui.next")

    async def amended(page: Page, say: Words) -> None:
        await page.get_by_role("radio", name=say("state.closing"), exact=True).check()
        await press("operations.to_review")(page, say)

    async def adapted(page: Page, say: Words) -> None:
        await page.locator("main details summary").first.click()
        await page.locator("main details select").nth(1).select_option("require")

    async def untold(page: Page, say: Words) -> None:
        await page.get_by_label(say("operations.duty_phone")).fill("+3225550143")
        await press("operations.to_review")(page, say)

    channels = f"{one}?tab=channels"
    return [
        Place("found-members", "ocu", new, step),
        Place("found-channels", "ocu", new, step),
        Place("found-form", "ocu", new, step),
        Place("found-review", "ocu", new, step),
        Place("ocu-channels", "ocu", channels),
        Place("ocu-opening", "ocu", channels, press("operations.open_channel"), "pages/operations/Channels"),
        Place("ocu-seats", "ocu", channels, press("operations.seats"), "pages/operations/Seats"),
        Place("ocu-closing", "ocu", one, press("operations.to_closing"), "pages/operations/Closing"),
        Place("ocu-desk", "ocu", f"{one}?tab=desk", untold, "pages/operations/OurDesk"),
        Place("ocu-terms", "ocu", f"{one}/amend", amended, "pages/operations/Amend"),
        Place("ocu-fields", "ocu", f"{one}/adapt", adapted),
        Place("ocu-adapting", "ocu", f"{one}/adapt", press("operations.to_review"), "pages/operations/Adapt"),
        Place("ocu-party", "ocu", "/party"),
        Place("ocu-key", "ocu", "/party?tab=key"),
    ]


def _door(scene: Scene) -> list[Place]:
    """Give the pages before the store is open; nobody comes back from the last ones."""

    async def locked(page: Page, say: Words) -> None:
        await page.get_by_role("button", name=say("shell.lock")).first.click()
        await page.get_by_text(say("unlock.trouble")).click()

    async def refused(page: Page, say: Words) -> None:
        await fill("enrol.passphrase", f"not {PASSPHRASE}")(page, say)
        await press("unlock.open")(page, say)
        await expect(page.get_by_role("alert")).to_be_visible()

    async def damaged(page: Page, say: Words) -> None:
        await page.evaluate(_DAMAGE)
        await page.reload()
        await expect(page.get_by_role("heading", level=1, name=say("lost.title"))).to_be_visible()

    ticket, back = f"/enrol/{scene.ticket}", press("ui.back")
    return [
        Place("enrol-wrong", "guest", "/enrol", then(back, fill("enrol.invitation", "x"), press("ui.next"))),
        Place("enrol-camera", "guest", "/enrol", press("enrol.scan"), "ui/Scan"),
        Place("enrol-device", "guest", ticket, press("enrol.ask")),
        Place("enrol-file", "guest", "/enrol", then(back, press("recovery.have"))),
        Place("enrol-abandon", "newcomer", "/enrol", press("enrol.abandon"), "pages/door/Compare"),
        Place("lost", "newcomer", "/enrol", damaged),
        Place("lost-wipe", "newcomer", "/enrol", press("lost.again_act"), "pages/door/Wipe"),
        Place("unlock", "ocu", "/today", locked),
        Place("unlock-refused", "ocu", "/today", refused),
        Place("unlock-wipe", "ocu", "/today", press("settings.logout"), "pages/door/Wipe"),
    ]


# The row that says how the store is opened is gone; the others are there.
_DAMAGE = """async () => {
  for (const {name} of await indexedDB.databases()) {
    const base = await new Promise((done) => { indexedDB.open(name).onsuccess = (event) => done(event.target.result) })
    if (!base.objectStoreNames.contains("meta")) continue
    const clearing = base.transaction("meta", "readwrite")
    clearing.objectStore("meta").clear()
    await new Promise((done) => { clearing.oncomplete = done })
    base.close()
  }
}"""
