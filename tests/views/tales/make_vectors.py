"""Write vectors/views/board from the tales: `python -m tests.views.tales.make_vectors`.

A tale whose board is not what the tale says by hand is not written.
"""

from __future__ import annotations

from tests.views.entries import VECTORS
from tests.views.tales import announcing, answering, closing, moving, whole
from tests.views.tales.tale import Tale, written
from tests.views.tales.told import found, vector

TALES: list[Tale] = [*announcing.tales(), *answering.tales(), *moving.tales(), *closing.tales(), *whole.tales()]


def main() -> None:
    """Write every vector, and take away those that no tale tells."""
    for tale in TALES:
        expected = tale.told if "nothing" in tale.told else {"marks": [], **tale.told}
        for lanes, told in (((), expected), *tale.seen.items()):
            shown = found(tale, lanes, tuple(told))
            assert shown == told, f"{tale.file} {lanes}:\n  told  {told}\n  shown {shown}"
        (VECTORS / f"{tale.file}.json").write_text(written(vector(tale)), encoding="utf-8")
    for file in VECTORS.glob("*.json"):
        if file.stem not in {tale.file for tale in TALES}:
            file.unlink()


if __name__ == "__main__":
    main()
