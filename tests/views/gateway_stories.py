"""The stories of the operation room, and of two gateways that share one Member's deliveries."""

from __future__ import annotations

from typing import Any

from tests.views.own_stories import BEGAN_MS, ROOM, step

ENDPOINT = "3c" * 16
LASTS = 5 * 60_000
ITEM, OTHER = f"{'a1' * 32}/7", f"{'a1' * 32}/8"


def of_room() -> list[dict[str, Any]]:
    """Give the stories of the operation room; OCU coordinates."""
    hours: dict[str, Any] = {"weekend": [4, 5], "duty_phone": "+254207001"}
    return [
        {
            "name": "each party tells of its own desk, and the newest counts",
            "coordinators": ["ocu"],
            "entries": [
                step(1, "ke/ncp/a", "desk", log=ROOM),
                step(2, "be/ncp/b", "desk", log=ROOM, weekend=[5, 6]),
                step(3, "ke/ncp/a", "desk", log=ROOM, **hours),
            ],
            "told": {"weekends": {"ke": [4, 5], "be": [5, 6]}, "adapted": None},
        },
        {
            "name": "only a coordinator adapts the template",
            "coordinators": ["ocu"],
            "entries": [
                step(1, "ocu/ncp/a", "adaptation", log=ROOM, require=["goods[].gtin"]),
                step(2, "be/ncp/b", "adaptation", log=ROOM, hide=["goods[].gtin"]),
            ],
            "told": {"weekends": {}, "adapted": ["goods[].gtin"]},
        },
    ]


def of_deliveries() -> list[dict[str, Any]]:
    """Give the stories of two gateways, g1 and g2, and an item."""

    def claim(seq: int, who: str, state: str, at_ms: int, items: tuple[str, ...] = (ITEM,)) -> dict[str, Any]:
        return step(seq, f"gateway/{who}", "claim", at_ms, endpoint=ENDPOINT, items=list(items), state=state)

    first, late = claim(1, "g1", "CLAIMED", 1), claim(2, "g2", "CLAIMED", 10)
    after = claim(3, "g2", "CLAIMED", LASTS + 1)

    def tale(name: str, entries: list[dict[str, Any]], at_ms: int, **told: Any) -> dict[str, Any]:
        return {"name": name, "now_ms": BEGAN_MS + at_ms, "entries": entries, "told": told}

    return [
        tale("the first claim in the lane counts", [first, late], 20, owner="g1", delivered=False),
        tale("a claim lapses after five minutes", [first], LASTS + 1, owner=None, delivered=False),
        tale("until then it holds", [first], LASTS, owner="g1", delivered=False),
        tale("then the next one counts", [first, late, after], LASTS + 2, owner="g2", delivered=False),
        tale(
            "a claim made anew lasts anew",
            [first, claim(2, "g1", "CLAIMED", LASTS - 5), after],
            LASTS + 2,
            owner="g1",
            delivered=False,
        ),
        tale(
            "given back, it is free",
            [first, claim(2, "g1", "RELEASED", 5), claim(3, "g2", "CLAIMED", 6)],
            9,
            owner="g2",
            delivered=False,
        ),
        tale("nobody gives back another's", [first, claim(2, "g2", "RELEASED", 5)], 9, owner="g1", delivered=False),
        tale(
            "delivered is delivered",
            [first, claim(2, "g1", "DELIVERED", 5), after],
            LASTS + 2,
            owner=None,
            delivered=True,
        ),
        tale(
            "a claim is of its items", [claim(1, "g1", "CLAIMED", 1, (OTHER,)), late], 20, owner="g2", delivered=False
        ),
    ]
