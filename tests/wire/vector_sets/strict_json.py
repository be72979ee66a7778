"""Make strict_json.json: the same verdict on the same bytes in every language."""

import base64
import json

from tests.wire.vector_sets.actors import Case

GOOD = {
    "object": b'{"a":1}',
    "white space around": b' \t\r\n{"a" : [ ] } \n',
    "every escape": b'"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9"',
    "a surrogate pair": b'"\\ud83d\\ude00"',
    "UTF-8": '"é€😀"'.encode(),
    "U+FFFE as text": b'"\\ufffe"',
    "largest integer": b"9007199254740991",
    "smallest integer": b"-9007199254740991",
    "fraction": b"0.5",
    "exponent": b"25e-1",
    "constants": b"[true,false,null]",
    "empty key": b'{"":1}',
    "the same key in two objects": b'[{"a":1},{"a":2}]',
    "32 lists around a number": b"[" * 32 + b"1" + b"]" * 32,
    "33 lists": b"[" * 33 + b"]" * 33,
}
BAD = {
    "empty": b"",
    "white space only": b" ",
    "NaN": b"[NaN]",
    "Infinity": b"[Infinity]",
    "-Infinity": b"[-Infinity]",
    "a float out of range": b"1e400",
    "an integer of 54 bits": b"9007199254740992",
    "a negative integer of 54 bits": b"-9007199254740992",
    "an integer of 5,000 digits": b"1" * 5000,
    "leading zero": b"01",
    "plus sign": b"+1",
    "hexadecimal": b"0x1",
    "no digit after the point": b"1.",
    "no digit before the point": b".5",
    "duplicate key": b'{"a":1,"a":2}',
    "duplicate key, same value": b'{"a":1,"a":1}',
    "duplicate key by escape": b'{"a":1,"\\u0061":2}',
    "duplicate key, deep": b'{"x":[{"a":1,"a":1}]}',
    "a lone high surrogate": b'"\\ud800"',
    "a lone low surrogate": b'"\\udc00"',
    "surrogates in the wrong order": b'"\\ude00\\ud83d"',
    "a lone surrogate as key": b'{"\\ud800":1}',
    "NUL by escape": b'"a\\u0000b"',
    "NUL in a key": b'{"a\\u0000":1}',
    "NUL": b'"a\x00b"',
    "a control character": b'"a\x01b"',
    "a newline in a text": b'"a\nb"',
    "byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"a":1}'.encode("utf-16"),
    "UTF-16 without mark": '{"a":1}'.encode("utf-16-le"),
    "UTF-32": '{"a":1}'.encode("utf-32-be"),
    "Latin-1": '"é"'.encode("latin-1"),
    "overlong UTF-8": b'"\xc0\xaf"',
    "a surrogate in UTF-8": b'"\xed\xa0\x80"',
    "beyond Unicode": b'"\xf4\x90\x80\x80"',
    "cut UTF-8": b'"\xe2\x82"',
    "two documents": b"{}{}",
    "text after the end": b"{}x",
    "comment": b"{}//",
    "trailing comma": b"[1,]",
    "trailing comma in an object": b'{"a":1,}',
    "single quotes": b"{'a':1}",
    "key without quotes": b"{a:1}",
    "unknown escape": b'"\\x41"',
    "short escape": b'"\\u00e"',
    "unfinished list": b"[1",
    "unfinished text": b'"a',
    "white space that JSON does not know": "\u00a0{}".encode(),
    "form feed": b"\x0c{}",
    "capital constants": b"True",
    "33 lists around a number": b"[" * 33 + b"1" + b"]" * 33,
    "34 lists": b"[" * 34 + b"]" * 34,
    "33 objects": b'{"a":' * 33 + b"1" + b"}" * 33,
    "5,000 lists": b"[" * 5000,
}


def make() -> Case:
    """Give the whole file."""
    good = [
        {"name": name, "expect": "ok", "json": _text(data), "value": json.loads(data)} for name, data in GOOD.items()
    ]
    bad = [{"name": name, "expect": "malformed_json", "json": _text(data)} for name, data in BAD.items()]
    about = (
        "Bodies are UTF-8 JSON with one meaning: no duplicate key, NUL, lone surrogate, byte order mark or number that"
        " is not finite; integers of 53 bits; no value deeper than 32, the document being at 0. Inputs are base64."
    )
    return {"about": about, "cases": [*good, *bad]}


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
