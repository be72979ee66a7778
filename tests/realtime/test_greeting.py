"""Hold the stream's door: what a first frame, an origin and a handshake may be."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from app.realtime import endpoint
from tests.faults.parties import Parties
from tests.realtime.stream_client import Stream
from tests.serving import Served, serving


@pytest_asyncio.fixture
async def served(tmp_path: Path, sqlite_database_url: str) -> AsyncIterator[Served]:
    """Give a server that knows no device."""
    async with serving(tmp_path / "server", sqlite_database_url, Parties().root) as running:
        yield running


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ({"ticket": "x" * 43}, 4401),
        ({"ticket": 7}, 4400),
        ({"ticket": "x", "more": 1}, 4400),
        ({"ticket": "x" * 101}, 4400),
        ({"subscribe": []}, 4400),
        ({"subscribe": [{"log": "00" * 32, "after": 0}]}, 4400),
        ({"ack": {"log": "00" * 32, "seq": 1}}, 4400),
        ([], 4400),
        ("not json", 4400),
        ('{"ticket":"a","ticket":"b"}', 4400),
        ('{"ticket":"\\ud800"}', 4400),
        ('{"ticket":NaN}', 4400),
        ("[" * 5000, 4400),
        (b"\x00", 4400),
        ("x" * 300_000, 1009),
    ],
)
async def test_a_wrong_first_frame_ends_the_stream(served: Served, first: Any, code: int) -> None:
    async with connect(f"ws://{served.host}/v1/stream", proxy=None) as connection:
        stream = Stream(connection)
        await stream.send(first)
        assert await stream.closed() == code


async def test_silence_ends_the_stream(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "TICKET_S", 0.05)
    async with connect(f"ws://{served.host}/v1/stream", proxy=None) as connection:
        assert await Stream(connection).closed() == 4401


@pytest.mark.parametrize(
    "origin",
    ["null", "https://evil.example", "http://127.0.0.1", "http://127.0.0.1.evil.example", "https://sub.127.0.0.1"],
)
async def test_a_foreign_origin_is_refused_before_the_handshake(served: Served, origin: str) -> None:
    assert await refusal(served, origin=origin) == 403


async def test_our_own_origin_is_taken(served: Served) -> None:
    connection = await connect(f"ws://{served.host}/v1/stream", proxy=None, origin=served.url)  # type: ignore[arg-type]
    await connection.close()


async def test_a_query_another_path_and_another_host_are_refused(served: Served) -> None:
    assert await refusal(served, path="/v1/stream?ticket=abc") == 403
    assert await refusal(served, path="/v1/streams") == 403
    assert await refusal(served, additional_headers={"Host": "evil.example"}) == 403


async def refusal(served: Served, path: str = "/v1/stream", **options: Any) -> int:
    """Give the status with which a handshake is refused."""
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws://{served.host}{path}", proxy=None, **options)
    status: int = refused.value.response.status_code
    return status
