"""Say who does what, numbered, and how long it has been going on."""

from __future__ import annotations

import shutil
import textwrap
import time


class Steps:
    """Prints chapters, numbered steps in them, and what belongs to a step under it."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._number = 0

    def elapsed_s(self) -> float:
        """Give the seconds since the beginning."""
        return time.monotonic() - self._began

    def chapter(self, title: str) -> None:
        """Begin a chapter."""
        print(f"\n{title}", flush=True)

    def step(self, who: str, text: str) -> None:
        """Print one step: its number, when it ended, who did it, and what."""
        self._number += 1
        paragraph(text, f"{self._number:4}  {self.elapsed_s():4.1f} s  {who:4}  ")

    def tell(self, text: str) -> None:
        """Print what belongs to the last step."""
        paragraph(text, " " * 18 + "· ")


def paragraph(text: str, head: str = "") -> None:
    """Print text that hangs under its head, as wide as the terminal."""
    width = max(60, min(shutil.get_terminal_size((120, 40)).columns, 130))
    print(textwrap.fill(text, width, initial_indent=head, subsequent_indent=" " * len(head)), flush=True)
