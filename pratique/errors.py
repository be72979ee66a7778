"""What can go wrong on the member side, each with a stable code and, where there is one, the next step."""

from __future__ import annotations

from typing import Any


class PratiqueError(Exception):
    """A failure as told to a person: a stable `code`, what happened where, and what to do next."""

    def __init__(self, code: str, detail: str, hint: str = "") -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.hint = hint


class Problem(PratiqueError):
    """What the server refused, as it said it (RFC 9457).

    Takes   action: fix, retry, resync or give_up; facts: what the problem carries besides its text
    """

    def __init__(
        self, code: str, status: int, detail: str, action: str = "", facts: dict[str, Any] | None = None
    ) -> None:
        super().__init__(code, f"the server says: {detail}")
        self.status = status
        self.action = action
        self.facts = facts or {}


class Unreachable(PratiqueError):
    """No answer came from the server; nothing is known about what was asked."""

    def __init__(self, server: str, detail: str) -> None:
        super().__init__("unreachable", f"{server} does not answer: {detail}", "check the address and the network")


class ServerMistrusted(PratiqueError):
    """The server answered something that an honest server cannot answer; nothing of it was believed."""


class StoreRefused(PratiqueError):
    """The device's store cannot be opened, is locked, or is not there."""


class ChannelStopped(PratiqueError):
    """The channel is stopped or cannot be posted to; `detail` says since when and why."""
