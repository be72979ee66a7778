"""Say where a log ends, as lists of logs tell it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pratique.wire.entries import Entry, next_chain
from pratique.wire.events import Withheld


def end_of(log: bytes, shown: Iterable[Entry | Withheld]) -> dict[str, Any]:
    """Give the newest number of a log and the chain at it."""
    seq, chain = 0, log
    for entry in shown:
        seq = entry.seq
        chain = next_chain(chain, seq, entry.digest if isinstance(entry, Withheld) else entry.digest())
    return {"head_seq": seq, "head_chain": chain.hex()}
