"""The origin's reply to a query of an addressee."""

from __future__ import annotations

from typing import ClassVar

from pratique.contents.content import Event
from pratique.contents.fields import Hex16, Prose


class Reply(Event):
    """`query` is the id of the question's event; an answer that changes the form is a new version besides."""

    TYPE: ClassVar[str] = "reply"
    query: Hex16
    text: Prose
