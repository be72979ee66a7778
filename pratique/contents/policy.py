"""How a Member works in one operation; only its own lane holds it."""

from __future__ import annotations

from typing import ClassVar

from pratique.contents.content import Content


class Policy(Content):
    """The newest one counts.

    Takes   four_eyes: another person than the author releases what is sent; receipts: tell senders what was opened
    """

    TYPE: ClassVar[str] = "policy"
    four_eyes: bool = False
    receipts: bool = True
