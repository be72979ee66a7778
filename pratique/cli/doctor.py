"""`pratique doctor`: is everything as it should be?"""

from __future__ import annotations

from pratique.cli.exits import run
from pratique.cli.options import DEFAULT_STORE, Json, PassphraseFile, Store
from pratique.cli.output import Speaker


def doctor(store: Store = DEFAULT_STORE, passphrase_file: PassphraseFile = None, as_json: Json = False) -> None:
    """Look at store, server, clock, certificates, engine, key packages and channels."""
    speaker = Speaker(as_json)

    async def work() -> None:
        from pratique.cli.opening import opened_device
        from pratique.errors import PratiqueError

        async with opened_device(store, passphrase_file) as device:
            with speaker.working("looking"):
                checks = await device.doctor()
            rows = [("good" if check.good else "BAD", check.name, check.detail, check.hint) for check in checks]
            speaker.table(str(device.uri), ("", "what", "found", "what to do"), rows)
        speaker.emit(
            {
                "checks": [
                    {"name": check.name, "good": check.good, "detail": check.detail, "hint": check.hint}
                    for check in checks
                ]
            }
        )
        if bad := [check.name for check in checks if not check.good]:
            raise PratiqueError("unwell", f"{', '.join(bad)}: not as it should be")

    run(speaker, work())
