"""Run the MLS engine: one Deno process with no permission at all, asked one JSON line at a time.

    await engine.commit(state, adds=...) ─▶ {"id", "method", "params"} ─▶ engine.js ─▶ {"id", "result" | "error"}

The process begins with the first call, serves any number of devices, keeps nothing between two calls, and is killed
and begun anew after a timeout or a broken pipe. Refuses to know logs, certificates and stores: who may stand in a tree
is told by the caller (`allowed`), what the answers are worth is the caller's to save.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import itertools
import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from pratique.errors import PratiqueError
from pratique.groups.engine_answers import (
    Committed,
    Created,
    Epoch,
    Joined,
    KeyPackage,
    Leaf,
    Processed,
    Versions,
)

__all__ = [
    "Committed",
    "Created",
    "Engine",
    "EngineError",
    "EngineUnavailable",
    "Epoch",
    "Joined",
    "KeyPackage",
    "Leaf",
    "Pair",
    "Processed",
    "Versions",
]

# a device URI and its Ed25519 public key
Pair = tuple[str, bytes]

_BUNDLE: Final = Path(__file__).resolve().with_name("engine.js")
_PIN: Final = Path(__file__).resolve().with_name("engine.sha256")
_FLAGS: Final = ("--no-config", "--no-lock", "--no-prompt", "--no-remote", "--no-npm", "--cached-only")
_LINE_BYTES: Final = 64 * 1024 * 1024
_CLOSE_S: Final = 5.0


class EngineError(PratiqueError):
    """Says that the engine refuses, with a stable code (engine/src/errors.ts lists them)."""


class EngineUnavailable(EngineError):
    """Says that no answer came: nothing is known about what was asked.

    Codes: `engine_missing`, `engine_altered`, `engine_timeout`, `engine_lost`.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail, "`pratique doctor` looks at everything")


