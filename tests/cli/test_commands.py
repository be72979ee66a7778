"""The commands that were promised are there, and each of them speaks JSON and says what it is for."""

from collections.abc import Iterator

from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from pratique.cli.main import commands

PROMISED = {
    *("prenotify", "board", "show", "ack", "answer", "query", "reply", "hold", "move", "reconcile", "reopen"),
    *("amend", "leg", "reroute", "withdraw", "draft", "desk", "template", "import", "export", "gateway"),
    *("post", "read", "watch", "channel", "operation"),
    *("root", "party", "enrol", "approve", "revoke", "doctor"),
}


def leaves(name: str, command: object) -> Iterator[tuple[str, TyperCommand]]:
    """Yield every command that does something, with its full name."""
    if isinstance(command, TyperGroup):
        for sub, inner in command.commands.items():
            yield from leaves(f"{name} {sub}", inner)
    else:
        assert isinstance(command, TyperCommand)
        yield name, command


def test_every_promised_command_is_there_and_speaks_json() -> None:
    found = dict(leaves("pratique", get_command(commands)))
    assert {name.split()[1] for name in found} == PROMISED
    assert len(found) > len(PROMISED)
    options = {name: {option for one in command.params for option in one.opts} for name, command in found.items()}
    assert [name for name, known in options.items() if "--json" not in known] == []
    assert [name for name, known in options.items() if "--passphrase-file" not in known] == []
    assert [name for name, command in found.items() if not command.help] == []
