"""Show how far a long work is: a bar on a terminal, a line now and then elsewhere, nothing for programs."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pratique.cli.output import PROGRESS_AFTER_S, Speaker, console

LINE_EVERY_S = 10.0
Progress = Callable[[str, int, int], None]


@contextmanager
def progress(speaker: Speaker) -> Iterator[Progress]:
    """Give what a work calls with its name, how much is done, and of how many (0: not known)."""
    if speaker.as_json:
        yield lambda what, done, of: None
    elif sys.stderr.isatty():
        with _bar() as told:
            yield told
    else:
        yield _lines(speaker)


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=console(stderr=True), transient=True) as bar:
        tasks: dict[str, int] = {}

        def told(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = int(bar.add_task(what, total=of or None))
            bar.update(tasks[what], completed=done, total=of or None)  # type: ignore[arg-type]

        yield told


def _lines(speaker: Speaker) -> Progress:
    since = time.monotonic()
    last = since + PROGRESS_AFTER_S - LINE_EVERY_S

    def told(what: str, done: int, of: int) -> None:
        nonlocal last
        if time.monotonic() - last >= LINE_EVERY_S:
            last = time.monotonic()
            speaker.note(f"{what}: {done} of {of} …" if of else f"{what} …")

    return told
