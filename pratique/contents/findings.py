"""What looks wrong but may be true: a finding asks for a reason, it never blocks (wrong numbers occur in real life)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pratique.contents.check_digits import awb_holds, gtin_holds
from pratique.contents.content import Problem
from pratique.contents.fields import instant_ms
from pratique.contents.shipment import Goods, Leg, Override, Shipment

SHORT_SHELF_LIFE_DAYS = 60
_DAY_MS = 86_400_000


def shipment_findings(shipment: Shipment) -> tuple[Problem, ...]:
    """Give what in a shipment needs a reason, without those that have one."""
    arrival_ms = instant_ms(shipment.legs[-1].eta_at)
    found = [*_goods(shipment.goods, arrival_ms), *leg_findings(shipment.legs)]
    return unexplained(found, shipment.overrides)


def leg_findings(legs: tuple[Leg, ...]) -> Iterator[Problem]:
    """Give what in a route needs a reason."""
    for number, leg in enumerate(legs):
        if leg.awb is not None and not awb_holds(leg.awb):
            yield Problem(f"legs[{number}].awb", "the last digit of this air waybill is not its check digit")
        if leg.mode == "air" and leg.awb is None:
            yield Problem(f"legs[{number}].awb", "is missing; a consignment by air travels under an air waybill")


def unexplained(found: list[Problem], overrides: tuple[Override, ...]) -> tuple[Problem, ...]:
    """Take away the findings that a person has given a reason for."""
    explained = {override.field for override in overrides}
    return tuple(finding for finding in found if finding.path not in explained)


def _goods(goods: tuple[Goods, ...], arrival_ms: int) -> Iterator[Problem]:
    for number, line in enumerate(goods):
        if line.gtin is not None and not gtin_holds(line.gtin):
            yield Problem(f"goods[{number}].gtin", "the last digit of this GTIN is not its check digit")
        for lot_number, lot in enumerate(line.lots):
            days = date.fromisoformat(lot.expiry).toordinal() - date(1970, 1, 1).toordinal() - arrival_ms // _DAY_MS
            where = f"goods[{number}].lots[{lot_number}].expiry"
            if days <= 0:
                yield Problem(where, "the lot expires before it arrives")
            elif days < SHORT_SHELF_LIFE_DAYS:
                yield Problem(where, f"only {days} days of shelf life are left on arrival")
