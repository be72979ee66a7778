"""Free text between members."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, StringConstraints, model_validator

from pratique.contents.content import Content, Follows, Misplaced
from pratique.contents.fields import PartyLabel
from pratique.contents.sealed_file import Photo


class Message(Content):
    """What a person wrote, as long as one content holds (`content_too_large`).

    Takes   follows: the entry it answers; mentions: the parties that should look; photos: what lies beside the channel
    """

    TYPE: ClassVar[str] = "message"
    text: Annotated[str, StringConstraints(min_length=1)]
    follows: Follows | None = None
    mentions: Annotated[tuple[PartyLabel, ...], Field(max_length=50)] | None = None
    photos: Annotated[tuple[Photo, ...], Field(min_length=1, max_length=12)] | None = None

    @model_validator(mode="after")
    def _once(self) -> Self:
        if self.mentions is not None and len(set(self.mentions)) != len(self.mentions):
            raise Misplaced("mentions", "names a Member twice")
        return self
