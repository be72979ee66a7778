"""A person of an addressee has taken note of a pre-notification."""

from __future__ import annotations

from typing import ClassVar

from pratique.contents.content import Event


class Acknowledgement(Event):
    """Taken note of; no permission and no objection is in it."""

    TYPE: ClassVar[str] = "acknowledgement"
