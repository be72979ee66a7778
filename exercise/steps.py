"""Say what is done, and how long it has been going on."""

from __future__ import annotations

import shutil
import textwrap
import time


class Steps:
    """Prints one line per step."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def elapsed_s(self) -> float:
        """Give the seconds since the beginning."""
        return time.monotonic() - self._began

    def step(self, text: str) -> None:
        """Print one step with the time it began or ended at."""
        paragraph(text, f"[{self.elapsed_s():5.1f} s]  ")


def paragraph(text: str, head: str = "") -> None:
    """Print text that hangs under its head, as wide as the terminal."""
    width = max(60, min(shutil.get_terminal_size((110, 40)).columns, 130))
    print(textwrap.fill(text, width, initial_indent=head, subsequent_indent=" " * len(head)), flush=True)
