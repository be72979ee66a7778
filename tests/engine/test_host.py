"""Hold the engine's process to its promises: no rights, no leftovers, and an answer or an error, whatever happens."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
from pathlib import Path

import deno
import pytest

from pratique.groups import engine_host
from pratique.groups.engine_host import Engine, EngineError, EngineUnavailable
from tests.engine.referees import EngineWithReferees

ANSWERING = """
for await (const chunk of Deno.stdin.readable) {
  for (const line of new TextDecoder().decode(chunk).trim().split("\\n")) {
    const { id, params } = JSON.parse(line)
    const result = await (async () => { BODY })()
    await Deno.stdout.write(new TextEncoder().encode(JSON.stringify({ id, result }) + "\\n"))
  }
}
"""

CALLER = """
import asyncio
from pratique.groups.engine_host import Engine

async def main():
    engine = Engine()
    await engine.version()
    print(engine._process.pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


def process_id(engine: Engine) -> int:
    """Give the id of the engine's process."""
    assert engine._process is not None
    return engine._process.pid


def gone(pid: int) -> bool:
    """Tell whether a process has ended and was waited for: a zombie would still be there."""
    return not Path(f"/proc/{pid}").exists()


def fake(tmp_path: Path, body: str, timeout_s: float = 30.0) -> Engine:
    """Give an engine whose script is ours, run with the same rights: none."""
    script = tmp_path / "fake.js"
    script.write_text(ANSWERING.replace("BODY", body))
    engine = EngineWithReferees(script)
    engine._timeout_s = timeout_s
    return engine


async def test_nothing_is_begun_before_the_first_call_and_nothing_is_left() -> None:
    engine = Engine()
    assert engine._process is None
    await engine.aclose()
    assert (await engine.version()).ts_mls == "1.6.4"
    pid, folder = process_id(engine), engine._folder
    assert folder is not None and Path(folder.name).is_dir()
    await engine.aclose()
    assert gone(pid) and not Path(folder.name).exists()
    await engine.version()
    await engine.aclose()


async def test_the_process_ends_with_a_caller_that_is_killed() -> None:
    caller = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", CALLER),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert caller.stdout is not None
    pid = int(await caller.stdout.readline())
    assert not gone(pid)
    watch = os.pidfd_open(pid)
    caller.kill()
    await caller.wait()
    ended, _, _ = await asyncio.to_thread(select.select, [watch], [], [], 20)
    os.close(watch)
    assert ended


async def test_deno_that_cannot_be_started_is_an_error_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deno, "find_deno_bin", lambda: "/nowhere/deno")
    engine = Engine()
    with pytest.raises(EngineUnavailable) as missing:
        await engine.version()
    assert missing.value.code == "engine_missing" and engine._folder is None


async def test_many_callers_share_one_process(engine: Engine) -> None:
    answers = await asyncio.gather(
        *(engine.key_package(f"pratique://a/{n}", os.urandom(32), not_before=0, not_after=9) for n in range(20))
    )
    assert len({answer.ref for answer in answers}) == 20


async def test_a_killed_process_is_replaced_without_the_caller_noticing(engine: Engine) -> None:
    await engine.version()
    first = process_id(engine)
    os.kill(first, signal.SIGKILL)
    assert (await engine.version()).engine == "1"
    assert process_id(engine) != first and gone(first)


async def test_a_process_that_ends_twice_is_an_error_that_says_so(tmp_path: Path) -> None:
    async with fake(tmp_path, "throw new Error('no')") as engine:
        with pytest.raises(EngineUnavailable) as lost:
            await engine.version()
        assert lost.value.code == "engine_lost" and "Error: no" in lost.value.detail


async def test_a_call_without_an_answer_ends_the_process(tmp_path: Path) -> None:
    async with fake(tmp_path, "await new Promise((done) => setTimeout(done, 1e9))", timeout_s=1.0) as engine:
        with pytest.raises(EngineUnavailable) as late:
            await engine.version()
        assert late.value.code == "engine_timeout"
        assert engine._process is None


