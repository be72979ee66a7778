"""Reads and writes extension lists (RFC 9420 §13)."""

from __future__ import annotations

from dataclasses import dataclass

from pratique.wire.mls.refused import MlsReader, MlsRefused
from pratique.wire.tls import Writer

LAST_RESORT = 0x000A
PRATIQUE = 0xF1A7
"""The private-use GroupInfo extension that carries (seq, chain, roster head)."""


@dataclass(frozen=True, slots=True)
class Extension:
    type: int
    data: bytes


def read_extensions(reader: MlsReader) -> tuple[Extension, ...]:
    inside = reader.vector()
    found: dict[int, Extension] = {}
    while inside.left:
        extension = Extension(inside.u16(), inside.opaque())
        if extension.type in found:
            raise MlsRefused("duplicate_extension", f"extension 0x{extension.type:04x} stands twice in one list")
        found[extension.type] = extension
    return tuple(found.values())


def write_extensions(writer: Writer, extensions: tuple[Extension, ...]) -> None:
    inside = Writer()
    for extension in extensions:
        inside.u16(extension.type).opaque(extension.data)
    writer.opaque(inside.getvalue())
