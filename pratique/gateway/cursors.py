"""Opaque cursors of lists: what they say is signed, and bound to the list and its filter."""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import Any

from pratique.gateway.problems import Place, Problem
from pratique.wire import strict_json

TAG_BYTES = 16


class Cursors:
    """Makes and reads the cursors of one gateway."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def make(self, bound: str, place: list[Any]) -> str:
        """Give the cursor of a place in a list; `bound` names the list and its filter."""
        said = strict_json.dumps(place)
        return base64.urlsafe_b64encode(self._tag(bound, said) + said).decode().rstrip("=")

    def read(self, bound: str, cursor: str) -> list[Any]:
        """Give the place back; raises `Problem` for anything this gateway did not make for this very list."""
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raw = b""
        tag, said = raw[:TAG_BYTES], raw[TAG_BYTES:]
        if not hmac.compare_digest(tag, self._tag(bound, said)):
            raise Problem("bad_cursor", errors=[Place("query/cursor", "bad_cursor")])
        place: list[Any] = strict_json.loads(said)
        return place

    def _tag(self, bound: str, said: bytes) -> bytes:
        return hmac.digest(self._key, strict_json.dumps(bound) + said, "sha256")[:TAG_BYTES]
