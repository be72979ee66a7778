"""Hold what the server lists of a log's end against what this device has verified of it."""

from __future__ import annotations

from typing import Any, Literal

from pratique.account import Account
from pratique.errors import ServerMistrusted
from pratique.http import field
from pratique.store.logs import Logs


class Listed:
    """Logs as the server lists them: channels or operations, each with its newest entry."""

    def __init__(self, told: list[Any], before: dict[bytes, tuple[int, bytes]]) -> None:
        self._told = {bytes.fromhex(field(one, "id", str)): one for one in told}
        # Where the store stood when the list was asked for; others of this device may have gone on since.
        self._before = before

    def ids(self) -> list[bytes]:
        """Give the logs, in the server's order."""
        return list(self._told)

    def head(self, log: bytes) -> int:
        """Give the number of a log's newest entry.

        Raises  ServerMistrusted where the log ends before what was verified here, or has another entry there
        """
        one = self._told[log]
        seq: int = field(one, "head_seq", int)
        kept, chain = self._before.get(log, (0, log))
        if seq < kept:
            raise rolled_back(log, kept, seq)
        if seq == kept and field(one, "head_chain", str) != chain.hex():
            detail = f"log {log.hex()[:8]} became another: its entry {seq} is not the one that is kept here"
            raise ServerMistrusted("log_rolled_back", detail)
        return seq


async def list_logs(account: Account, logs: Logs, what: Literal["channels", "operations"]) -> Listed:
    """Ask which logs of a kind this device's office or party may read."""
    before = logs.ends()
    return Listed((await account.call("GET", f"/v1/{what}")).get(what, list), before)


def rolled_back(log: bytes, kept: int, shown: int) -> ServerMistrusted:
    """Make what is said of a log that became shorter."""
    detail = f"log {log.hex()[:8]} became shorter: {kept} entries are kept here, the server shows {shown}"
    return ServerMistrusted("log_rolled_back", detail)
