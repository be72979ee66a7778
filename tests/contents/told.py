"""What is said of each case, word for word: `python -m tests.contents.told` writes vectors/contents/told.json.

`cases.py` says by hand what is read and at which fields the rest is refused. This file holds the bytes that are written
and the sentences that are shown, by which two implementations are held to each other.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pratique.contents.content import ContentRefused
from pratique.contents.registry import read_content
from tests.contents.cases import vectors
from tests.contents.samples import event

FILE = Path(__file__).parents[2] / "vectors" / "contents" / "told.json"
DRAFT = '{"draft":"2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d2d","state":"DRAFT",%s}'
OTHERS: tuple[tuple[str, str], ...] = (
    ("draft", DRAFT % '"announcement":{"form":{"b":[1,1.0,-0.0,1e16,1e-5,0.1],"a":null}}'),
    ("draft", DRAFT % '"base":1.0'),
    ("draft", DRAFT % '"comment":null,"announcement":5,"__proto__":1'),
    ("draft", DRAFT % '"announcement":{"template":"x","kind":1}'),
    ("adaptation", '{"default":{"goods[].gtin":1.0,"note":[{"a":null}]},"deadlines":{"sea":{"reply":1}}}'),
    ("adaptation", '{"default":5,"deadlines":{"camel":{"reply":0},"air":{"reply":"x"},"sea":5},"template":"A"}'),
    ("desk", '{"weekend":[1,"x",true,2.5,5.0,9],"zz":1,"holidays":["2026-02-30","2024-02-29","x"]}'),
    ("desk", '{"weekend":[1,1,1,1,1,1,1],"holidays":null,"utc_offset_minutes":841}'),
    ("desk", json.dumps({"weekend": ["x", 1, 1, 1, 1, 1, 1]})),
    ("desk", json.dumps({"weekend": ["x", 1, 1, 1, 1, 1, 1, 1]})),
    ("title", json.dumps({"title": "😀" * 200}, ensure_ascii=False)),
    ("title", json.dumps({"title": "😀" * 201, "purpose": ["lane"]}, ensure_ascii=False)),
    ("claim", json.dumps({"endpoint": 5, "items": ["7", f"{'a1' * 32}/7"], "state": None})),
    ("message", "[]"),
    ("message", '{"text":"a"} b'),
    ("movement", json.dumps(event(step="ARRIVED", happened_at="2026-11-25T24:00Z", place="kenbo"))),
    ("movement", json.dumps(event(step="ARRIVED", happened_at="2026-11-25T23:59:60Z", eta_at="0000-01-01T00:00Z"))),
    ("prenotification", '{"part":["goods"]}'),
)


def told() -> list[dict[str, Any]]:
    """Give what is written, or said, of every case; those of `contents.json` by their names."""
    cases = [{"case": case["name"], **_said(case["type"], case["body"])} for case in vectors()]
    return [*cases, *({"type": type_, "body": body, **_said(type_, body)} for type_, body in OTHERS)]


def _said(type_name: str, body: str) -> dict[str, Any]:
    try:
        content = read_content(type_name, body.encode())
    except ContentRefused as refused:
        problems = [[problem.path, problem.text, problem.code] for problem in refused.problems]
        return {"code": refused.code, "problems": problems}
    assert content is not None
    return {"written": content.write().decode()}


if __name__ == "__main__":
    FILE.write_text(json.dumps(told(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
