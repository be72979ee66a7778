"""The cases of titles and messages."""

from __future__ import annotations

from typing import Any

# name, type, what is said (a text stands for bytes as they are), the fields at which it is refused or None
Case = tuple[str, str, Any, list[str] | None]


def texts() -> list[Case]:
    """Give the cases of titles and messages; a text stands for bytes as they are."""
    photo: dict[str, Any] = {
        "id": "ab" * 16,
        "name": "broken-seal.jpg",
        "type": "image/jpeg",
        "size_bytes": 812_344,
        "sha256": "cd" * 32,
        "key": "A" * 43 + "=",
        "segments": ["ef" * 32, "01" * 32],
        "width": 2048,
        "height": 1536,
    }
    six = "vaccin · вакцина · vacuna · لقاح · vacina · 疫苗"
    return [
        ("title", "title", {"title": "STOP III (exercise)", "purpose": "discussion"}, None),
        ("title of an operation room", "title", {"title": "STOP III room", "purpose": "operation"}, None),
        ("title without words", "title", {"title": ""}, ["title"]),
        ("read mark", "read_mark", {"since": 1, "upto": 12}, None),
        ("read mark of one entry", "read_mark", {"since": 12, "upto": 12}, None),
        ("read mark that ends before it begins", "read_mark", {"since": 12, "upto": 11}, ["upto"]),
        ("read mark of entry nought", "read_mark", {"since": 0, "upto": 12}, ["since"]),
        ("read mark about a consignment", "read_mark", {"about": "x", "upto": 12}, ["since", "about"]),
        ("message in six scripts", "message", {"text": six}, None),
        ("message answers an entry", "message", {"text": "seen", "follows": {"log": "ab" * 32, "seq": 7}}, None),
        ("message that names who should look", "message", {"text": "see above", "mentions": ["ke", "rilo-we"]}, None),
        ("message that names nobody", "message", {"text": "see above", "mentions": []}, None),
        ("message that names one twice", "message", {"text": "x", "mentions": ["ke", "ke"]}, ["mentions"]),
        ("message that names a person", "message", {"text": "x", "mentions": ["ke", "Amina O."]}, ["mentions[1]"]),
        (
            "message that names too many",
            "message",
            {"text": "x", "mentions": [f"party-{number}" for number in range(51)]},
            ["mentions"],
        ),
        ("message with a photo", "message", {"text": "x", "photos": [photo]}, None),
        (
            "message with a photo that kept its metadata",
            "message",
            {"text": "x", "photos": [{**photo, "metadata": True}]},
            None,
        ),
        (
            "message with a page for a photo",
            "message",
            {"text": "x", "photos": [{**photo, "type": "text/html"}]},
            ["photos[0].type"],
        ),
        (
            "message with a photo of no width",
            "message",
            {"text": "x", "photos": [{**photo, "width": 0}]},
            ["photos[0].width"],
        ),
        (
            "message with a photo without segments",
            "message",
            {"text": "x", "photos": [{**photo, "segments": []}]},
            ["photos[0].segments"],
        ),
        (
            "message with a photo under a short key",
            "message",
            {"text": "x", "photos": [{**photo, "key": "AAAA"}]},
            ["photos[0].key"],
        ),
        (
            "message with a photo too large",
            "message",
            {"text": "x", "photos": [{**photo, "size_bytes": 2**26 + 1}]},
            ["photos[0].size_bytes"],
        ),
        ("message with an empty list of photos", "message", {"text": "x", "photos": []}, ["photos"]),
        ("message with an unknown field", "message", {"text": "x", "colour": "red"}, ["colour"]),
        ("message that is not an object", "message", '"hello"', [""]),
        ("message with a repeated key", "message", '{"text":"a","text":"b"}', [""]),
        ("message with a lone surrogate", "message", '{"text":"\\ud800"}', [""]),
        ("message with NaN", "message", '{"text":NaN}', [""]),
        ("message as a number", "message", {"text": 5}, ["text"]),
    ]
