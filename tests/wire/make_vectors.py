"""Write the vectors that every implementation is held to: `python -m tests.wire.make_vectors`.

Each set is a pure function of its source; only what is sealed is random, so sealed bytes that still open are kept.
"""

import json
from collections.abc import Callable

from tests.wire.vector_sets import (
    certificates,
    encodings,
    files,
    identity,
    keys,
    membership,
    party_lists,
    sealing,
    statements,
    strict_json,
    welcomes,
)
from tests.wire.vectors import FOLDER

SETS: dict[str, Callable[[], dict[str, object]]] = {
    "certificates": certificates.make,
    "encodings": encodings.make,
    "files": files.make,
    "identity": identity.make,
    "keys": keys.make,
    "membership": membership.make,
    "party_lists": party_lists.make,
    "sealing": sealing.make,
    "statements": statements.make,
    "strict_json": strict_json.make,
    "welcomes": welcomes.make,
}


def text(name: str) -> str:
    """Give one file as it should stand in the repository."""
    return json.dumps(SETS[name](), indent=1) + "\n"


def main() -> None:
    """Write every file."""
    FOLDER.mkdir(exist_ok=True)
    for name in SETS:
        (FOLDER / f"{name}.json").write_text(text(name), encoding="utf-8")


if __name__ == "__main__":
    main()
