"""Read the counts of the command line and set them beside what was announced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pratique.errors import PratiqueError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pratique.views.consignment import Consignment

INDICATORS = ("OK", "ALARM", "NO_INDICATOR")


def count_lots(
    consignment: Consignment, given: Iterable[str], indicators: Iterable[str], as_announced: bool
) -> list[dict[str, Any]]:
    """Give every lot as counted, with what is missing or too much.

    Takes   given: BATCH=DOSES or BATCH=DOSES/DAMAGED; indicators: BATCH=ALARM; as_announced: the others are complete
    Raises  PratiqueError("usage"): a count that cannot be read, or lots that nobody counted
    """
    announced = {lot.batch: lot.announced_doses for lot in consignment.lots if lot.announced_doses is not None}
    counted: dict[str, dict[str, Any]] = {}
    for text in given:
        batch, _, numbers = text.partition("=")
        doses, _, damaged = numbers.partition("/")
        if not doses.isdecimal() or (damaged and not damaged.isdecimal()) or batch in counted:
            raise PratiqueError("usage", f"{text!r} is not BATCH=DOSES or BATCH=DOSES/DAMAGED, each batch once")
        counted[batch] = _lot(batch, int(doses), int(damaged or 0), announced.get(batch))
    missing = [batch for batch in announced if batch not in counted]
    if as_announced:
        counted.update({batch: _lot(batch, announced[batch], 0, announced[batch]) for batch in missing})
    elif counted and missing:
        raise PratiqueError("usage", f"not counted: {', '.join(missing)}", "name every lot, or add --as-announced")
    for text in indicators:
        batch, _, word = text.partition("=")
        if batch not in counted or word.upper() not in INDICATORS:
            hint = f"BATCH=ALARM of a counted lot; words: {', '.join(INDICATORS)}"
            raise PratiqueError("usage", f"{text!r} is not what an indicator of a counted lot showed", hint)
        counted[batch]["temperature"] = word.upper()
    return list(counted.values())


def _lot(batch: str, doses: int, damaged: int, announced: int | None) -> dict[str, Any]:
    short = (announced or 0) - doses
    return {
        "batch": batch,
        "doses": doses,
        "damaged_doses": damaged,
        "missing_doses": max(short, 0),
        "excess_doses": max(-short, 0),
    }


def judge(consignment: Consignment, lots: list[dict[str, Any]], missing_documents: Iterable[str]) -> str:
    """Give the outcome that the counts show: matched only where nothing at all differs.

    Raises  PratiqueError("usage"): nothing was counted
    """
    if not lots:
        raise PratiqueError("usage", "no lot is counted", "give --lot BATCH=DOSES, or --as-announced, or --outcome")
    announced = {lot.batch: lot.announced_doses for lot in consignment.lots}
    same = {lot["batch"]: lot["doses"] for lot in lots} == announced
    harmed = any(lot["damaged_doses"] or lot.get("temperature") == "ALARM" for lot in lots)
    return "MATCHED" if same and not harmed and not list(missing_documents) else "DISCREPANCY"
