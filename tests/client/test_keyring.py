"""Keys in the OS keyring: found again, never half kept, and what a keyring refuses is said."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.backends.null import Keyring as Forgetful
from keyring.errors import KeyringLocked

from pratique.cli.passphrase import unlock, unlock_new
from pratique.errors import StoreRefused
from pratique.store.file import Store


class Held(KeyringBackend):
    """A keyring of a desktop, in memory."""

    priority: ClassVar[float] = 1
    locked = False

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        self._open()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._open()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._open()
        del self.kept[service, username]

    def _open(self) -> None:
        if self.locked:
            raise KeyringLocked


@pytest.fixture
def held() -> Iterator[Held]:
    before, backend = keyring.get_keyring(), Held()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


def test_a_store_opens_with_the_key_in_the_keyring(held: Held, tmp_path: Path) -> None:
    folder = tmp_path / "store"
    locked_with = unlock_new(folder, None)
    assert locked_with is None
    made = Store.create(folder, locked_with)
    with made.transaction():
        made.set_secret("mark", b"what only the key opens")
    made.close()
    ((service, name),) = held.kept
    assert service == "pratique" and name.startswith(str(folder))
    assert not [file for file in folder.iterdir() if held.kept[service, name].encode() in file.read_bytes()]
    opened = Store.open(folder, unlock(folder, None))
    assert opened.secret("mark") == b"what only the key opens"
    opened.close()


def test_a_passphrase_file_goes_before_the_keyring(held: Held, tmp_path: Path) -> None:
    beside = tmp_path / "store.passphrase"
    beside.write_text("secret\n", encoding="utf-8")
    beside.chmod(0o600)
    chosen = unlock_new(tmp_path / "store", None)
    assert chosen is not None and chosen() == b"secret"


def test_a_locked_or_emptied_keyring_is_said(held: Held, tmp_path: Path) -> None:
    Store.create(tmp_path / "store", None).close()
    held.locked = True
    with pytest.raises(StoreRefused) as refused:
        Store.open(tmp_path / "store", None)
    assert refused.value.code == "keyring_refused"
    with pytest.raises(StoreRefused):
        Store.create(tmp_path / "other", None)
    assert list((tmp_path / "other").iterdir()) == []
    held.locked = False
    held.kept.clear()
    with pytest.raises(StoreRefused) as lost:
        Store.open(tmp_path / "store", None)
    assert lost.value.code == "no_key"


@pytest.mark.parametrize(("backend", "code"), [(Forgetful, "keyring_refused"), (NoKeyring, "no_keyring")])
def test_nothing_is_made_under_a_keyring_that_keeps_nothing(
    held: Held, backend: type[KeyringBackend], code: str, tmp_path: Path
) -> None:
    keyring.set_keyring(backend())
    assert unlock_new(tmp_path / "store", None) is not None
    with pytest.raises(StoreRefused) as refused:
        Store.create(tmp_path / "store", None)
    assert refused.value.code == code
    assert list((tmp_path / "store").iterdir()) == []
