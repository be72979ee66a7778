"""Where a passphrase comes from: a 0600 file, else (for a store) the OS keyring, else the person at the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from pratique.errors import StoreRefused

Unlock = Callable[[], bytes]


def unlock(sealed: Path, file: Path | None, *, new: bool = False) -> Unlock:
    """Give the function that a store or a key file asks for its passphrase.

    Takes   sealed: the store's folder or the key file; a passphrase file beside it is named like it plus `.passphrase`
            new: ask twice
    Raises  StoreRefused, when called: the file is readable by others, or nobody can be asked
    """
    beside = sealed.with_name(sealed.name + ".passphrase")

    def ask() -> bytes:
        if file is not None or beside.exists():
            return _from_file(file or beside)
        if not sys.stdin.isatty():
            hint = f"write it into {beside} with mode 0600, or give --passphrase-file"
            raise StoreRefused("locked", f"{sealed} needs a passphrase and nobody can be asked", hint)
        return _from_person(sealed, new)

    return ask


def unlock_new(sealed: Path, file: Path | None) -> Unlock | None:
    """Give what a new store or key file is locked with: a passphrase, or None for the OS keyring where one works."""
    beside = sealed.with_name(sealed.name + ".passphrase")
    if file is None and not beside.exists() and _keyring_works():
        return None
    return unlock(sealed, file, new=True)


def _keyring_works() -> bool:
    import keyring
    from keyring.backends import fail, null

    return not isinstance(keyring.get_keyring(), fail.Keyring | null.Keyring)


def _from_file(file: Path) -> bytes:
    try:
        if file.stat().st_mode & 0o077:
            raise StoreRefused("exposed_passphrase", f"{file} can be read by others", f"chmod 600 {file}")
        passphrase = file.read_bytes().rstrip(b"\r\n")
    except OSError as error:
        raise StoreRefused("no_passphrase", f"{file} cannot be read: {error.strerror}") from None
    if not passphrase:
        raise StoreRefused("no_passphrase", f"{file} is empty")
    return passphrase


def _from_person(sealed: Path, new: bool) -> bytes:
    from getpass import getpass

    passphrase = getpass(f"passphrase for {sealed}: ")
    if new and getpass("the same again: ") != passphrase:
        raise StoreRefused("passphrase_differs", "the two passphrases differ; nothing was made")
    return passphrase.encode()
