"""Keep drafts in the Member's own lane, where a second pair of eyes can see them before they are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from pratique.contents.draft import Draft
from pratique.desk import announcing, numbering, rerouting
from pratique.desk.outward import Parcel
from pratique.errors import PratiqueError
from pratique.opened import OpenedEntry
from pratique.views import drafts
from pratique.wire.entries import Kind, Urgency

if TYPE_CHECKING:
    from pratique.contents.policy import Policy
    from pratique.contents.prenotification import Announcement
    from pratique.desk.desk import Desk
    from pratique.desk.results import Sent
    from pratique.views.drafts import DraftOf

# Written anew after it was sent, a draft becomes the next version of what was sent.
OPEN = ("DRAFT", "RETURNED")


async def save(desk: Desk, announcement: Announcement, draft_id: str | None) -> str:
    """Keep a new draft, or the next text of one: of the one named, or of the one with this national reference.

    Raises  PratiqueError: no_draft, wrong_state
    """
    draft = numbering.begin(announcement, await numbering.base(desk))
    known = desk.known.of_national.get(announcement.national_reference or "")
    if draft_id is not None:
        known = find(desk, draft_id)
    if known is not None:
        draft = draft.model_copy(update={"draft": known.draft})
    await _say(desk, draft)
    return draft.draft


async def submit(desk: Desk, draft_id: str) -> None:
    """Hand a draft in for release; raises `PratiqueError` no_draft, wrong_state."""
    if not desk.drafts.policy.four_eyes:
        raise PratiqueError("wrong_state", "your Member does not ask for four eyes", "release it: that sends it")
    await _say(desk, Draft(draft=find(desk, draft_id).draft, state="PENDING_RELEASE"))


async def give_back(desk: Desk, draft_id: str, comment: str) -> None:
    """Return it to its author; raises `PratiqueError`."""
    await _say(desk, Draft.check({"draft": find(desk, draft_id).draft, "state": "RETURNED", "comment": comment}))


async def discard(desk: Desk, draft_id: str) -> None:
    """Put it away; raises `PratiqueError`."""
    await _say(desk, Draft(draft=find(desk, draft_id).draft, state="DISCARDED"))


async def release(desk: Desk, draft_id: str, urgency: Urgency | None, without: tuple[str, ...] = ()) -> Sent:
    """Send it; another way replaces the old one.

    Raises  PratiqueError: not_released, wrong_state, and what announcing raises
    """
    draft, four_eyes = find(desk, draft_id), desk.drafts.policy.four_eyes
    if draft.announcement is None or draft.state not in (*OPEN, "PENDING_RELEASE", "SENT"):
        raise PratiqueError("wrong_state", f"draft {draft.draft[:8]} is {draft.state} and is not sent", LIST)
    if draft.state != "SENT" and four_eyes:
        if draft.state != "PENDING_RELEASE":
            raise PratiqueError("not_released", REASONS["not_released"], "submit it first")
        if draft.author == desk.device.uri.person:
            detail = "you wrote this draft; your Member wants another person to release it"
            raise PratiqueError("not_released", detail, "ask a colleague")
    announcement = draft.announcement
    sent = await announcing.announce(desk, announcement, urgency=urgency, without=without, draft_id=draft.draft)
    await rerouting.replace_old(desk, sent, announcement)
    return sent


async def set_policy(desk: Desk, policy: Policy) -> None:
    """Set the Member's own rules."""
    await desk.outward.send([Parcel(await desk.outward.own_lane(), policy)])


def find(desk: Desk, draft_id: str) -> DraftOf:
    """Give a draft by its id, or by a beginning that no other has; raises `PratiqueError` no_draft."""
    found = [one for name, one in desk.drafts.by_id.items() if name.startswith(draft_id) and len(draft_id) >= LEAST]
    if len(found) != 1:
        what = "several drafts begin" if found else "no draft begins"
        raise PratiqueError("no_draft", f"{what} with {draft_id}", LIST)
    return found[0]


async def _say(desk: Desk, draft: Draft) -> None:
    """Post one step, if the Member's own rules let it."""
    own, uri = await desk.outward.own_lane(), desk.device.uri
    last = desk.drafts.steps[-1].seq if desk.drafts.steps else 0
    trial = OpenedEntry(
        channel=own,
        seq=last + 1,
        kind=Kind.APPLICATION,
        at_ms=desk.now_ms(),
        device=str(uri),
        party=uri.party,
        epoch=0,
        post_id=UUID(int=0),
        urgency=Urgency.ROUTINE,
        type=draft.TYPE,
        body=draft.write(),
    )
    tried = drafts.fold(desk.drafts, [trial]).by_id.get(draft.draft)
    mark = tried.marks[-1].mark if tried is not None and tried.marks and tried.marks[-1].seq == last + 1 else None
    if mark is not None:
        raise PratiqueError("wrong_state" if mark == "out_of_turn" else mark, REASONS.get(mark, mark), LIST)
    await desk.outward.send([Parcel(own, draft)])


LEAST = 4
LIST = "pratique draft list shows where each stands"
REASONS = {
    "out_of_turn": "this does not follow from where the draft stands",
    "not_the_author": "only its author hands a draft in",
    "not_the_releaser": "only another person of the NCP gives a draft back",
    "not_released": "your Member wants another person to release this draft",
}
