"""Hold a count on arrival against itself: as in the announcement, the vials times the doses per vial are the doses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pratique.contents.content import ContentRefused, Problem
from pratique.contents.reconciliation import Reconciliation

if TYPE_CHECKING:
    from pratique.contents.content import Event
    from pratique.views.consignment import Consignment


def insist(one: Consignment, event: Event) -> None:
    """Let no count pass that contradicts itself; raises `ContentRefused` with the code that announcing gives."""
    if one.goods is None or not isinstance(event, Reconciliation):
        return
    per_vial = {
        lot["batch"]: line["doses_per_vial"]
        for line in one.goods.form.get("goods", ())
        if "doses_per_vial" in line
        for lot in line.get("lots", ())
    }
    problems = tuple(
        Problem(f"lots[{number}].doses", f"must be {wanted}: the vials times the doses per vial", "rule")
        for number, lot in enumerate(event.lots)
        if lot.vials is not None and lot.batch in per_vial
        if (wanted := lot.vials * per_vial[lot.batch]) != lot.doses
    )
    if problems:
        raise ContentRefused(problems)