class Engine:
    """Ask the MLS engine, from any number of tasks of one event loop; each call has its turn.

    Unit    timeout_s: seconds from the turn to the answer
    """

    def __init__(self, *, timeout_s: float = 30.0) -> None:
        self._timeout_s = timeout_s
        self._turn = asyncio.Lock()
        self._ids = itertools.count(1)
        self._process: asyncio.subprocess.Process | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def key_package(
        self, uri: str, signature_key: bytes, *, not_before: int, not_after: int, last_resort: bool = False
    ) -> KeyPackage:
        """Make a key package.

        Takes   signature_key: the device's Ed25519 seed, 32 bytes
        Unit    not_before, not_after: seconds since 1970
        """
        params = {
            "uri": uri,
            "signature_key": _text(signature_key),
            "not_before": not_before,
            "not_after": not_after,
            "last_resort": last_resort,
        }
        return KeyPackage.read(await self._call("key_package", params))

    async def create(self, group_id: bytes, key_package: bytes, private: bytes) -> Created:
        """Begin a group with one leaf, at epoch 0."""
        params = {"group_id": _text(group_id), "key_package": _text(key_package), "private": _text(private)}
        return Created.read(await self._call("create", params))

    async def commit(
        self,
        state: bytes,
        *,
        adds: Iterable[bytes] = (),
        removes: Iterable[int] = (),
        aad: bytes = b"",
        allowed: Iterable[Pair] = (),
        group_info_extension: bytes | None = None,
    ) -> Committed:
        """Stage the next epoch; the old state stays good until the server has accepted the commit.

        Takes   adds: key packages; removes: leaf indices; aad: the commit's authenticated data; allowed: the pairs that
                may be added; group_info_extension: bytes for the GroupInfo, the uploaded and the welcome's
        """
        params = {
            "state": _text(state),
            "adds": [_text(add) for add in adds],
            "removes": list(removes),
            "aad": _text(aad),
            "allowed": _pairs(allowed),
            "group_info_extension": None if group_info_extension is None else _text(group_info_extension),
        }
        return Committed.read(await self._call("commit", params))

    async def join(
        self, welcome: bytes, key_package: bytes, private: bytes, ratchet_tree: bytes, *, allowed: Iterable[Pair]
    ) -> Joined:
        """Join a group by a welcome; every leaf of its tree must be among the allowed."""
        params = {
            "welcome": _text(welcome),
            "key_package": _text(key_package),
            "private": _text(private),
            "ratchet_tree": _text(ratchet_tree),
            "allowed": _pairs(allowed),
        }
        return Joined.read(await self._call("join", params))

    async def process(
        self, state: bytes, message: bytes, *, allowed: Iterable[Pair], committer: Pair, at: int
    ) -> Processed:
        """Follow another device's commit into the next epoch.

        Takes   allowed: the pairs that may be added; committer: whom the entry names
        Unit    at: seconds since 1970, the entry's instant; added key packages must be valid then
        """
        params = {
            "state": _text(state),
            "message": _text(message),
            "allowed": _pairs(allowed),
            "committer": _pairs([committer])[0],
            "at": at,
        }
        return Processed.read(await self._call("process", params))

    async def epoch(self, state: bytes) -> Epoch:
        """Give what a saved state knows of its epoch."""
        return Epoch.read(await self._call("epoch", {"state": _text(state)}))

    async def version(self) -> Versions:
        """Give the versions of the engine, of ts-mls and of our patch."""
        return Versions.read(await self._call("version", {}))

    async def aclose(self) -> None:
        """End the process and wait until it is gone; a later call begins a new one."""
        async with self._turn:
            if self._process is not None and self._process.stdin is not None:
                self._process.stdin.close()
                try:
                    async with asyncio.timeout(_CLOSE_S):
                        await self._process.wait()
                except TimeoutError:
                    pass
            await self._end()

    async def _call(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        number = next(self._ids)
        line = json.dumps({"id": number, "method": method, "params": params}).encode() + b"\n"
        async with self._turn:
            answer = await self._ask(number, line, retry=True)
        if "error" in answer:
            raise EngineError(answer["error"]["code"], answer["error"]["message"])
        result: dict[str, Any] = answer["result"]
        return result

    async def _ask(self, number: int, line: bytes, *, retry: bool) -> dict[str, Any]:
        process = self._process or await self._begin()
        try:
            async with asyncio.timeout(self._timeout_s):
                return await _exchange(process, number, line)
        except TimeoutError:
            await self._end()
            raise EngineUnavailable("engine_timeout", f"no answer in {self._timeout_s:g} s") from None
        except (OSError, EOFError, ValueError) as lost:
            said = await self._end()
            if not retry:
                raise EngineUnavailable("engine_lost", f"the engine's process ended twice{said}") from lost
        # Every call is a pure function of its parameters, so asking again cannot do anything twice.
        return await self._ask(number, line, retry=False)

    async def _begin(self) -> asyncio.subprocess.Process:
        bundle = self._bundle()
        self._folder = tempfile.TemporaryDirectory(prefix="pratique-engine-")
        try:
            self._process = await _spawn(bundle, Path(self._folder.name))
        except BaseException as failed:
            await self._end()
            if isinstance(failed, OSError):
                raise EngineUnavailable("engine_missing", f"Deno cannot be started: {failed.strerror}") from failed
            raise
        return self._process

    def _bundle(self) -> Path:
        """Give the bundle's path, once its bytes are the pinned ones."""
        try:
            bundle, pin = _BUNDLE.read_bytes(), _PIN.read_text("ascii").strip()
        except FileNotFoundError as missing:
            reason = f"{missing.filename} is missing: build the engine first"
            raise EngineUnavailable("engine_missing", reason) from None
        if hashlib.sha256(bundle).hexdigest() != pin:
            raise EngineUnavailable("engine_altered", f"{_BUNDLE} is not the bundle that is pinned: build it anew")
        return _BUNDLE

    async def _end(self) -> str:
        """Kill the process, wait for it, remove its folder; give its last words for an error message."""
        said = ""
        if self._process is not None:
            if self._process.returncode is None:
                self._process.kill()
            await self._process.wait()
            self._process = None
        if self._folder is not None:
            stderr = Path(self._folder.name) / "stderr"
            lines = stderr.read_text("utf-8", "replace").split("\n") if stderr.exists() else [""]
            said = f": {lines[0][:200]}" if lines[0] else ""
            self._folder.cleanup()
            self._folder = None
        return said


async def _spawn(bundle: Path, folder: Path) -> asyncio.subprocess.Process:
    try:
        import deno
    except ImportError:
        raise EngineUnavailable("engine_missing", "the engine needs Deno: pip install 'pratique[client]'") from None
    with (folder / "stderr").open("wb") as stderr:
        return await asyncio.create_subprocess_exec(
            *(deno.find_deno_bin(), "run", *_FLAGS, str(bundle)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
            cwd=folder,
            # nothing of the caller's environment; Deno would else look for news and keep a cache in the home folder
            env={"DENO_DIR": str(folder / "deno"), "DENO_NO_UPDATE_CHECK": "1"},
            # Ctrl-C is for the caller; the engine ends when its stdin does, also after a kill -9 of the caller
            start_new_session=True,
            limit=_LINE_BYTES,
        )


async def _exchange(process: asyncio.subprocess.Process, number: int, line: bytes) -> dict[str, Any]:
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(line)
    await process.stdin.drain()
    while True:
        answer = await process.stdout.readline()
        if not answer.endswith(b"\n"):
            raise EOFError
        read: dict[str, Any] = json.loads(answer)
        # an answer to an earlier call, whose caller was cancelled while it waited, is passed over
        if read["id"] == number:
            return read


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _pairs(pairs: Iterable[Pair]) -> list[dict[str, str]]:
    return [{"uri": uri, "key": _text(key)} for uri, key in pairs]
