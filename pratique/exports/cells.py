"""Write values for people in one language: words, names of codes, instants, numbers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from pratique import codes

Cell = dict[str, Any]
LANGUAGES = ("en", "fr", "es", "ru", "ar", "pt")
NO_BREAK = "\u00a0"
_SYMBOLS = {"KGM": "kg", "CEL": "°C", "HUR": "h"}


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    told: Mapping[str, Mapping[str, str]] = json.loads(
        files("pratique.exports").joinpath("words.json").read_text(encoding="utf-8")
    )
    return told


def word(key: str, language: str) -> str:
    """Give a fixed word such as state.SENT; a code without a word stands for itself."""
    spoken = _words().get(key)
    return spoken.get(language, spoken["en"]) if spoken else key.rpartition(".")[2]


def text(value: str, more: str = "", tone: str = "") -> Cell:
    """Give a cell of words, which follow the language's direction."""
    return {"value": value, "kind": "text", "more": more, "tone": tone}


def code(value: str, more: str = "", tone: str = "", *, more_is_code: bool = False) -> Cell:
    """Give a cell of signs that stay left to right in every language: codes, dates."""
    return {"value": value, "kind": "code", "more": more, "tone": tone, "more_kind": "code" if more_is_code else "text"}


def number(value: float | None, tone: str = "", *, signed: bool = False) -> Cell:
    """Give a cell with a number, or a dash where there is none."""
    return {
        "value": "–" if value is None else grouped(value, signed=signed),
        "kind": "number",
        "more": "",
        "tone": tone,
    }


def grouped(value: float, *, signed: bool = False) -> str:
    """Write a number with its thousands apart, as all six languages read it."""
    whole, _, rest = f"{abs(value):,}".partition(".")
    sign = "−" if value < 0 else "+" if signed and value > 0 else ""
    return sign + whole.replace(",", NO_BREAK) + (f".{rest}" if rest not in ("", "0") else "")


def instant(at_ms: int) -> str:
    """Write an instant, UTC, to the minute."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M")


def instant_text(at_ms: int) -> str:
    """Write an instant for programs, to the second."""
    return datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def instant_of(value: str) -> str:
    """Write an instant field for people."""
    return datetime.fromisoformat(value).astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def member(party: str, language: str) -> str:
    """Name a Member by its party label."""
    name = codes.name("countries", party.upper(), language)
    return f"{name} ({party.upper()})" if name != party.upper() else party.upper()


def place(locode: str, language: str) -> str:
    """Name a place by its UN/LOCODE."""
    return codes.name("unlocode", locode, language)


def coded(name: str, value: str) -> str:
    """Give a code's name and the code, or the code alone."""
    return f"{name} ({value})" if name != value else value


def with_unit(value: float, unit: str | None) -> str:
    """Write a measured number with its unit's sign, where it has one."""
    symbol = _SYMBOLS.get(unit or "", "")
    return f"{grouped(value)}{NO_BREAK}{symbol}" if symbol else grouped(value)


def words_or_code(value: str) -> Cell:
    """Give words as words, and what looks like a number or code as a code."""
    return code(value) if re.fullmatch(r"[!-~]+", value) else text(value)
