"""Read JSON that has one meaning in every language: UTF-8, no NaN, no surrogates, no NUL, no duplicate keys."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from pratique.wire.refused import Refused

MAX_DEPTH = 32
MAX_INT = 2**53 - 1


class JsonRefused(Refused):
    """A body that is not strict JSON; `detail` never quotes the input."""

    def __init__(self, detail: str) -> None:
        super().__init__("malformed_json", detail)


def _constant(_name: str) -> NoReturn:
    raise JsonRefused("numbers must be finite")


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise JsonRefused("numbers must be finite")
    return value


def _int(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > MAX_INT:
        raise JsonRefused("integers must fit in 53 bits")
    return int(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise JsonRefused("an object repeats a key")
    return found


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise JsonRefused("text contains NUL")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise JsonRefused("text contains a lone surrogate") from None


def _check(value: Any, depth: int, escapes: bool) -> None:
    if isinstance(value, str):
        if escapes:
            _check_text(value)
        return
    if not isinstance(value, dict | list):
        return
    if value and depth == MAX_DEPTH:
        raise JsonRefused(f"nesting is deeper than {MAX_DEPTH}")
    if escapes and isinstance(value, dict):
        for key in value:
            _check_text(key)
    for item in value.values() if isinstance(value, dict) else value:
        if escapes or isinstance(item, dict | list):
            _check(item, depth + 1, escapes)


def loads(data: bytes) -> Any:
    """Parse one JSON document or raise `JsonRefused`.

    Takes   UTF-8 bytes without a byte order mark
    Gives   dict, list, str, int (≤ 53 bits), finite float, bool or None
    """
    try:
        text = data.decode("utf-8", errors="strict")
    except UnicodeDecodeError:
        raise JsonRefused("the body is not UTF-8") from None
    if text.startswith("\ufeff"):
        raise JsonRefused("the body starts with a byte order mark")
    try:
        value = json.loads(
            text, parse_constant=_constant, parse_float=_float, parse_int=_int, object_pairs_hook=_object
        )
    except RecursionError:
        raise JsonRefused(f"nesting is deeper than {MAX_DEPTH}") from None
    except JsonRefused:
        raise
    except ValueError:
        raise JsonRefused("the body is not JSON") from None
    # UTF-8 has no surrogates and the parser takes no raw NUL, so only an escape can bring either.
    _check(value, 0, escapes="\\u" in text)
    return value


def dumps(value: Any) -> bytes:
    """Write compact UTF-8 JSON; refuses NaN."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
