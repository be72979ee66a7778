"""The rules of speech: results apart from asides, no control characters, stable exit codes."""

import json
from pathlib import Path
from typing import get_args

import pytest

from pratique.cli import exits
from pratique.cli.board import show_all, show_one
from pratique.cli.exits import exit_code
from pratique.cli.output import Speaker, plain
from pratique.cli.passphrase import unlock
from pratique.cli.reporting import count_lots, judge
from pratique.cli.wording import _STEPS, line_row
from pratique.contents.movement import STEPS, Step
from pratique.errors import PratiqueError, Problem, ServerMistrusted, StoreRefused, Unreachable
from pratique.groups.engine_host import EngineUnavailable
from pratique.views.board import overdue
from pratique.views.timeline import read_line
from tests.views.entries import VECTORS, entry, fold

STORY = json.loads((VECTORS / "discrepancy.json").read_text(encoding="utf-8"))
SHOWN = Path(__file__).parents[2] / "vectors" / "cli" / "shown"


def test_text_of_others_cannot_steer_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "a\x1b[2Jb\x07c\x9bd\u202ee\u200bf\rg"
    Speaker().say(hostile)
    Speaker().table("", ("what",), [(hostile,)])
    shown = capsys.readouterr().out
    assert not set(shown) & set("\x1b\x07\x9b\u202e\u200b\r")
    assert plain("two\nlines – déjà vu 疫苗 لقاح") == "two\nlines – déjà vu 疫苗 لقاح"


def test_json_prints_one_document_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    speaker = Speaker(as_json=True)
    speaker.say("for people")
    speaker.note("for people")
    speaker.table("t", ("a",), [("b",)])
    with speaker.working("for people"):
        speaker.emit({"é": 1})
    speaker.error("some_code", "what happened", "what to do")
    out, err = capsys.readouterr()
    assert json.loads(out) == {"é": 1}
    assert json.loads(err) == {"error": {"code": "some_code", "detail": "what happened", "hint": "what to do"}}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PratiqueError("usage", ""), 2),
        (PratiqueError("bad_input", ""), 3),
        (PratiqueError("needs_reason", ""), 4),
        (Unreachable("https://x", ""), 5),
        (ServerMistrusted("wrong_root", ""), 6),
        (StoreRefused("locked", ""), 7),
        (PratiqueError("not_yet", ""), 8),
        (PratiqueError("unwell", ""), 9),
        (Problem("not_found", 404, ""), 1),
        (PratiqueError("no_channel", ""), 1),
    ],
)
def test_exit_codes_are_the_documented_ones(error: Exception, code: int) -> None:
    assert exit_code(error) == code
    assert f" {code}  " in (exits.__doc__ or "")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PratiqueError("no_channel", "no channel is called x", "look"), "error: no channel is called x\nhint: look\n"),
        (
            Problem("slow_down", 429, "slow down", "retry"),
            "error: the server says: slow down\nhint: try again in a moment\n",
        ),
        (FileExistsError(17, "File exists", "root.der"), "error: root.der: file exists\n"),
        (
            EngineUnavailable("engine_missing", "Deno cannot be started"),
            "error: Deno cannot be started\nhint: `pratique doctor` looks at everything\n",
        ),
        (ZeroDivisionError("secret"), "error: this is a fault of the program: ZeroDivisionError in test_speech.py:"),
    ],
)
def test_a_failure_is_told_in_a_sentence(error: Exception, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    async def work() -> None:
        raise error

    with pytest.raises(SystemExit) as ended:
        exits.run(Speaker(), work())
    told = capsys.readouterr().err
    assert ended.value.code == 1
    assert told.startswith(said) and "secret" not in told and "Traceback" not in told


@pytest.mark.parametrize("name", ["discrepancy", "whose-leg", "transit-sees", "nobody-acknowledges"])
def test_the_board_is_shown_as_in_its_transcript(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)  # parallel tests are given the width of their terminal
    story = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
    board = fold([entry(one) for one in story["entries"]])
    late = overdue(board, story.get("now_ms", 0))
    show_all(Speaker(), list(board.ordered()), late)
    show_one(Speaker(), board.ordered()[0], late)
    assert capsys.readouterr().out == (SHOWN / f"{name}.txt").read_text(encoding="utf-8")


def test_every_step_and_every_kind_of_entry_has_words() -> None:
    assert set(_STEPS) == set(STEPS) == set(get_args(Step))
    rows = [line_row(read_line(entry(one)), "lane") for one in STORY["entries"]]
    assert all(what and "this version cannot show it" not in what for *_, what in rows)
    assert line_row(read_line(entry({**STORY["entries"][0], "problem": "could not be opened, epoch 7"})), "lane")[
        3
    ] == ("(entry 5: could not be opened, epoch 7)")


def test_counts_of_lots_are_read_and_judged() -> None:
    (consignment,) = fold([entry(one) for one in STORY["entries"][:8]]).ordered()
    announced = count_lots(consignment, [], as_announced=True)
    assert judge(consignment, announced) == "MATCHED"
    short = count_lots(consignment, ["SBX4490=35094/6"], as_announced=True)
    assert judge(consignment, short) == "DISCREPANCY"
    assert judge(consignment, count_lots(consignment, ["SBX4490=35100/6"], as_announced=True)) == "DISCREPANCY"
    assert judge(consignment, [*announced, {"batch": "EXTRA", "doses": 6}]) == "DISCREPANCY"
    for given in (["SBX4490=35094"], ["SBX4490"], ["SBX4490=-1"], ["SBX4490=1", "SBX4490=2"], ["SBX4490=1/x"]):
        with pytest.raises(PratiqueError) as refused:
            count_lots(consignment, given, as_announced=False)
        assert refused.value.code == "usage"
    with pytest.raises(PratiqueError):
        judge(consignment, [])


def test_a_passphrase_comes_from_a_private_file_only(tmp_path: Path) -> None:
    store, file = tmp_path / "store", tmp_path / "store.passphrase"
    file.write_text("one two three\n", encoding="utf-8")
    file.chmod(0o600)
    assert unlock(store, None)() == b"one two three"
    for mode in (0o640, 0o604, 0o620):
        file.chmod(mode)
        with pytest.raises(StoreRefused, match="read by others"):
            unlock(store, None)()
    file.chmod(0o600)
    file.write_text("\n", encoding="utf-8")
    with pytest.raises(StoreRefused, match="empty"):
        unlock(store, None)()
