"""The urgency of a post, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, overload

import typer

if TYPE_CHECKING:
    from pratique.wire.entries import Urgency

Word = Literal["routine", "priority", "urgent"]
UrgencyWord = Annotated[Word, typer.Option("--urgency", help="How soon a person should look.")]
UrgencyOfVersion = Annotated[
    Word | None, typer.Option("--urgency", help="How soon a person should look; left out: as it stands.")
]
UrgencyOfNew = Annotated[
    Word | None, typer.Option("--urgency", help="How soon a person should look; left out: urgent with a reason for it.")
]


@overload
def as_urgency(word: Word) -> Urgency: ...
@overload
def as_urgency(word: Word | None) -> Urgency | None: ...
def as_urgency(word: Word | None) -> Urgency | None:
    """Give the urgency that a word names."""
    from pratique.wire.entries import Urgency

    return None if word is None else Urgency.from_word(word)
