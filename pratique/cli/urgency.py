"""The urgency of a post, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from pratique.wire.entries import Urgency

UrgencyWord = Annotated[
    Literal["routine", "priority", "urgent"], typer.Option("--urgency", help="How soon a person should look.")
]


def as_urgency(word: str) -> Urgency:
    """Give the urgency that a word names."""
    from pratique.wire.entries import Urgency

    return Urgency.from_word(word)
