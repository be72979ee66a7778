"""What a device tends by itself: its stock of key packages, and its own leaf every seven days."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.delivery.key_packages import LOW_STOCK
from pratique.groups import tending
from pratique.wire import mls
from tests.world import now_ms, world

DAY_MS = 86_400_000
WEEK_MS = 7 * DAY_MS


def as_written() -> ModuleType:
    """Give the module as it stands in the file: the other tests work with a smaller stock."""
    spec = importlib.util.find_spec(tending.__name__)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_stock_is_a_hundred_filled_below_25_for_28_days() -> None:
    written = as_written()
    assert (written.STOCK, written.REFILL_BELOW, written.LIFETIME_S) == (100, 25, 28 * 86_400)
    assert written.REFILL_BELOW == LOW_STOCK, "the server tells of a low stock when the device would fill it"


@given(st.text(min_size=1), st.integers(0, 4_000_000_000_000))
def test_a_leaf_is_due_in_the_seventh_day_and_stays_so(own: str, last_ms: int) -> None:
    assert not tending.update_due(own, last_ms, last_ms + 6 * DAY_MS - 1)
    assert tending.update_due(own, last_ms, last_ms + WEEK_MS)
    due = [tending.update_due(own, last_ms, last_ms + 6 * DAY_MS + hour * DAY_MS // 24) for hour in range(24)]
    assert due == sorted(due)


def test_devices_spread_over_the_seventh_day() -> None:
    half = [tending.update_due(f"device {number}", 0, WEEK_MS - DAY_MS // 2) for number in range(200)]
    assert 60 < sum(half) < 140


async def test_a_stock_below_25_is_filled_to_a_hundred_beside_a_last_resort(
    tmp_path: Path, sqlite_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        claimers = [await w.device(party) for party in ("ae", "ae", "be", "be")]
        written = as_written()
        monkeypatch.setattr(tending, "STOCK", written.STOCK)
        monkeypatch.setattr(tending, "REFILL_BELOW", written.REFILL_BELOW)
        device = await w.device("ke")
        held = [device._follower.keys.not_uploaded(), device._follower.keys.stock().uploaded]
        assert held == [[], 100]
        (active,) = await claimers[0]._directory.fetch_office(claimers[0]._account, device.uri.office_id)

        async def claim(number: int) -> bytes:
            (package,) = await claimers[number % 4]._stock.claim(None, [active], now_ms())
            return package

        async def available() -> object:
            return (await device._account.call("GET", "/v1/key-packages")).get("available", int)

        claimed = [await claim(number) for number in range(75)]
        parsed = [mls.parse_key_package(package) for package in claimed]
        assert {one.not_after - one.not_before for one in parsed} == {28 * 86_400}
        assert len(set(claimed)) == 75 and await available() == 25
        await device.sync()
        assert await available() == 25
        claimed.append(await claim(75))
        await device.sync()
        assert await available() == 100
        assert not any(mls.parse_key_package(package).last_resort for package in claimed)
        assert device._follower.keys.stock().last_resort_until_ms > now_ms() + 27 * DAY_MS


async def test_a_leaf_gets_a_fresh_path_after_a_week_and_not_before(
    tmp_path: Path, sqlite_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path, sqlite_database_url) as w:
        room = await w.make_channel(devices=2)
        first, second = room.devices
        for device in room.devices:
            await device.sync()
        before = first.channels()[0].epoch
        for passed_ms, epochs in ((6 * DAY_MS - 600_000, 0), (WEEK_MS, 1)):
            monkeypatch.setattr(second._follower, "now_ms", lambda passed_ms=passed_ms: now_ms() + passed_ms)
            await second.sync()
            assert second.channels()[0].epoch == before + epochs
        await first.sync()
        await second.post(room.channel, "message", b"under the new key")
        await first.sync()
        assert first.channels()[0].epoch == before + 1
