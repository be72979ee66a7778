"""Make a command of a few lines that work at a desk: open the store, catch up, do one thing, speak, close.

The commands below name only what is theirs; the options that all of them share are added here, once.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

from pratique.cli.exits import run
from pratique.cli.options import DEFAULT_STORE, AnyOperation, Json, PassphraseFile, Store
from pratique.cli.output import Speaker
from pratique.errors import PratiqueError

if TYPE_CHECKING:
    from pratique.desk.desk import Desk
    from pratique.device import Device
    from pratique.opened import Operation

NUMBER_DIGITS = 6
_SHARED = {
    "operation": (AnyOperation, None),
    "store": (Store, DEFAULT_STORE),
    "passphrase_file": (PassphraseFile, None),
    "as_json": (Json, False),
}
Work = Callable[..., Awaitable[None]]


def at_desk(work: Work) -> Callable[..., None]:
    """Make a command of `async work(desk, speaker, …)`.

    Takes   work: its `reference` is found, given in full, and says at which desk; its `offline` asks no server
    """
    return _command(work, one=True)


def at_desks(work: Work) -> Callable[..., None]:
    """Make a command of `async work(desks, speaker, …)`: one desk for each operation, or the one that is named."""
    return _command(work, one=False)


def _command(work: Work, *, one: bool) -> Callable[..., None]:
    def command(**given: Any) -> None:
        speaker = Speaker(given.pop("as_json"))
        place = {name: given.pop(name) for name in ("operation", "store", "passphrase_file")}

        async def act() -> None:
            async with opened_desks(speaker, **place, offline=given.get("offline", False)) as desks:
                if not one:
                    await work(desks, speaker, **given)
                    return
                desk = choose(desks, given.get("reference"))
                if "reference" in given:
                    given["reference"] = full_reference(desk, given["reference"])
                await work(desk, speaker, **given)

        run(speaker, act())

    command.__signature__ = _signature(work)  # type: ignore[attr-defined]
    command.__annotations__ = {}
    command.__doc__, command.__name__ = work.__doc__, work.__name__
    return command


def _signature(work: Work) -> inspect.Signature:
    """Give what the command line offers: the parameters after desk and speaker, then the shared ones."""
    hints = get_type_hints(work, localns={"Desk": object}, include_extras=True)
    _, _, *own = inspect.signature(work).parameters.values()
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [one.replace(annotation=hints[one.name], kind=keyword) for one in own]
    parameters += [inspect.Parameter(name, keyword, annotation=a, default=d) for name, (a, d) in _SHARED.items()]
    return inspect.Signature(parameters)


@asynccontextmanager
async def opened_desks(
    speaker: Speaker, *, operation: str | None, offline: bool, store: Path, passphrase_file: Path | None
) -> AsyncIterator[list[Desk]]:
    """Give the desk of every operation of this device, or of the one that is named."""
    from pratique.cli.opening import synced_device
    from pratique.desk.desk import Desk

    async with synced_device(speaker, store, passphrase_file, offline=offline) as device:
        with speaker.working("reading the store"):
            desks = [await Desk.open(device, found) for found in await _operations(device, operation, offline)]
        if not desks:
            hint = "the coordinating office founds one: pratique operation found"
            raise PratiqueError("no_operation", f"{device.uri.party.upper()} takes part in no operation", hint)
        yield desks


async def _operations(device: Device, name: str | None, offline: bool) -> list[Operation]:
    from pratique.cli.finding import find_operation

    if name:
        return [await find_operation(device, name, offline=offline)]
    return await device.operations(stored=offline)


def choose(desks: list[Desk], reference: str | None) -> Desk:
    """Give the desk that a reference, or the want of a choice, leaves.

    Raises  PratiqueError: no_operation; no_consignment, ambiguous_reference
    """
    if len(desks) == 1:
        return desks[0]
    codes = ", ".join(sorted(desk.operation.terms.code for desk in desks))
    if reference is None:
        raise PratiqueError("no_operation", "several operations are open to you", f"--operation, one of: {codes}")
    knowing, refused = [], PratiqueError("no_consignment", f"nothing is known of {reference}")
    for desk in desks:
        try:
            full_reference(desk, reference)
            knowing.append(desk)
        except PratiqueError as error:
            refused = error
    if not knowing:
        raise refused
    if len(knowing) > 1:
        detail = f"several operations have a reference that ends so: {reference}"
        raise PratiqueError("ambiguous_reference", detail, f"write it in full, or --operation, one of: {codes}")
    return knowing[0]


def full_reference(desk: Desk, text: str) -> str:
    """Give the whole reference of what a person wrote: all of it, its end, or its bare number.

    Raises  PratiqueError: no_consignment, ambiguous_reference
    """
    if text.isdecimal() and len(text) <= NUMBER_DIGITS:
        numbered = [one for one in desk.board.consignments if one.split("-")[-2] == text.zfill(NUMBER_DIGITS)]
        if len(numbered) == 1:
            return numbered[0]
        if numbered:
            detail = f"{len(numbered)} references have the number {text}: {', '.join(sorted(numbered)[:5])}"
            raise PratiqueError("ambiguous_reference", detail, "write more of it")
    return desk.find(text).reference
