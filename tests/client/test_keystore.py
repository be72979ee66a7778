"""The key of a store under Argon2id: opened by its passphrase alone, and every damage told."""

import json
from pathlib import Path

import pytest

from pratique import keystore
from pratique.errors import StoreRefused
from tests.world import unlock


def test_a_key_file_opens_by_its_passphrase_only(tmp_path: Path) -> None:
    file = tmp_path / "store.key"
    key = keystore.make_key(file, unlock)
    assert key not in file.read_bytes()
    assert keystore.find_key(file, unlock) == key
    for passphrase, code in ((b"wrong", "wrong_passphrase"), (b"", "no_passphrase")):
        with pytest.raises(StoreRefused) as refused:
            keystore.find_key(file, lambda given=passphrase: given)  # type: ignore[misc]
        assert refused.value.code == code


@pytest.mark.parametrize(
    "change",
    [{"kdf": "md5"}, {"memory_kib": 2**40}, {"iterations": 0}, {"lanes": True}, {"salt": 5}, {"sealed": None}, None],
)
def test_a_key_file_that_was_altered_is_refused(tmp_path: Path, change: dict[str, object] | None) -> None:
    file = tmp_path / "store.key"
    keystore.make_key(file, unlock)
    saved = json.loads(file.read_bytes())
    file.write_text("{" if change is None else json.dumps(saved | change))
    with pytest.raises(StoreRefused) as refused:
        keystore.find_key(file, unlock)
    assert refused.value.code == "store_damaged"


def test_sealed_bytes_open_with_their_key_at_their_place_only() -> None:
    key, other = bytes(32), bytes([1]) * 32
    sealed = keystore.seal(key, b"value", b"here")
    assert keystore.unseal(key, sealed, b"here") == b"value"
    assert sealed != keystore.seal(key, b"value", b"here")
    for attempt in (
        (other, sealed, b"here"),
        (key, sealed, b"there"),
        (key, sealed[:-1], b"here"),
        (key, b"", b"here"),
    ):
        with pytest.raises(StoreRefused):
            keystore.unseal(*attempt)
