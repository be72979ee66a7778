"""Free text between members."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import StringConstraints

from pratique.contents.content import Content, Follows


class Message(Content):
    """What a person wrote, as long as one content holds (`content_too_large`); `follows` is the entry it answers."""

    TYPE: ClassVar[str] = "message"
    text: Annotated[str, StringConstraints(min_length=1)]
    follows: Follows | None = None
