"""Read JSON files that people write; every error names file, line and field."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from pratique.contents.content import ContentRefused, Part, Problem
from pratique.contents.positions import Positions, read_json
from pratique.errors import PratiqueError

P = TypeVar("P", bound=Part)
MAX_FILE_BYTES = 1 << 20


def load(file: Path, form: type[P]) -> tuple[P, Positions]:
    """Read one document of a form.

    Raises  PratiqueError("bad_input"), one line per wrong field
    """
    value, positions = read(file)
    try:
        return form.check(value), positions
    except ContentRefused as refused:
        raise PratiqueError("bad_input", located(file, positions, refused.problems)) from None


def read(file: Path) -> tuple[Any, Positions]:
    """Read one JSON document; lines that begin with // are comments, as `pratique prenotify --new` writes them.

    Raises  PratiqueError("bad_input")
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise PratiqueError("bad_input", f"{file} cannot be read: {error.strerror}") from None
    if len(data) > MAX_FILE_BYTES:
        raise PratiqueError("bad_input", f"{file} is larger than {MAX_FILE_BYTES} bytes")
    # A text in JSON holds no line end, so no line of a value can begin like a comment; line numbers stay.
    plain = b"\n".join(b"" if line.lstrip().startswith(b"//") else line for line in data.split(b"\n"))
    try:
        return read_json(plain)
    except ContentRefused as refused:
        (problem,) = refused.problems
        line = problem.path.removeprefix("line ") or "1"
        raise PratiqueError("bad_input", f"{file}:{line} {problem.text}") from None


def located(file: Path, positions: Positions, problems: tuple[Problem, ...]) -> str:
    """Write problems one per line, as `examples/x.json:17 goods[0].lots[1].expiry: …`."""
    return "\n".join(f"{file}:{positions.line(problem.path)} {problem}" for problem in problems)
