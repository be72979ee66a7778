"""The request that a party hands to the root's holder."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from pratique.contents.content import Part
from pratique.contents.fields import Words
from pratique.wire.bodies import PartyId, PartyKind


class PartyRequest(Part):
    """Who wants to be listed, and the CA key that will name its devices; compare the key by another way."""

    party: PartyId
    kind: PartyKind = Field(strict=False)
    name: Words
    deployment: Words
    public: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
