"""The terms of an operation as a person writes them: instants as text, no number and no nonce."""

from __future__ import annotations

import secrets
from typing import Annotated, Literal

from pydantic import Field

from pratique.contents.content import Part
from pratique.contents.fields import Instant, instant_ms
from pratique.wire.bodies import OperationTerms, Participant, PartyId


class Terms(Part):
    """What `pratique operation found` reads."""

    code: str
    phase: Literal["preparation", "active", "closing", "closed"] = "active"
    from_at: Instant
    until_at: Instant
    participants: Annotated[tuple[Participant, ...], Field(min_length=1, max_length=400)]
    lane_companions: tuple[PartyId, ...] = ()

    def statement_body(self, number: int) -> OperationTerms:
        """Give the statement's body under its number."""
        return OperationTerms(
            number=number,
            code=self.code,
            from_ms=instant_ms(self.from_at),
            until_ms=instant_ms(self.until_at),
            phase=self.phase,
            participants=self.participants,
            lane_companions=self.lane_companions,
            nonce=secrets.token_hex(16),
        )
