"""Read the project's own source as syntax trees: what a file imports, names and calls."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ("app", "pratique", "exercise", "benchmarks", "migrations", "tests")


@dataclass(frozen=True)
class Found:
    """One place in one file; `what` is a dotted name."""

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}"


@cache
def files(*folders: str) -> tuple[str, ...]:
    """List the Python files under folders of the repository (or a file itself), as paths relative to it."""
    given = (ROOT / folder for folder in folders)
    paths = (path for place in given for path in ([place] if place.is_file() else place.rglob("*.py")))
    return tuple(sorted(path.relative_to(ROOT).as_posix() for path in paths))


@cache
def tree(file: str) -> ast.Module:
    """Parse one file of the repository."""
    return ast.parse((ROOT / file).read_text(encoding="utf-8"), file)


def imports(module: ast.Module, file: str) -> Iterator[Found]:
    """Yield every imported name in full: `from a.b import c` is a.b.c; a relative import is resolved."""
    package = file.removesuffix(".py").split("/")[:-1]
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield Found(file, node.lineno, name.name)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            start = ".".join([*above, *([node.module] if node.module else [])])
            for name in node.names:
                yield Found(file, node.lineno, f"{start}.{name.name}")


def names(module: ast.Module, file: str) -> Iterator[Found]:
    """Yield every dotted name that is used, with imported aliases written out: `now()` as datetime.datetime.now."""
    meaning: dict[str, str] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            meaning |= {name.asname: name.name for name in node.names if name.asname}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            meaning |= {name.asname or name.name: f"{node.module}.{name.name}" for name in node.names}
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute | ast.Name) and (dotted := _dotted(node)):
            first, _, rest = dotted.partition(".")
            full = meaning.get(first, first)
            yield Found(file, node.lineno, f"{full}.{rest}" if rest else full)


def _dotted(node: ast.expr) -> str | None:
    """Write `a.b.c` out; what a call or an index gives has no name and is shown as `…`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value) or '…'}.{node.attr}"
    return None
