"""The import graph is the trust boundary: the contracts of pyproject.toml hold, and the finer ones below."""

import ast
import re
from collections.abc import Iterator

import pytest
from importlinter.cli import lint_imports

from tests.architecture.sources import ROOT, Found, files, imports, names, tree

EDGE_ONLY = "fastapi|starlette|pydantic|uvicorn|websockets"
INPUT_OUTPUT = (
    "asyncio|concurrent|ctypes|glob|http|io|logging|mmap|multiprocessing|os|pathlib|random|selectors|shutil|signal|socket|"
    "socketserver|sqlite3|ssl|subprocess|sys|tempfile|threading|time|urllib|anyio|httpx2|keyring|psycopg|rich|sqlalchemy|"
    "structlog|typer|open|input|print|datetime.datetime.now|datetime.datetime.utcnow|datetime.datetime.today|datetime.date.today"
)
# where → what may be neither imported nor called there, by dotted name and all below it
REFUSED: dict[str, tuple[tuple[str, ...], str]] = {
    "no web framework below the edge": (
        (
            "app/delivery",
            "app/authentication",
            "app/directory",
            "app/models",
            "app/access.py",
            "app/audit.py",
            "app/log.py",
        ),
        EDGE_ONLY,
    ),
    "the database knows no web": (("app/db.py", "app/clock.py"), EDGE_ONLY),
    "the server sees only the wire": (("app",), r"pratique(?!\.wire(\.|$))"),
    "the member side never imports the server": (("pratique",), "app"),
    "the wire stands alone": (("pratique/wire",), r"pratique(?!\.wire(\.|$))|app"),
    "the wire does no input or output": (("pratique/wire",), INPUT_OUTPUT),
    "contents and views do no input or output": (("pratique/contents", "pratique/views"), INPUT_OUTPUT),
}


def refused(rule: str, module: ast.Module, file: str) -> Iterator[Found]:
    """Yield what a rule refuses in one file."""
    pattern = re.compile(rf"(?:{REFUSED[rule][1]})(\..*)?")
    for place in (*imports(module, file), *names(module, file)):
        if pattern.fullmatch(place.what):
            yield place


def test_the_contracts_hold(capsys: pytest.CaptureFixture[str]) -> None:
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True)
    assert status == 0, capsys.readouterr().out


@pytest.mark.parametrize("rule", REFUSED)
def test_nothing_refused_is_imported(rule: str) -> None:
    places = [file for place in REFUSED[rule][0] for file in files(place)]
    assert [str(found) for file in places for found in refused(rule, tree(file), file)] == []


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        ("no web framework below the edge", "from pydantic import BaseModel"),
        ("the server sees only the wire", "import pratique"),
        ("the server sees only the wire", "from pratique import contents"),
        ("the server sees only the wire", "import pratique.sealing as s"),
        ("the member side never imports the server", "from app.log import append"),
        ("the wire stands alone", "from ..sealing import seal"),
        ("the wire does no input or output", "import urllib.request"),
        ("the wire does no input or output", "text = open('x').read()"),
        ("contents and views do no input or output", "import datetime\nnow = datetime.datetime.now()"),
    ],
)
def test_a_breach_is_seen(rule: str, source: str) -> None:
    assert list(refused(rule, ast.parse(source), "pratique/wire/planted.py"))


@pytest.mark.parametrize("source", ["from pratique.wire import tls", "import pratique.wire.mls", "import datetime"])
def test_the_wire_itself_is_free(source: str) -> None:
    for rule in ("the server sees only the wire", "the wire stands alone", "the wire does no input or output"):
        assert list(refused(rule, ast.parse(source), "pratique/wire/planted.py")) == []
