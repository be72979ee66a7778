"""Each table has one owner: the only module that writes it, and with the doors the only one that reads it."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.sources import Found, files, imports, names, tree

# table → the file (or the room, where several files share one) of app/ that writes it. A new table needs a line here.
OWNERS: dict[str, tuple[str, ...]] = {
    "alerts": ("app/delivery/alerts.py",),
    "blobs": ("app/delivery/blobs.py",),
    "certificates": ("app/directory/devices.py",),
    "challenges": ("app/authentication",),
    "channels": ("app/delivery/channels.py",),
    "cursors": ("app/delivery/channels.py",),
    "devices": ("app/directory/devices.py",),
    "entries": ("app/log.py",),
    "group_states": ("app/delivery/groups.py",),
    "invitations": ("app/authentication",),
    "key_packages": ("app/delivery/key_packages.py",),
    "leaves": ("app/delivery/channels.py",),
    "logs": ("app/log.py",),
    "mails": ("app/delivery/alerts.py",),
    "operations": ("app/directory/operations.py",),
    "participants": ("app/directory/operations.py",),
    "party_lists": ("app/directory/parties.py",),
    "posts": ("app/delivery/judge.py",),
    "push_cursors": ("app/delivery/alerts.py",),
    "push_subscriptions": ("app/delivery/subscriptions.py",),
    "reminders": ("app/delivery/reminders.py",),
    "rings": ("app/delivery/reminders.py",),
    "seats": ("app/delivery/channels.py",),
    "stream_tickets": ("app/authentication",),
}
# Who may load a row, beside its owner, to decide whether someone may see it; never the log's own tables.
DOORS = "app/access.py"
LOG_TABLES = frozenset({"logs", "entries"})


def models() -> dict[str, str]:
    """Map each class (or Table) of app/models to its table's name."""
    return {name: table for file in files("app/models") for name, table in tables(tree(file))}


def tables(module: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield (name in code, name of table) of every table a module declares."""
    for node in ast.walk(module):
        if isinstance(node, ast.ClassDef):
            for line in node.body:
                match line:
                    case (
                        ast.Assign(targets=[ast.Name(id="__tablename__")], value=ast.Constant(value=str(table)))
                        | ast.AnnAssign(target=ast.Name(id="__tablename__"), value=ast.Constant(value=str(table)))
                    ):
                        yield node.name, table
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Call(
                    func=ast.Name(id="Table") | ast.Attribute(attr="Table"), args=[ast.Constant(value=str(table)), *_]
                ),
            ):
                yield name, table


def touched(module: ast.Module, file: str, known: dict[str, str]) -> Iterator[tuple[Found, str]]:
    """Yield each place that names a table, by its class or in SQL text, with the table."""
    for place in (*imports(module, file), *names(module, file)):
        if place.what.startswith("app.models.") and (table := known.get(_model_of(place.what, known))):
            yield place, table
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for table in re.findall(
                r"(?i)\b(?:insert\s+into|update|delete\s+from|from|join|table)\s+\"?(\w+)", node.value
            ):
                if table in known.values() and re.search(r"\b(SELECT|INSERT|UPDATE|DELETE|JOIN|LOCK)\b", node.value):
                    yield Found(file, node.lineno, f"SQL on {table}"), table


def strays(module: ast.Module, file: str, known: dict[str, str], owners: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """Yield where a file names a table that is not its business."""
    for place, table in touched(module, file, known):
        at_the_doors = file == DOORS and table not in LOG_TABLES
        if not at_the_doors and not any(
            file == owner or file.startswith(f"{owner}/") for owner in owners.get(table, ())
        ):
            yield f"{place} (table {table} belongs to {', '.join(owners.get(table, ('nobody',)))})"


def test_every_table_has_an_owner_and_no_line_is_left_over() -> None:
    assert set(OWNERS) == set(models().values())


def test_the_log_owns_its_tables_alone() -> None:
    assert {OWNERS[table] for table in LOG_TABLES & OWNERS.keys()} <= {("app/log.py",)}


def test_only_owners_and_doors_name_a_table() -> None:
    known = models()
    found = [
        stray
        for file in files("app")
        if not file.startswith("app/models/")
        for stray in strays(tree(file), file, known, OWNERS)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("file", "source", "seen"),
    [
        ("app/delivery/post.py", "from app.models import Entry", True),
        ("app/delivery/post.py", "from app import models\nmodels.Entry.c.seq", True),
        ("app/delivery/post.py", "sql = 'DELETE FROM entries WHERE seq = 1'", True),
        ("app/access.py", "from app.models import Entry", True),
        ("app/log.py", "from app.models import Entry", False),
        ("app/access.py", "from app.models import Seat", False),
        ("app/jobs/retention.py", "from app.models import Seat", True),
        ("app/jobs/retention.py", "from app.models.device import Seat as S", True),
        ("app/jobs/retention.py", "from app.models import device", False),
        ("app/jobs/retention.py", "reason = 'entries are kept; update entries never'", False),
    ],
)
def test_a_stray_is_seen(file: str, source: str, seen: bool) -> None:
    known = {"Entry": "entries", "Seat": "seats"}
    owners: dict[str, tuple[str, ...]] = {"entries": ("app/log.py",), "seats": ("app/delivery/roster.py",)}
    assert bool(list(strays(ast.parse(source), file, known, owners))) is seen


def test_both_ways_to_declare_a_table_are_seen() -> None:
    source = "class Seat(Base):\n    __tablename__ = 'seats'\nlogs = Table('logs', metadata)"
    assert dict(tables(ast.parse(source))) == {"Seat": "seats", "logs": "logs"}


def _model_of(dotted: str, known: dict[str, str]) -> str:
    """Take the table's name in code out of app.models.<file>.<name>… or app.models.<name>…; "" if there is none."""
    first, second = [*dotted.split(".")[2:4], ""][:2]
    name = second if f"app/models/{first}.py" in files("app/models") else first
    return name if name in known else ""
