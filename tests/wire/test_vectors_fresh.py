"""The vectors in the repository are those that the sources make."""

import pytest

from tests.wire.make_vectors import SETS, text
from tests.wire.vectors import FOLDER


@pytest.mark.parametrize("name", SETS)
def test_fresh(name: str) -> None:
    committed = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    assert text(name) == committed, "run: python -m tests.wire.make_vectors"
