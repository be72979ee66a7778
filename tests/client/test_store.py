"""The store: sealed at rest, compare-and-swap between openings, and honest about what is wrong with its files."""

import os
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from pratique.errors import StoreRefused
from pratique.groups.engine_answers import KeyPackage
from pratique.sealing import EpochKey
from pratique.store import Lost, Store
from pratique.store.keys import Keys
from pratique.store.logs import LogPosition, Logs, Row
from pratique.store.outbox import Outbox, Outgoing, Posting, Staged
from pratique.wire.entries import Entry, Kind, Urgency, next_chain
from tests.world import unlock

LOG = bytes(range(32))


def entry(seq: int, kind: Kind = Kind.NOTICE, data: bytes = b"data") -> Entry:
    return Entry(LOG, seq, kind, "", 0, uuid4(), Urgency.ROUTINE, 1000 + seq, data)


def step(before: LogPosition, **more: object) -> tuple[LogPosition, Row]:
    one = entry(before.seq + 1)
    chain = next_chain(before.chain, one.seq, one.digest())
    after = replace(before, seq=one.seq, chain=chain, at_ms=one.at_ms, **more)  # type: ignore[arg-type]
    return after, Row(one, chain, "counted")


def test_of_two_openings_that_step_from_one_place_one_wins(tmp_path: Path) -> None:
    one, two = Store.create(tmp_path, unlock), Store.open(tmp_path, unlock)
    first, second = Logs(one), Logs(two)
    before = first.load(LOG)
    assert second.load(LOG) == before == LogPosition(LOG, 0, LOG)
    after, row = step(before, state=b"state", state_epoch=0)
    first.advance(before, after, [row])
    lost_after, lost_row = step(before)
    with pytest.raises(Lost):
        second.advance(before, lost_after, [lost_row])
    assert second.load(LOG) == after
    assert second.chain_at(LOG, 1) == row.chain
    one.close()
    two.close()


def test_a_step_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    store = Store.create(tmp_path, unlock)
    logs = Logs(store)
    before = logs.load(LOG)
    after, row = step(before)
    with pytest.raises(RuntimeError), store.transaction():
        logs.advance(before, after, [row])
        raise RuntimeError("power cut")
    assert Logs(store).load(LOG) == before
    assert logs.chain_at(LOG, 1) is None
    store.close()


def test_no_secret_stands_in_the_files(tmp_path: Path) -> None:
    store = Store.create(tmp_path, unlock)
    secrets = [f"secret number {number} {os.urandom(8).hex()}".encode() for number in range(6)]
    logs, keys, outbox = Logs(store), Keys(store), Outbox(store)
    with store.transaction():
        store.set_secret("device key", secrets[0])
        after, row = step(logs.load(LOG), state=secrets[1], state_epoch=0)
        logs.advance(logs.load(LOG), after, [replace(row, body=secrets[2])])
        keys.put_epoch(LOG, EpochKey(0, secrets[3], b"authenticator"))
        keys.put_package(KeyPackage(b"public", secrets[4], b"ref"), last_resort=False, not_after_ms=1)
        staged = (Staged(1, bytes(32), secrets[1]),)
        outbox.put(Outgoing(uuid4(), LOG, "/v1", b"body", Posting(LOG, (("message", secrets[5]),)), staged))
    assert store.secret("device key") == secrets[0]
    assert logs.load(LOG).state == secrets[1]
    assert next(logs.rows(LOG)).body == secrets[2]
    assert keys.epochs(LOG, 0)[0].key == secrets[3]
    package = keys.package(b"ref")
    assert package is not None
    assert package.private == secrets[4]
    assert outbox.waiting()[0].again == Posting(LOG, (("message", secrets[5]),))
    files = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"public" in files
    assert [secret for secret in secrets if secret in files] == []
    assert {oct(file.stat().st_mode & 0o077) for file in tmp_path.iterdir()} == {"0o0"}
    store.close()


def test_sealed_values_do_not_open_elsewhere(tmp_path: Path) -> None:
    store = Store.create(tmp_path, unlock)
    sealed = store.seal(b"value", "epoch_keys", LOG, 1)
    assert store.unseal(sealed, "epoch_keys", LOG, 1) == b"value"
    with pytest.raises(StoreRefused) as refused:
        store.unseal(sealed, "epoch_keys", LOG, 2)
    assert refused.value.code == "store_damaged"
    store.close()


def test_a_wrong_passphrase_an_open_mode_and_a_missing_store_are_told_apart(tmp_path: Path) -> None:
    Store.create(tmp_path / "one", unlock).close()
    codes = []
    for folder, passphrase, mode in (
        ("one", b"wrong", 0o600),
        ("none", b"x", None),
        ("one", b"test passphrase", 0o644),
    ):
        if mode is not None:
            os.chmod(tmp_path / folder / "store.sqlite3", mode)
        with pytest.raises(StoreRefused) as refused:
            Store.open(tmp_path / folder, lambda given=passphrase: given)  # type: ignore[misc]
        codes.append(refused.value.code)
    with pytest.raises(StoreRefused) as refused:
        Store.create(tmp_path / "one", unlock)
    with pytest.raises(StoreRefused) as locked:
        os.chmod(tmp_path / "one" / "store.sqlite3", 0o600)
        Store.open(tmp_path / "one", None)
    assert [*codes, refused.value.code, locked.value.code] == [
        "wrong_passphrase",
        "no_store",
        "store_exposed",
        "file_exists",
        "store_locked",
    ]


def test_an_entry_counts_once_by_device_and_post_id(tmp_path: Path) -> None:
    store = Store.create(tmp_path, unlock)
    logs, post_id = Logs(store), uuid4()

    def row(seq: int, data: bytes, device: str = "pratique://be.stop.example/ncp/o/aaaa") -> Row:
        one = Entry(LOG, seq, Kind.APPLICATION, device, 1, post_id, Urgency.ROUTINE, 1, data)
        return Row(one, bytes(32), "waiting")

    assert logs.count(row(5, b"first of a post"))
    assert logs.count(row(6, b"second of a post"))
    assert logs.count(row(5, b"first of a post"))  # looked at again
    assert not logs.count(row(7, b"first of a post"))  # the same bytes again
    assert not logs.count(row(9, b"not beside the others"))
    assert logs.count(row(9, b"x", device="pratique://ke.stop.example/ncp/o/aaaa"))
    store.close()