async def test_a_cancelled_call_does_not_answer_the_next(engine: Engine) -> None:
    await engine.version()
    first = asyncio.create_task(engine.key_package("pratique://a/b", os.urandom(32), not_before=0, not_after=9))
    while not engine._turn.locked():
        await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert (await engine.version()).ts_mls == "1.6.4"


@pytest.mark.parametrize(
    "reach",
    [
        "await Deno.readTextFile('/etc/hostname')",
        "await Deno.writeTextFile('/tmp/reached', '')",
        "Deno.env.get('HOME')",
        "new Deno.Command('/bin/true').outputSync()",
        "await Deno.connect({ port: 9 })",
        "Deno.hostname()",
        "Deno.dlopen('libc.so.6', {})",
    ],
)
async def test_the_process_has_no_right_at_all(reach: str, tmp_path: Path) -> None:
    """Asks from inside: what is refused is told as the error's name."""
    body = f"try {{ {reach}; return {{ engine: 'reached', ts_mls: '', patch: '' }} }}"
    body += " catch (error) { return { engine: error.name, ts_mls: '', patch: '' } }"
    async with fake(tmp_path, body) as engine:
        assert (await engine.version()).engine == "NotCapable"


async def test_the_environment_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRATIQUE_SECRET", "not for the engine")
    async with fake(tmp_path, "await new Promise((done) => setTimeout(done, 1e9))", timeout_s=5.0) as engine:
        call = asyncio.create_task(engine.version())
        while engine._process is None:
            await asyncio.sleep(0)
        environment = Path(f"/proc/{process_id(engine)}/environ").read_bytes()
        call.cancel()
        await engine._end()
        assert b"PRATIQUE" not in environment and b"HOME=" not in environment and b"PATH=" not in environment


async def test_a_configuration_beside_the_bundle_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "deno.json").write_text("{ this is not JSON")
    async with fake(tmp_path, "return { engine: 'runs', ts_mls: '', patch: '' }") as engine:
        assert (await engine.version()).engine == "runs"


async def test_an_altered_bundle_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    altered = tmp_path / "engine.js"
    altered.write_bytes(engine_host._BUNDLE.read_bytes() + b" ")
    monkeypatch.setattr(engine_host, "_BUNDLE", altered)
    engine = Engine()
    with pytest.raises(EngineUnavailable) as refused:
        await engine.version()
    assert refused.value.code == "engine_altered" and engine._process is None
    altered.unlink()
    with pytest.raises(EngineUnavailable) as missing:
        await engine.version()
    assert missing.value.code == "engine_missing"


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("no such method", {}),
        ("constructor", {}),
        ("epoch", {}),
        ("epoch", {"state": "AA==", "more": 1}),
        ("epoch", {"state": "AA"}),
        ("epoch", {"state": "AB=="}),
        ("epoch", {"state": None}),
        ("epoch", []),
    ],
)
async def test_a_malformed_request_is_answered(method: str, params: dict[str, object], engine: Engine) -> None:
    with pytest.raises(EngineError) as refused:
        await engine._call(method, params)
    assert refused.value.code == "bad_request"


async def test_two_bad_adds_are_one_refusal(engine: Engine) -> None:
    """Guards a trap: the library leaves the second failure without a listener, and Deno would end the process."""
    packages = [
        await engine.key_package(f"pratique://a/{n}", os.urandom(32), not_before=0, not_after=2**40) for n in range(3)
    ]
    own, *bad = [package.key_package for package in packages]
    created = await engine.create(os.urandom(32), own, packages[0].private)
    pid = process_id(engine)
    added = [key_package[:-1] + bytes([key_package[-1] ^ 1]) for key_package in bad]
    allowed = []
    for package in packages[1:]:
        alone = await engine.create(os.urandom(32), package.key_package, package.private)
        allowed += [(leaf.uri, leaf.key) for leaf in alone.epoch.leaves]
    with pytest.raises(EngineError) as refused:
        await engine.commit(created.state, adds=added, allowed=allowed)
    assert refused.value.code == "not_authentic"
    assert process_id(engine) == pid
