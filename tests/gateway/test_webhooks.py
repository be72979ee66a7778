"""What the book of receivers keeps."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from pratique.gateway.book import Book
from pratique.gateway.settings import Settings
from pratique.gateway.webhooks import Webhooks


def test_receivers_of_one_millisecond_are_listed_as_they_came(tmp_path: Path) -> None:
    with closing(Book(tmp_path / "gateway.sqlite3", bytes(32))) as book:
        hooks = Webhooks(book, Settings(key_hashes=frozenset(), now_ms=lambda: 1))
        made = [hooks.add(f"https://{number}.example/", (), False, None)[0].url for number in range(12)]
        assert [one.url for one in hooks.all()] == made
