"""Read what a build of the web client says of itself: its release.json."""

from __future__ import annotations

import re
from pathlib import Path

from pratique.errors import PratiqueError
from pratique.wire import strict_json

MAX_MANIFEST_BYTES = 1 << 20
# As the service worker reads them (web/src/sw/manifest.ts): what it would not take is not signed either.
MAX_FILES = 2000
_PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def read_build(file: Path) -> tuple[bytes, str, int]:
    """Give a release.json's bytes, its version and how many files it names.

    Raises  PratiqueError("bad_input")
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise PratiqueError("bad_input", f"{file} cannot be read: {error.strerror}") from None
    try:
        told = strict_json.loads(data) if len(data) <= MAX_MANIFEST_BYTES else None
    except strict_json.JsonRefused as refused:
        raise PratiqueError("bad_input", f"{file} is no release.json: {refused.detail}") from None
    if isinstance(told, dict) and told.keys() == {"version", "files"}:
        version, files = told["version"], told["files"]
        if isinstance(version, str) and isinstance(files, dict) and "index.html" in files and len(files) <= MAX_FILES:
            for path, digest in files.items():
                if not _PATH.fullmatch(path):
                    raise PratiqueError("bad_input", f"{file} is no release.json: {path!r} is no path inside a build")
                if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
                    raise PratiqueError("bad_input", f"{file} is no release.json: {path} has no SHA-256")
            return data, version, len(files)
    raise PratiqueError("bad_input", f"{file} is no release.json: it must name a version and the files of a build")
