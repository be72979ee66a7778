"""Some things happen in one file only: the clock, the environment, the save, the token library."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.sources import Found, files, imports, names, tree

# what is looked for (full match of a dotted name) → the only files of these folders where it may stand
RULES: dict[str, tuple[str, tuple[str, ...], frozenset[str]]] = {
    "clock": (
        r"datetime\.(datetime|date)\.(now|utcnow|today|fromtimestamp)|time\.(time|time_ns)|func\.now|.*\.func\.now",
        ("app",),
        frozenset({"app/clock.py"}),
    ),
    "environment": (
        r"os\.(environ|environb|getenv)(\..*)?|dotenv(\..*)?",
        ("app", "pratique/wire"),
        frozenset({"app/settings.py"}),
    ),
    "save": (
        r"(.*\.)?(tx|transaction|session|connection|conn)\.commit",
        ("app",),
        frozenset({"app/db.py", "app/delivery/writer.py"}),
    ),
    "tokens": (
        r"jose(\..*)?",
        ("app", "pratique", "exercise", "benchmarks"),
        frozenset({"app/authentication/tokens.py"}),
    ),
}


def found(rule: str, module: ast.Module, file: str) -> Iterator[Found]:
    """Yield the places of one file that fall under a rule."""
    pattern = re.compile(RULES[rule][0])
    for place in (*imports(module, file), *names(module, file)):
        if pattern.fullmatch(place.what):
            yield place


@pytest.mark.parametrize("rule", RULES)
def test_it_happens_in_one_place(rule: str) -> None:
    _, folders, allowed = RULES[rule]
    strays = [str(place) for file in files(*folders) if file not in allowed for place in found(rule, tree(file), file)]
    assert strays == []


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        ("clock", "from datetime import datetime, UTC\ndatetime.now(UTC)"),
        ("clock", "import datetime as d\nd.datetime.utcnow()"),
        ("clock", "from time import time as t\nt()"),
        ("environment", "import os\nos.environ['X']"),
        ("environment", "from os import getenv\ngetenv('X')"),
        ("save", "async def f(self):\n    await self.tx.commit()"),
        ("tokens", "from jose import jwt"),
    ],
)
def test_the_rule_sees_a_breach(rule: str, source: str) -> None:
    assert list(found(rule, ast.parse(source), "app/delivery/planted.py"))
