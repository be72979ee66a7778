"""How a command ends: the exit codes, and the one place that turns failures into them.

  0  done
  1  refused: the server or a rule said no, or something is not there
  2  the command was used wrongly
  3  the input file was refused; file, line and field are named
  4  a finding needs a reason; nothing was sent
  5  no answer from the server; try again
  6  the server, or what came through it, is not believed
  7  the store or key file cannot be opened
  8  not yet: somebody else has to act first
  9  doctor found something wrong
130  interrupted
"""

from __future__ import annotations

import asyncio
import os
import sys
import traceback
from collections.abc import Coroutine
from typing import Any, NoReturn

from pratique.cli.output import Speaker
from pratique.errors import PratiqueError, Problem, ServerMistrusted, StoreRefused, Unreachable
from pratique.wire.refused import Refused

REFUSED, USAGE, BAD_INPUT, NEEDS_REASON, NO_ANSWER, MISTRUSTED, NO_STORE, NOT_YET, UNWELL = range(1, 10)
INTERRUPTED = 130

_CODES = {
    "bad_input": BAD_INPUT,
    "bad_form": BAD_INPUT,
    "malformed_content": BAD_INPUT,
    "needs_reason": NEEDS_REASON,
    "not_yet": NOT_YET,
    "unwell": UNWELL,
    "usage": USAGE,
}


def exit_code(error: Exception) -> int:
    """Give the exit code of a failure."""
    match error:
        case Unreachable():
            return NO_ANSWER
        case ServerMistrusted():
            return MISTRUSTED
        case StoreRefused():
            return NO_STORE
        case PratiqueError():
            return _CODES.get(error.code, REFUSED)
    return REFUSED


def fail(speaker: Speaker, error: PratiqueError | Refused) -> NoReturn:
    """Say what failed and what to do, and leave."""
    hint = error.hint if isinstance(error, PratiqueError) else ""
    if isinstance(error, Problem) and not hint:
        hint = {
            "retry": "try again in a moment",
            "resync": "run the command again; it will catch up first",
        }.get(error.action, "")
    speaker.error(error.code, error.detail, hint)
    sys.exit(exit_code(error))


def run(speaker: Speaker, work: Coroutine[Any, Any, None]) -> None:
    """Run one command to its end; leaves with the exit code of its failure."""
    try:
        asyncio.run(work)
    except (PratiqueError, Refused) as error:
        fail(speaker, error)
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # Whoever read the output has gone, as in `pratique read | head`: nothing is left to say, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(REFUSED)
    except OSError as error:
        fail(speaker, PratiqueError("file_refused", f"{error.filename or 'a file'}: {(error.strerror or '?').lower()}"))
    except Exception as error:
        if os.environ.get("PRATIQUE_TRACEBACK"):
            raise
        *_, last = traceback.extract_tb(error.__traceback__)
        where = f"{type(error).__name__} in {last.filename.rpartition('/')[2]}:{last.lineno}"
        hint = "run it again with PRATIQUE_TRACEBACK=1 and report what it shows"
        fail(speaker, PratiqueError("fault", f"this is a fault of the program: {where}", hint))
