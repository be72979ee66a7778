"""Codes that scanners type, read here by biip; the web client reads the same file with a reader of its own."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from pratique.cli.scanning import _elements, read_scan
from pratique.errors import PratiqueError

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "contents" / "gs1.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: repr(case["text"][:40]))
def test_codes_of_the_vectors(case: dict[str, Any]) -> None:
    if case.get("refused"):
        with pytest.raises(PratiqueError) as refused:
            read_scan(case["text"])
        assert refused.value.code == "bad_input"
        return
    told = {name: value for name, value in asdict(read_scan(case["text"])).items() if value}
    # The command line has no use for these two; a form has.
    values = {element.ai.ai: element.value for element in _elements(case["text"])}
    more = {"serial": values.get("21"), "count": values.get("37", values.get("30"))}
    assert told | {name: value for name, value in more.items() if value} == case["scan"]
