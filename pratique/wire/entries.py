"""One log, numbered entries, and the chain over them (docs/protocol.md §3)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

from pratique.wire.tls import Reader, Writer, encode

LOG_ID_BYTES = 32
INBOX_LABEL = "pratique inbox v1"
DIRECTORY_LABEL = "pratique directory v1"


class Kind(IntEnum):
    """What an entry is; the numbers stand in the chain and never change."""

    CHARTER = 1
    GROUP_INFO = 2
    ROSTER = 3
    COMMIT = 4
    LINK = 5
    APPLICATION = 6
    WELCOME = 7
    REMINDER = 8
    NOTICE = 9

    @property
    def word(self) -> str:
        """The kind's name on the wire, lower case."""
        return self.name.lower()

    @classmethod
    def from_word(cls, word: str) -> Kind:
        """Read a kind's name; raises `ValueError`."""
        try:
            return cls[word.upper()] if word == word.lower() else cls(0)
        except KeyError:
            raise ValueError("unknown kind") from None


class Urgency(IntEnum):
    """How soon a person should look."""

    ROUTINE = 0
    PRIORITY = 1
    URGENT = 2

    @property
    def word(self) -> str:
        """The urgency's name on the wire, lower case."""
        return self.name.lower()

    @classmethod
    def from_word(cls, word: str) -> Urgency:
        """Read an urgency's name; raises `ValueError`."""
        try:
            return cls[word.upper()] if word == word.lower() else cls(-1)
        except KeyError:
            raise ValueError("unknown urgency") from None


@dataclass(frozen=True)
class Draft:
    """An entry before it has a number."""

    kind: Kind
    data: bytes
    epoch: int = 0
    urgency: Urgency = Urgency.ROUTINE
    to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """One numbered record of a log.

    Shape  log: 32 bytes; seq ≥ 1 without gaps; device: a device URI, empty for the server's notices
    Unit   at_ms: UTC, milliseconds since 1970
    """

    log: bytes
    seq: int
    kind: Kind
    device: str
    epoch: int
    post_id: UUID
    urgency: Urgency
    at_ms: int
    data: bytes

    def encode(self) -> bytes:
        """Give the bytes under the chain (rule LOG-2)."""
        writer = Writer()
        writer.opaque(self.log)
        for number in (self.seq, int(self.kind)):
            writer.u64(number)
        writer.opaque(self.device.encode())
        writer.u64(self.epoch)
        writer.raw(self.post_id.bytes)
        for number in (int(self.urgency), self.at_ms):
            writer.u64(number)
        writer.opaque(self.data)
        return writer.getvalue()

    def digest(self) -> bytes:
        """Give SHA-256 of the encoded entry."""
        return hashlib.sha256(self.encode()).digest()


@dataclass(frozen=True)
class Seen:
    """The newest entry of a log that a sender had processed: its number and the chain there."""

    seq: int
    chain: bytes

    def encode(self) -> bytes:
        """Give the bytes that stand in a commit's authenticated data."""
        return encode(self.seq, self.chain)

    @classmethod
    def decode(cls, data: bytes) -> Seen:
        """Read `encode`'s bytes; raises `Malformed`."""
        reader = Reader(data)
        seen = cls(reader.u64(), reader.opaque())
        reader.done()
        return seen


def next_chain(chain: bytes, seq: int, digest: bytes) -> bytes:
    """Give chain_n from chain_{n-1}, n and the entry's digest; chain_0 is the log's id (rule LOG-3)."""
    return hashlib.sha256(encode(chain, seq, digest)).digest()


def inbox_id(device: str) -> bytes:
    """Give the log id of a device's inbox."""
    return hashlib.sha256(encode(INBOX_LABEL, device)).digest()


def directory_id(deployment: str) -> bytes:
    """Give the log id of the deployment's directory: party lists, certificates, revocations."""
    return hashlib.sha256(encode(DIRECTORY_LABEL, deployment)).digest()
