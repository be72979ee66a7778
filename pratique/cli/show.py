"""`pratique show`: one consignment in full, and the read receipt that showing it sends."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pratique.cli.at_desk import at_desk
from pratique.cli.options import Offline, ReferenceArgument
from pratique.cli.output import Speaker
from pratique.errors import PratiqueError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pratique.desk.desk import Desk
    from pratique.views.consignment import Consignment


@at_desk
async def show(desk: Desk, speaker: Speaker, reference: ReferenceArgument, offline: Offline = False) -> None:
    """Show one consignment in full: way, Members, goods, papers, lots, queries, versions, and who can see it.

    Showing it tells the sender once that your Member has opened it; --offline, or your policy, keeps that to yourself.
    """
    if not offline:
        # A receipt that cannot be sent now keeps nobody from reading.
        with suppress(PratiqueError):
            await desk.opened(reference)
    document = await show_one(speaker, desk, reference, time.time_ns() // 1_000_000, offline=offline)
    speaker.emit({"consignment": document})


async def show_one(
    speaker: Speaker, desk: Desk, reference: str, now_ms: int, *, offline: bool = False
) -> dict[str, Any]:
    """Print one consignment and give it for programs."""
    from pratique.cli.portrait import Facts, print_portrait
    from pratique.views.consignment_json import consignment_json
    from pratique.views.flags import flags
    from pratique.views.links import links

    one = desk.find(reference)
    delivered = {} if offline else await _delivered(desk, reference)
    facts = Facts(
        party=desk.party,
        now_ms=now_ms,
        flags=flags(one, now_ms),
        delivered=delivered,
        links=tuple(link for link in links(desk.board) if reference in (link.a, link.b)),
        readers=readers(desk, one),
        said=desk.board.said.get(one.reference, ()),
        replacement=desk.board.consignments.get(one.replaced_by or ""),
    )
    if not speaker.as_json:
        print_portrait(speaker, one, facts)
    return {
        **consignment_json(one, now_ms),
        "form": one.part.form,
        "delivered": {leg.party: _fetched(one, leg.party, delivered) for leg in one.legs},
        "links": [{"reference": link.b if link.a == reference else link.a, "why": link.why} for link in facts.links],
        "readers": [{"part": part, "parties": parties, "devices": devices} for part, parties, devices in facts.readers],
    }


async def _delivered(desk: Desk, reference: str) -> Mapping[tuple[str, str], int]:
    try:
        return await desk.delivered([reference])
    except PratiqueError:
        return {}


def _fetched(one: Consignment, party: str, delivered: Mapping[tuple[str, str], int]) -> bool:
    from pratique.views.consignment import leg_shown

    leg = next(leg for leg in one.legs if leg.party == party)
    return leg_shown(leg, delivered) != "PENDING"


def readers(desk: Desk, one: Consignment) -> tuple[tuple[str, tuple[str, ...], int], ...]:
    """Say who can see this consignment: for each lane that this reader knows, its part, its parties and devices."""
    logs = {("goods" if leg.role == "destination" else "route", leg.log) for leg in one.legs if leg.log}
    lanes = {state.id.hex(): state for state in desk.device.channels()}
    return tuple(
        (part, lanes[log].charter.parties, len(lanes[log].devices)) for part, log in sorted(logs) if log in lanes
    )
