"""Make hostile bodies: what JSON parsers disagree on, at every place of a body that would otherwise be fine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import copy
from typing import Any

MARK = "\x07mark"
# Values, as JSON text, that stand in for any field.
VALUES = (
    "NaN",
    "Infinity",
    "-Infinity",
    "1e400",
    "-1e400",
    "1e-400",
    "-0",
    "-0.0",
    "0.1",
    "1E2",
    "01",
    "+1",
    "1.",
    ".5",
    "0x10",
    "9007199254740993",
    "-9007199254740993",
    "18446744073709551616",
    "1" * 5000,
    "-1",
    "null",
    "true",
    "false",
    "True",
    "None",
    '""',
    '" "',
    r'"\ud800"',
    r'"\udfff"',
    r'"\udc00\ud800"',
    r'"\ud83d\ude00"',
    r'"\u0000"',
    r'"a\u0000b"',
    '"\x00"',
    '"\x1f"',
    r'"\x41"',
    r'"\u12"',
    '"unclosed',
    "'single'",
    r'"__proto__"',
    r'"\u202e\u200b"',
    '"\u202e\u200b"',
    '"' + "a" * 100_000 + '"',
    '"AA=="',
    '"AB=="',
    '"A==="',
    '"AAA"',
    '"AA\\nAA"',
    '"____"',
    '"////"',
    '"' + "A" * 4000 + '"',
    '"' + "0" * 64 + '"',
    '"' + "F" * 64 + '"',
    '"pratique://"',
    '"pratique://ke.stop.example/ncp/officer/abcd"',
    '"pratique://ke.stop.example/ncp/officer/ABCD"',
    '"00000000-0000-0000-0000-000000000000"',
    '"{00000000-0000-0000-0000-000000000000}"',
    '"1e3"',
    '"../../etc/passwd"',
    '"\' OR 1=1 --"',
    "[]",
    "{}",
    "[[]]",
    "[null]",
    "[1]",
    '[""]',
    "[{}]",
    '{"a":1,"a":2}',
    '{"__proto__":{}}',
    "[1,]",
    '{"a":1,}',
    "[" * 100 + "]" * 100,
    '{"a":' * 50 + "1" + "}" * 50,
    "[" + "0," * 5000 + "0]",
    "{" + ",".join(f'"k{n}":0' for n in range(2000)) + "}",
    "/*c*/1",
    "// c\n1",
)
# Whole bodies.
BODIES: tuple[bytes, ...] = (
    b"",
    b" ",
    b"\n",
    b"null",
    b"true",
    b"0",
    b'""',
    b"[]",
    b"{}",
    b"{",
    b"}",
    b"[",
    b"]",
    b'"',
    b"nul",
    b"undefined",
    b"\xef\xbb\xbf{}",
    "{}".encode("utf-16"),
    "{}".encode("utf-16-le"),
    "{}".encode("utf-32"),
    "{}".encode("utf-16-be"),
    b"+/v8-{}",
    b"\x00",
    b"{}\x00",
    b"\x00{}",
    b"{}{}",
    b"{} x",
    b"\xff\xfe",
    b"\xc0\xaf",
    b'"\xc0\x80"',
    b'"\xed\xa0\x80"',
    b'"\xf5\x80\x80\x80"',
    b"[" * 100_000,
    b"[" * 100_000 + b"]" * 100_000,
    b'{"a":' * 100_000,
    b"1" * 100_000,
    b"-" * 1000,
    b"1e" + b"9" * 1000,
    b'{"":0}',
    b'{"a":1,"a":2}',
    b'{"a":NaN}',
    b"NaN",
    b"[NaN]",
    b'{"constructor":{"prototype":{}}}',
    b"a=b&c=d",
    b"<?xml version='1.0'?><a/>",
    b"--x\r\nContent-Disposition: form-data\r\n\r\n{}\r\n--x--",
    b"\x1f\x8b\x08\x00",
    b"PK\x03\x04",
    b"\x80" * 100,
    b"{'a': 1}",
    b'{"a": 1,}',
    b"{a: 1}",
    b"[1 2]",
    b"[1,,2]",
    b'{"a" 1}',
    b'{"a":}',
    b"\xe2\x80\xa8{}",
    b"{}\xc2\xa0",
    b"\x0c{}",
    b"\x0b{}",
)


def bodies(good: dict[str, Any]) -> Iterator[bytes]:
    """Yield hostile variations of a body that has the right form: each is refused, or as harmless as the good one."""
    yield from BODIES
    text = json.dumps(good)
    for place in places(good):
        before, _, after = json.dumps(_put(good, place, MARK)).partition(json.dumps(MARK))
        for value in VALUES:
            yield f"{before}{value}{after}".encode("utf-8", "surrogatepass")
    for name in good:
        yield json.dumps({key: value for key, value in good.items() if key != name}).encode()
        yield f'{text[:-1]},"{name}":{json.dumps(good[name])}}}'.encode()
    for extra in ("role", "is_admin", "seq", "__proto__", "\u0000", "a" * 10_000, "\ud800"):
        yield json.dumps(good | {extra: 1}).encode()
    yield text.encode("utf-16")
    yield b"\xef\xbb\xbf" + text.encode()
    yield text.encode() + b"\x00"
    yield text.encode() * 2


def places(value: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the path to every field and element inside a value, but for the whole."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield (step,)
        for rest in places(inner):
            yield (step, *rest)


def _put(value: Any, place: tuple[Any, ...], new: Any) -> Any:
    if not place:
        return new
    changed = copy(value)
    changed[place[0]] = _put(value[place[0]], place[1:], new)
    return changed
