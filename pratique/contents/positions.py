"""Read a JSON file and remember on which line every value stands, so that an error can name file, line and field."""

from __future__ import annotations

import json
from typing import Any

from pratique.contents.content import ContentRefused, Problem
from pratique.wire import strict_json

Place = tuple[int | str, ...]
_SPACE = " \t\n\r"


class _Syntax(Exception):
    def __init__(self, index: int, text: str) -> None:
        super().__init__(text)
        self.index = index
        self.text = text


class Positions:
    """Where each value of one document stands.

    Unit  lines count from 1
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts: dict[str, int] = {"": 0}

    def line(self, path: str) -> int:
        """Give the line of a field, or of the nearest thing around it that exists."""
        while path not in self._starts:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.line_at(self._starts[path])

    def line_at(self, index: int) -> int:
        """Give the line of a character."""
        return self._text.count("\n", 0, index) + 1

    def scan(self) -> None:
        """Walk the document once and note where values begin; raises `_Syntax`."""
        end = self._skip_space(self._value(self._skip_space(0), "", 0))
        if end < len(self._text):
            raise _Syntax(end, "the document has ended before this")

    def _skip_space(self, index: int) -> int:
        while index < len(self._text) and self._text[index] in _SPACE:
            index += 1
        return index

    def _value(self, index: int, path: str, depth: int) -> int:
        if depth > strict_json.MAX_DEPTH:
            raise _Syntax(index, f"nesting is deeper than {strict_json.MAX_DEPTH}")
        self._starts.setdefault(path, index)
        sign = self._text[index : index + 1]
        if sign == "{":
            return self._object(index + 1, path, depth)
        if sign == "[":
            return self._list(index + 1, path, depth)
        return self._scalar(index)[1]

    def _scalar(self, index: int) -> tuple[Any, int]:
        try:
            return json.JSONDecoder().raw_decode(self._text, index)
        except ValueError:
            text = "this text has no end, or holds a sign that must be escaped"
            raise _Syntax(index, text if self._text[index : index + 1] == '"' else "a value is expected here") from None

    def _object(self, index: int, path: str, depth: int) -> int:
        index = self._skip_space(index)
        if self._text[index : index + 1] == "}":
            return index + 1
        names: set[str] = set()
        while True:
            if self._text[index : index + 1] != '"':
                raise _Syntax(index, "a field name in double quotes is expected here")
            name, after = self._scalar(index)
            if name in names:
                raise _Syntax(index, "this field stands here twice")
            names.add(name)
            inner = f"{path}.{name}" if path else name
            self._starts[inner] = index
            index = self._skip_space(after)
            if self._text[index : index + 1] != ":":
                raise _Syntax(index, "a colon is expected here")
            index = self._value(self._skip_space(index + 1), inner, depth + 1)
            index, done = self._next(index, "}")
            if done:
                return index

    def _list(self, index: int, path: str, depth: int) -> int:
        index = self._skip_space(index)
        if self._text[index : index + 1] == "]":
            return index + 1
        number = 0
        while True:
            index = self._value(index, f"{path}[{number}]", depth + 1)
            index, done = self._next(index, "]")
            if done:
                return index
            number += 1

    def _next(self, index: int, closing: str) -> tuple[int, bool]:
        index = self._skip_space(index)
        sign = self._text[index : index + 1]
        if sign == closing:
            return index + 1, True
        if sign != ",":
            raise _Syntax(index, f"a comma or {closing} is expected here")
        return self._skip_space(index + 1), False


def read_json(data: bytes) -> tuple[Any, Positions]:
    """Parse one strict JSON document and say where its fields stand.

    Raises  ContentRefused("malformed_json"): its one problem's path is `line N` where that is known
    """
    text = data.decode("utf-8", errors="replace")
    positions = Positions(text)
    try:
        positions.scan()
    except _Syntax as found:
        problem = Problem(f"line {positions.line_at(found.index)}", found.text)
        raise ContentRefused((problem,), "malformed_json") from None
    try:
        return strict_json.loads(data), positions
    except strict_json.JsonRefused as refused:
        raise ContentRefused((Problem("", refused.detail),), "malformed_json") from None
