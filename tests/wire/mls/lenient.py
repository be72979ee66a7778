"""Reads what our parsers refuse only because some vectors name their members by random bytes instead of text."""

from pratique.wire.mls.refused import MlsReader


class LenientReader(MlsReader):
    __slots__ = ()

    def text(self) -> str:
        return self.opaque().hex()
