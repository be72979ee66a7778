"""A pre-notification that a Member writes, before and after it is sent; only its own lane holds it."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from pratique.contents.content import Content, Misplaced
from pratique.contents.fields import Hex16, Prose, Reference, Sha256, Words
from pratique.contents.prenotification import Announcement

# A reference has six digits.
NUMBERS = 10**6
DraftState = Literal["DRAFT", "PENDING_RELEASE", "RETURNED", "SENT", "DISCARDED"]


class Draft(Content):
    """One step of a draft; what it leaves out stays as it was.

    Takes   digest: SHA-256 of the announcement last sent, by which a repetition is known
            base: in the first draft of a lane: where its numbers begin, behind those of the own lanes that died before
    """

    TYPE: ClassVar[str] = "draft"
    draft: Hex16
    state: DraftState
    national_reference: Words | None = None
    announcement: Announcement | None = None
    comment: Prose | None = None
    reference: Reference | None = None
    digest: Sha256 | None = None
    base: int | None = Field(default=None, ge=0, lt=NUMBERS)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.state == "RETURNED" and self.comment is None:
            raise Misplaced("comment", "is missing; say what to change")
        if (self.state == "SENT") != (self.reference is not None):
            raise Misplaced("reference", "stands with SENT, and only there")
        return self
