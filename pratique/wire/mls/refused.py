"""Names the error of this room, and reads bytes so that every malformed encoding raises it too."""

import struct
from enum import IntEnum
from typing import TypeVar

from pratique.wire.refused import Refused
from pratique.wire.tls import Reader

Kind = TypeVar("Kind", bound=IntEnum)


class MlsRefused(Refused):
    """Says that an MLS object is malformed, or is one that the protocol closes (docs/protocol.md §4)."""


class MlsReader(Reader):
    """Reads like `Reader`; everything it raises is MlsRefused("malformed_encoding")."""

    __slots__ = ()

    def malformed(self, detail: str) -> Refused:
        return MlsRefused("malformed_encoding", f"{detail} (at byte {self.at})")

    def flag(self) -> bool:
        """Read the presence octet of an `optional<T>` (RFC 9420 §2.1.1)."""
        octet = self.u8()
        if octet > 1:
            raise self.malformed("the presence of an optional value is neither 0 nor 1")
        return octet == 1

    def known(self, kind: type[Kind], code: str, size: int = 1) -> Kind:
        """Read an integer of `size` bytes that names a kind, or refuse it by `code`."""
        value = self._uint(size)
        try:
            return kind(value)
        except ValueError:
            raise MlsRefused(code, f"{kind.__name__} {value} is unknown") from None

    def integers(self, size: int) -> tuple[int, ...]:
        """Read a vector of integers of 2 or 4 bytes each."""
        data = self.opaque()
        if len(data) % size:
            raise self.malformed(f"a vector of {size}-byte integers has {len(data)} bytes")
        return struct.unpack(f">{len(data) // size}{'H' if size == 2 else 'I'}", data)
