"""Hold the build: the same sources give the same bytes in any folder (P-6), and nothing that tells of its machine."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

WEB = ROOT / "web"


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """Give a copy of what the web client is built from; the installed packages are shared."""
    ready = WEB / "node_modules"
    if not ready.is_dir():
        pytest.skip("the packages of web/ are not installed (make web)")
    (tmp_path / "sources" / "pratique").mkdir(parents=True)
    for part, left in (("web", ("node_modules", "test")), ("templates", ()), ("pratique/groups", ("__pycache__",))):
        shutil.copytree(ROOT / part, tmp_path / "sources" / part, ignore=shutil.ignore_patterns(*left))
    (tmp_path / "sources" / "web" / "node_modules").symlink_to(ready)
    return tmp_path / "sources"


def build(sources: Path, at: Path, **settings: str) -> Path:
    """Build the web client in a folder of its own; give where its files are."""
    shutil.copytree(sources, at, symlinks=True)
    command = ["node_modules/.bin/vite", "build", "--logLevel", "warn"]
    done = subprocess.run(
        command, cwd=at / "web", env=os.environ | settings, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return at / "app" / "pages"


def files_of(folder: Path) -> dict[str, bytes]:
    """Give every file by its name."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_two_builds_in_two_folders_are_the_same_to_the_byte(tmp_path: Path, sources: Path) -> None:
    first = files_of(build(sources, tmp_path / "one"))
    elsewhere = {"TZ": "Asia/Dubai", "LANG": "ar_AE.UTF-8", "HOME": str(tmp_path)}
    second = files_of(build(sources, tmp_path / "another" / "place", **elsewhere))
    assert {name: hashlib.sha256(data).hexdigest() for name, data in first.items()} == {
        name: hashlib.sha256(data).hexdigest() for name, data in second.items()
    }
    manifest = json.loads(first["release.json"])
    packed = {f"{name}.gz" for name in manifest["files"]}
    assert {name for name in first if name not in packed} - {"release.json", "release.json.gz"} == set(
        manifest["files"]
    )
    assert list(manifest["files"]) == sorted(manifest["files"])
    for name, digest in manifest["files"].items():
        assert hashlib.sha256(first[name]).hexdigest() == digest
    assert manifest["files"]["engine.js"] == (ROOT / "pratique" / "groups" / "engine.sha256").read_text().strip()
    told = {name for name, data in first.items() if str(tmp_path).encode() in data or str(ROOT).encode() in data}
    assert told == set(), "a file names a folder of the machine that built it"
    assert not [name for name in first if name.endswith(".map")]


def test_the_first_page_holds_nothing_that_the_policy_would_refuse() -> None:
    page = (WEB / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<style|style=|\son[a-z]+=|javascript:|https?://|<script(?![^>]*\ssrc=)", page)
