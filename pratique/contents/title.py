"""A channel's title and what it is for: sealed, so that the server knows neither."""

from __future__ import annotations

from typing import ClassVar, Literal

from pratique.contents.content import Content
from pratique.contents.fields import Prose, Words

Purpose = Literal["discussion", "library", "reporting", "lane", "operation"]


class Title(Content):
    """The newest one counts."""

    TYPE: ClassVar[str] = "title"
    title: Words
    purpose: Purpose = "discussion"
    about: Prose | None = None
