"""Carry an invitation to the one who is invited: the signed statement and the secret token, as one line of text."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from pratique.errors import PratiqueError
from pratique.wire.bodies import Invitation
from pratique.wire.refused import Refused
from pratique.wire.statements import Statement
from pratique.wire.tls import Reader, encode

PREFIX = "pratique-invitation-"
TOKEN_BYTES = 32


@dataclass(frozen=True)
class InvitationTicket:
    """What an officer hands over by a trusted way; it pins the deployment's root."""

    statement: Statement
    token: bytes

    @property
    def id(self) -> bytes:
        """Give the invitation's id: the statement's digest."""
        return self.statement.digest

    @property
    def invitation(self) -> Invitation:
        """Read what the invitation says; raises `Refused`."""
        return self.statement.read(Invitation)

    def text(self) -> str:
        """Give the one line to hand over."""
        packed = encode(self.statement.raw, self.token)
        return PREFIX + base64.urlsafe_b64encode(packed).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> InvitationTicket:
        """Read `text`'s line; raises `PratiqueError("bad_invitation")`."""
        line = "".join(text.split())
        packed = line.removeprefix(PREFIX)
        try:
            if packed == line:
                raise ValueError
            reader = Reader(base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True))
            ticket = cls(Statement.parse(reader.opaque()), reader.opaque())
            reader.done()
            _ = ticket.invitation
        except (Refused, ValueError, binascii.Error):
            hint = f"copy the whole line that begins with {PREFIX}"
            raise PratiqueError("bad_invitation", "this is not an invitation", hint) from None
        return ticket
