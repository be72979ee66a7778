"""The rules of speech: results apart from asides, no control characters, stable exit codes."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from pratique.cli import exits
from pratique.cli.counting import count_lots, judge
from pratique.cli.exits import exit_code
from pratique.cli.output import Speaker, plain
from pratique.cli.passphrase import unlock
from pratique.cli.sayings import _ANSWERS, _HOLDS, _STEPS, _TELLERS, _TOKENS
from pratique.cli.wording import line_row
from pratique.contents.answer import Answer
from pratique.contents.hold import Hold
from pratique.contents.movement import Movement
from pratique.contents.registry import READERS
from pratique.contents.status import Status
from pratique.errors import PratiqueError, Problem, ServerMistrusted, StoreRefused, Unreachable
from pratique.groups.engine_host import EngineUnavailable
from pratique.views.timeline import read_line
from tests.views.entries import VECTORS, entry, fold, stories


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


def test_every_content_and_every_word_of_it_has_a_sentence() -> None:
    assert set(_TELLERS) == set(READERS)
    for words, field, content in (
        (_STEPS, "step", Movement),
        (_ANSWERS, "answer", Answer),
        (_HOLDS, "step", Hold),
        (_TOKENS, "state", Status),
    ):
        assert set(words) == set(get_args(content.model_fields[field].annotation))
    lines = [read_line(entry(one)) for story in stories() for one in story["entries"]]
    told = [line_row(line, "lane")[3] for line in lines if line.content is not None]
    assert len(told) > 100 and not any("this version cannot show it" in text for text in told)
    closed = {**stories()[0]["entries"][0], "problem": "could not be opened, epoch 7"}
    assert line_row(read_line(entry(closed)), "lane")[3] == f"(entry {closed['seq']}: could not be opened, epoch 7)"


def test_counts_of_lots_are_read_and_judged() -> None:
    story = json.loads((VECTORS / "discrepancy.json").read_text(encoding="utf-8"))
    (consignment,) = fold([entry(one) for one in story["entries"] if one["type"] != "reconciliation"]).ordered()
    first, *others = consignment.lots
    assert first.announced_doses is not None
    complete = f"{first.batch}={first.announced_doses}"

    def counted(*given: str, indicators: tuple[str, ...] = ()) -> list[dict[str, Any]]:
        return count_lots(consignment, given, indicators, as_announced=True)

    announced = counted()
    assert judge(consignment, announced, []) == "MATCHED"
    assert judge(consignment, announced, ["invoice"]) == "DISCREPANCY"
    short = counted(f"{first.batch}={first.announced_doses - 6}/2")
    assert [(lot["missing_doses"], lot["damaged_doses"]) for lot in short if lot["batch"] == first.batch] == [(6, 2)]
    assert counted(f"{first.batch}={first.announced_doses + 6}")[0]["excess_doses"] == 6
    for lots in (short, counted(f"{complete}/1"), counted(indicators=(f"{first.batch}=alarm",)), counted("EXTRA=6")):
        assert judge(consignment, lots, []) == "DISCREPANCY"
    wrong = [[first.batch], [f"{first.batch}=-1"], [complete, complete], [f"{first.batch}=1/x"]]
    for given in wrong + ([[complete]] if others else []):
        with pytest.raises(PratiqueError) as refused:
            count_lots(consignment, given, [], as_announced=False)
        assert refused.value.code == "usage"
    for indicator in (f"{first.batch}=WARM", "NOBODY=ALARM", first.batch):
        with pytest.raises(PratiqueError, match="indicator"):
            counted(indicators=(indicator,))
    with pytest.raises(PratiqueError):
        judge(consignment, [], [])


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
