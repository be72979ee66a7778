"""The rules of speech of the command line.

- Results go to standard output; progress, hints and errors to standard error: `pratique board > file` works.
- People get sentences and tables; `--json` gives one JSON document (`watch`: one per line) and nothing else.
- An error says what happened and where, in lower case, without a full stop; a hint line names the next step.
  With `--json` it is {"error": {"code", "detail", "hint"}} on standard error; codes are stable, sentences are not.
- Colour only on a terminal, and never as the only sign. Nothing secret is ever printed.
- Anything that takes longer than a second says what it is doing.
- Text of other people is shown without control characters, so that no content can steer a terminal.
- Times are UTC and say so; numbers carry their unit; references and device names are never shortened.
"""

from __future__ import annotations

import json
import os
import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

PROGRESS_AFTER_S = 1.0
_REFERENCE = re.compile(r"\bPN-[A-Z0-9-]+")


class Speaker:
    """Speaks for one command, to people or to programs."""

    def __init__(self, as_json: bool = False) -> None:
        self.as_json = as_json

    def say(self, text: str = "") -> None:
        """Print a sentence for people; silent with `--json`."""
        if not self.as_json:
            print(plain(text), flush=True)

    def note(self, text: str) -> None:
        """Print an aside on standard error; silent with `--json`."""
        if not self.as_json:
            print(plain(text), file=sys.stderr, flush=True)

    def emit(self, document: Any) -> None:
        """Print the result for programs; silent for people."""
        if self.as_json:
            print(json.dumps(document, ensure_ascii=False), flush=True)

    def error(self, code: str, detail: str, hint: str = "") -> None:
        """Print a failure on standard error."""
        if self.as_json:
            text = json.dumps({"error": {"code": code, "detail": detail, "hint": hint}}, ensure_ascii=False)
        else:
            text = f"error: {detail}" + (f"\nhint: {hint}" if hint else "")
        print(plain(text), file=sys.stderr, flush=True)

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, airy: bool = False) -> None:
        """Print a table for people; silent with `--json`.

        Takes   airy: a blank line between rows, where rows have several lines
        """
        if self.as_json:
            return
        from rich import box
        from rich.table import Table

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold", leading=int(airy))
        for number, column in enumerate(columns):
            references = (found for row in rows for found in _REFERENCE.findall(row[number]))
            table.add_column(column, overflow="fold", min_width=max(map(len, references), default=None))
        for row in rows:
            table.add_row(*(plain(cell) for cell in row))
        out = console(width_if_piped=160)
        with out.capture() as captured:
            out.print(table)
        lines = [line.rstrip() for line in captured.get().splitlines()]
        print("\n".join([title, *lines, ""] if title else lines), flush=True)

    @contextmanager
    def working(self, what: str) -> Iterator[None]:
        """Say what is being done, once it takes longer than a second."""
        if self.as_json:
            yield
            return
        from threading import Timer

        from rich.status import Status

        status = Status(f"{what} …", console=console(stderr=True))
        timer = Timer(PROGRESS_AFTER_S, status.start if sys.stderr.isatty() else lambda: self.note(f"{what} …"))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            status.stop()


def plain(text: str) -> str:
    """Replace control, format and bidirectional characters; line ends stay."""
    return "".join(sign if sign == "\n" or unicodedata.category(sign)[0] != "C" else "\ufffd" for sign in text)


def console(stderr: bool = False, width_if_piped: int | None = None) -> Console:
    """Give a console that writes plain text where nobody looks at it."""
    from rich.console import Console

    terminal = (sys.stderr if stderr else sys.stdout).isatty()
    return Console(
        stderr=stderr,
        width=None if terminal or "COLUMNS" in os.environ else width_if_piped,
        highlight=False,
        markup=False,
        emoji=False,
    )
