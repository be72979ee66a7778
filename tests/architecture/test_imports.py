"""The import graph is the trust boundary: the contracts of pyproject.toml hold, and hold for names they do not list."""

import ast
from collections.abc import Iterator

import pytest
from importlinter.cli import lint_imports

from tests.architecture.sources import ROOT, Found, files, imports, tree


def test_the_contracts_hold(capsys: pytest.CaptureFixture[str]) -> None:
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True)
    assert status == 0, capsys.readouterr().out


def foreign(module: ast.Module, file: str) -> Iterator[Found]:
    """Yield what the server imports of the member side beyond `pratique.wire`."""
    for place in imports(module, file):
        if place.what.split(".")[0] == "pratique" and place.what.split(".")[1:2] != ["wire"]:
            yield place


def test_the_server_sees_only_the_wire() -> None:
    assert [str(place) for file in files("app") for place in foreign(tree(file), file)] == []


@pytest.mark.parametrize("source", ["import pratique", "from pratique import contents", "import pratique.sealing as s"])
def test_a_foreign_import_is_seen(source: str) -> None:
    assert list(foreign(ast.parse(source), "app/planted.py"))


def test_the_member_side_never_imports_the_server() -> None:
    found = (place for file in files("pratique") for place in imports(tree(file), file))
    assert [str(place) for place in found if place.what.split(".")[0] == "app"] == []
