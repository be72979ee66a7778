"""Entries of a Member's own lane; the stories of its drafts: transitions 1 to 3, and what is sent."""

from __future__ import annotations

from typing import Any

from pratique.contents.fields import make_reference

OWN, ROOM = "e5" * 32, "f6" * 32
BEGAN_MS = 1798761540000  # 2026-12-31T23:59Z
DRAFT, SECOND = "2d" * 16, "2e" * 16
SENT = {"reference": make_reference("STOP-III", "be", 2026, 5), "digest": "ab" * 32}


def announcement(note: str) -> dict[str, Any]:
    """Give what a draft holds; it need not be whole."""
    return {"template": "prenotification/1", "national_reference": "BE-77", "form": {"note": note}}


def step(seq: int, who: str, type_: str, at_ms: int = 0, log: str = OWN, **body: Any) -> dict[str, Any]:
    """Give one entry; `who` is `office/person`, or `party/office/person`."""
    *party, office, person = who.split("/")
    label = party[0] if party else "be"
    device = f"pratique://{label}.stop.example/{office}/{person}/0001"
    at = BEGAN_MS + (at_ms or seq * 1000)
    return {"log": log, "seq": seq, "at_ms": at, "party": label, "device": device, "type": type_, "body": body}


def draft(seq: int, who: str, state: str, draft: str = DRAFT, **body: Any) -> dict[str, Any]:
    """Give one step of a draft."""
    return step(seq, who, "draft", draft=draft, state=state, **body)


def of_drafts() -> list[dict[str, Any]]:
    """Give the stories of transitions 1 to 3, and of what is sent."""
    new = draft(5, "ncp/an", "DRAFT", national_reference="BE-77", announcement=announcement("first"))
    four_eyes = step(4, "ncp/chef", "policy", four_eyes=True)
    handed_in = draft(6, "ncp/an", "PENDING_RELEASE")
    returned = draft(7, "ncp/bo", "RETURNED", comment="Which batch?")

    def tale(name: str, moves: int | None, allowed: bool, entries: list[dict[str, Any]], **told: Any) -> dict[str, Any]:
        return {"name": name, "transition": moves, "allowed": allowed, "entries": entries, "told": told}

    return [
        tale("a draft is numbered by its first entry", 1, True, [new], state="DRAFT", number=5, marks=[]),
        tale("only a draft begins one", 1, False, [handed_in, draft(7, "ncp/an", "SENT", **SENT)], state=None),
        tale("handed in for release", 2, True, [four_eyes, new, handed_in], state="PENDING_RELEASE", marks=[]),
        tale(
            "without four eyes nothing is handed in", 2, False, [new, handed_in], state="DRAFT", marks=["out_of_turn"]
        ),
        tale(
            "handed in by its author, and once",
            2,
            False,
            [
                four_eyes,
                new,
                draft(6, "ncp/bo", "PENDING_RELEASE"),
                draft(7, "ncp/an", "PENDING_RELEASE"),
                draft(8, "ncp/an", "PENDING_RELEASE"),
            ],
            state="PENDING_RELEASE",
            marks=["not_the_author", "out_of_turn"],
        ),
        tale(
            "returned with a comment",
            3,
            True,
            [four_eyes, new, handed_in, returned],
            state="RETURNED",
            comment="Which batch?",
            marks=[],
        ),
        tale(
            "returned by another person of the coordination point, and only what was handed in",
            3,
            False,
            [
                four_eyes,
                new,
                draft(6, "ncp/bo", "RETURNED", comment="x"),
                draft(7, "ncp/an", "PENDING_RELEASE"),
                draft(8, "ncp/an", "RETURNED", comment="x"),
                draft(9, "airport/cy", "RETURNED", comment="x"),
            ],
            state="PENDING_RELEASE",
            marks=["out_of_turn", "not_the_releaser", "not_the_releaser"],
        ),
        tale(
            "written anew and released by another",
            4,
            True,
            [
                four_eyes,
                new,
                handed_in,
                returned,
                draft(8, "ncp/an", "DRAFT", announcement=announcement("second")),
                draft(9, "ncp/an", "PENDING_RELEASE"),
                draft(10, "airport/cy", "SENT", **SENT),
            ],
            state="SENT",
            number=5,
            reference=SENT["reference"],
            note="second",
            marks=[],
        ),
        tale(
            "nobody releases what only one has seen",
            4,
            False,
            [
                four_eyes,
                new,
                draft(6, "ncp/bo", "SENT", **SENT),
                draft(7, "ncp/an", "PENDING_RELEASE"),
                draft(8, "ncp/an", "SENT", **SENT),
            ],
            state="PENDING_RELEASE",
            reference=None,
            marks=["not_released", "not_released"],
        ),
        tale(
            "without four eyes its author sends it",
            4,
            True,
            [new, draft(6, "ncp/an", "SENT", **SENT)],
            state="SENT",
            reference=SENT["reference"],
            marks=[],
        ),
        tale(
            "sent again as a newer version",
            None,
            True,
            [
                new,
                draft(6, "ncp/an", "SENT", **SENT),
                draft(7, "ncp/bo", "SENT", **{**SENT, "digest": "cd" * 32}, announcement=announcement("second")),
            ],
            state="SENT",
            digest="cd" * 32,
            note="second",
            marks=[],
        ),
        tale(
            "the text of a newer version thrown away: what was sent stays sent",
            None,
            True,
            [
                new,
                draft(6, "ncp/an", "SENT", **SENT),
                draft(7, "ncp/an", "DRAFT", announcement=announcement("second")),
                draft(8, "ncp/an", "DISCARDED"),
            ],
            state="SENT",
            digest="ab" * 32,
            marks=[],
        ),
        tale(
            "what is discarded stays so, and gives its national reference free",
            None,
            True,
            [
                new,
                draft(6, "ncp/an", "DISCARDED"),
                draft(7, "ncp/an", "DRAFT"),
                draft(8, "ncp/bo", "DRAFT", SECOND, national_reference="BE-77"),
            ],
            state="DISCARDED",
            national=SECOND,
            marks=["out_of_turn"],
        ),
        tale(
            "of two with one national reference the first counts",
            None,
            True,
            [new, draft(6, "ncp/bo", "DRAFT", SECOND, national_reference="BE-77")],
            state="DRAFT",
            national=DRAFT,
            marks=[],
        ),
        tale(
            "the first draft of a lane counts on from the lanes before it, later ones have no say",
            None,
            True,
            [
                draft(4, "ncp/bo", "SENT", SECOND, **SENT, base=900),
                draft(5, "ncp/bo", "DRAFT", SECOND, base=40),
                draft(6, "ncp/an", "DRAFT", base=70),
                draft(7, "ncp/an", "DRAFT", base=80),
            ],
            state="DRAFT",
            number=46,
            marks=[],
        ),
        tale(
            "the first thrown away, the next with its national reference counts",
            None,
            True,
            [new, draft(6, "ncp/bo", "DRAFT", SECOND, national_reference="BE-77"), draft(7, "ncp/an", "DISCARDED")],
            state="DISCARDED",
            national=SECOND,
            marks=[],
        ),
    ]
