"""Keep one small document sealed in a file, under a passphrase or the OS keyring; replaced as a whole, never half."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pratique import keystore
from pratique.errors import StoreRefused
from pratique.keystore import Unlock
from pratique.wire import strict_json

_PLACE = b"pratique sealed file v1"


class SealedFile:
    """An open sealed file; its key lies beside it in `<file>.key`, or in the keyring."""

    def __init__(self, file: Path, key: bytes) -> None:
        self.file = file
        self._key = key

    @classmethod
    def create(cls, file: Path, unlock: Unlock | None, content: dict[str, Any]) -> SealedFile:
        """Make a new file; raises `StoreRefused` where one is there."""
        if file.exists():
            raise StoreRefused("file_exists", f"{file} is there already", "choose another place")
        made = cls(file, keystore.make_key(_key_file(file), unlock))
        keystore.write_new(file, made._sealed(content))
        return made

    @classmethod
    def open(cls, file: Path, unlock: Unlock | None) -> SealedFile:
        """Open a file; raises `StoreRefused`."""
        if not file.exists():
            raise StoreRefused("no_file", f"there is no {file}")
        return cls(file, keystore.find_key(_key_file(file), unlock))

    def read(self) -> dict[str, Any]:
        """Give the document; raises `StoreRefused`."""
        read: dict[str, Any] = strict_json.loads(keystore.unseal(self._key, self.file.read_bytes(), _PLACE))
        return read

    def write(self, content: dict[str, Any]) -> None:
        """Replace the document, durably."""
        beside = self.file.with_name(self.file.name + ".new")
        beside.unlink(missing_ok=True)
        keystore.write_new(beside, self._sealed(content))
        os.replace(beside, self.file)

    def _sealed(self, content: dict[str, Any]) -> bytes:
        return keystore.seal(self._key, strict_json.dumps(content), _PLACE)


def _key_file(file: Path) -> Path:
    return file.with_name(file.name + ".key")
