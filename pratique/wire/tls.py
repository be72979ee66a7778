"""Writes and reads the TLS presentation of RFC 9420 §2.1: big-endian integers and length-prefixed bytes.

Each value has exactly one encoding, so what was read strictly can be signed, hashed and compared as the bytes it was.
"""

from __future__ import annotations

from typing import Self

from pratique.wire.refused import Refused

MAX_OPAQUE_BYTES = (1 << 30) - 1


class Malformed(Refused):
    """Says that bytes are not one strict encoding of what was expected."""

    def __init__(self, detail: str) -> None:
        super().__init__("malformed_encoding", detail)


class Writer:
    """Appends fields one by one."""

    __slots__ = ("_parts",)

    def __init__(self) -> None:
        self._parts = bytearray()

    def u8(self, value: int) -> Self:
        return self._uint(value, 1)

    def u16(self, value: int) -> Self:
        return self._uint(value, 2)

    def u32(self, value: int) -> Self:
        return self._uint(value, 4)

    def u64(self, value: int) -> Self:
        return self._uint(value, 8)

    def raw(self, data: bytes) -> Self:
        self._parts += data
        return self

    def opaque(self, data: bytes) -> Self:
        """Append bytes behind their length, in the shortest of its three forms (RFC 9420 §2.1.2)."""
        length = len(data)
        if length < 1 << 6:
            self._parts.append(length)
        elif length < 1 << 14:
            self._uint(length | 1 << 14, 2)
        elif length <= MAX_OPAQUE_BYTES:
            self._uint(length | 2 << 30, 4)
        else:
            raise Malformed(f"{length} bytes are too many for one field")
        self._parts += data
        return self

    def text(self, value: str) -> Self:
        try:
            return self.opaque(value.encode())
        except UnicodeEncodeError:
            raise Malformed("the text holds a lone surrogate, which UTF-8 cannot carry") from None

    def getvalue(self) -> bytes:
        return bytes(self._parts)

    def _uint(self, value: int, size: int) -> Self:
        if not 0 <= value < 1 << 8 * size:
            raise Malformed(f"an integer does not fit into {size} bytes")
        self._parts += value.to_bytes(size, "big")
        return self


class Reader:
    """Takes fields from the front of `data`; every method raises Malformed rather than guess."""

    __slots__ = ("_at", "_data", "_end")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._end = len(data)

    @property
    def at(self) -> int:
        """Give the number of bytes read so far."""
        return self._at

    @property
    def left(self) -> int:
        return self._end - self._at

    def since(self, start: int) -> bytes:
        """Give the bytes read since an earlier `at`: the exact encoding of what was parsed in between."""
        return self._data[start : self._at]

    def u8(self) -> int:
        return self._uint(1)

    def u16(self) -> int:
        return self._uint(2)

    def u32(self) -> int:
        return self._uint(4)

    def u64(self) -> int:
        return self._uint(8)

    def raw(self, size: int) -> bytes:
        start, stop = self._at, self._at + size
        if size < 0 or stop > self._end:
            raise self.malformed(f"{size} bytes were announced and {self.left} are left")
        self._at = stop
        return self._data[start:stop]

    def opaque(self) -> bytes:
        return self.raw(self._length())

    def text(self) -> str:
        try:
            return self.opaque().decode()
        except UnicodeDecodeError:
            raise self.malformed("a text is not UTF-8") from None

    def vector(self) -> Self:
        """Give a reader of its own for the inside of a length-prefixed vector."""
        return type(self)(self.opaque())

    def done(self) -> None:
        """Refuse bytes that were not read."""
        if self._at != self._end:
            raise self.malformed(f"{self.left} bytes follow the end")

    def malformed(self, detail: str) -> Refused:
        """Give the error to raise; a subclass may give its own room's class."""
        return Malformed(f"{detail} (at byte {self._at})")

    def _uint(self, size: int) -> int:
        return int.from_bytes(self.raw(size), "big")

    def _length(self) -> int:
        first = self.u8()
        form = first >> 6
        if form == 0:
            return first
        if form == 3:
            raise self.malformed("a length has the reserved prefix 11")
        size = (1 << form) - 1
        length = (first & 0x3F) << 8 * size | self._uint(size)
        if length < (1 << 6 if form == 1 else 1 << 14):
            raise self.malformed("a length is not in its shortest form")
        return length


def encode(*fields: int | str | bytes) -> bytes:
    """Join fields as the protocol does: an int as u64, a str as UTF-8 and bytes as they are behind their length."""
    writer = Writer()
    for field in fields:
        if isinstance(field, bool):
            raise TypeError("a bool has no encoding: write it as u8")
        if isinstance(field, int):
            writer.u64(field)
        elif isinstance(field, str):
            writer.text(field)
        else:
            writer.opaque(field)
    return writer.getvalue()
