"""Do one thing as a device and die by SIGKILL at a named point: `python -m tests.client.dying STORE ACTION POINT …`.

A point is `before` or `after`, then what is called, then the how-manieth call: `after Account.call 2`.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tests.world as in_tests
from pratique.account import Account
from pratique.device import Device, Posting
from pratique.store.keys import Keys
from pratique.store.logs import Logs
from pratique.store.outbox import Outbox

CALLS: dict[str, tuple[Any, str]] = {
    "Outbox.put": (Outbox, "put"),
    "Outbox.sent": (Outbox, "sent"),
    "Account.call": (Account, "call"),
    "Logs.advance": (Logs, "advance"),
    "Keys.put_epoch": (Keys, "put_epoch"),
    "Keys.mark_uploaded": (Keys, "mark_uploaded"),
}


def die_at(when: str, what: str, number: int, only: str = "") -> None:
    """Make this process die at a point; `only` counts calls whose path ends so."""
    holder, name = CALLS[what]
    calls = 0

    def counts(values: tuple[Any, ...]) -> bool:
        nonlocal calls
        calls += not only or any(isinstance(value, str) and value.endswith(only) for value in values)
        return calls == number and (not only or any(isinstance(v, str) and v.endswith(only) for v in values))

    def wrapped(function: Callable[..., Any]) -> Callable[..., Any]:
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def dying(*values: Any, **named: Any) -> Any:
                last = counts(values)
                if last and when == "before":
                    os.kill(os.getpid(), signal.SIGKILL)
                done = await function(*values, **named)
                if last:
                    os.kill(os.getpid(), signal.SIGKILL)
                return done

            return dying

        @functools.wraps(function)
        def dying_now(*values: Any, **named: Any) -> Any:
            last = counts(values)
            if last and when == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            done = function(*values, **named)
            if last:
                os.kill(os.getpid(), signal.SIGKILL)
            return done

        return dying_now

    setattr(holder, name, wrapped(getattr(holder, name)))


async def act(folder: Path, action: str, channel: bytes) -> None:
    """Do what the test asks for."""
    device = await Device.open(folder, in_tests.unlock)
    match action:
        case "post":
            await device.post(channel, "message", b"from the dying")
        case "post_all":
            await device.post_all([Posting(channel, [("message", word)]) for word in (b"first words", b"last words")])
        case "sync":
            await device.sync()
        case "update":
            await device.update_leaf(channel)
        case "finish":
            await device.finish_enrolment()
        case _:
            raise SystemExit(f"unknown action {action}")
    await device.aclose()


if __name__ == "__main__":
    store, action, channel, *point = sys.argv[1:]
    if point:
        when, what, number, *only = point
        die_at(when, what, int(number), *only)
    asyncio.run(act(Path(store), action, bytes.fromhex(channel)))
