"""The stories of what the parties of a channel have read."""

from __future__ import annotations

from typing import Any

from tests.views.own_stories import BEGAN_MS, ROOM, step


def of_read_marks() -> list[dict[str, Any]]:
    """Give the stories of read marks."""

    def mark(seq: int, who: str, since: int, upto: int) -> dict[str, Any]:
        return step(seq, who, "read_mark", log=ROOM, since=since, upto=upto)

    def told(said: int, *spans: list[int]) -> dict[str, Any]:
        return {"spans": list(spans), "said_ms": BEGAN_MS + said * 1000}

    words = step(6, "be/ncp/b", "message", log=ROOM, text="Two shipments leave on Friday.")
    one, other = mark(7, "ke/ncp/a", 1, 6), mark(12, "ke/night/c", 4, 10)
    return [
        {"name": "a party has read what a device of it says", "entries": [words, one], "told": {"ke": told(7, [1, 6])}},
        {
            "name": "two devices of a party are one reader",
            "entries": [words, one, other],
            "told": {"ke": told(12, [1, 10])},
        },
        {
            "name": "what was said twice or joins is one, and what lies between stays unread",
            "entries": [mark(5, "ke/ncp/a", 1, 4), mark(10, "ke/ncp/c", 8, 9), mark(12, "ke/ncp/c", 8, 8)],
            "told": {"ke": told(12, [1, 4], [8, 9])},
        },
        {
            "name": "each party speaks for itself",
            "entries": [words, one, mark(8, "ae/ncp/d", 3, 6)],
            "told": {"ke": told(7, [1, 6]), "ae": told(8, [3, 6])},
        },
        {
            "name": "entries that follow each other are one stretch",
            "entries": [mark(5, "ke/ncp/a", 1, 4), mark(7, "ke/ncp/a", 5, 6)],
            "told": {"ke": told(7, [1, 6])},
        },
        {
            "name": "nobody has read what comes after its own word",
            "entries": [mark(5, "ke/ncp/a", 1, 5), mark(7, "ke/ncp/a", 1, 900), mark(8, "ae/ncp/d", 1, 7)],
            "told": {"ae": told(8, [1, 7])},
        },
    ]
