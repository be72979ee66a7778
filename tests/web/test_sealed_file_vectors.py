"""Hold the vectors of sealed files to what the command line reads; Vitest holds the web client to the same."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from pratique.errors import StoreRefused
from pratique.sealed_file import SealedFile

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "sealed_file.json").read_text("utf-8"))


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_a_sealed_file_opens_or_is_refused(case: dict[str, str], tmp_path: Path) -> None:
    pair = VECTORS["files"][case["of"]]
    file = tmp_path / "ca.key"
    file.write_bytes(base64.b64decode(pair["file"]))
    (tmp_path / "ca.key.key").write_text(pair["key_file"], "utf-8")
    outcome = "ok"
    try:
        assert SealedFile.open(file, case["passphrase"].encode).read() == VECTORS["content"]
    except StoreRefused as refused:
        outcome = refused.code
    assert outcome == case["expect"]


def test_a_recovery_file_is_a_sealed_file_and_its_key_in_one(tmp_path: Path) -> None:
    recovery = json.loads((Path(__file__).parents[2] / "vectors" / "recovery.json").read_text("utf-8"))
    made = next(case for case in recovery["cases"] if case["expect"] == "ok")
    (tmp_path / "it.key").write_text(made["file"], "utf-8")
    (tmp_path / "it").write_bytes(base64.b64decode(json.loads(made["file"])["file"]))
    assert SealedFile.open(tmp_path / "it", made["passphrase"].encode).read() == recovery["content"]
