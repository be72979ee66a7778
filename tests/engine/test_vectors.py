"""Hold the patched library to the MLS working group's test vectors: all in Node, those of our suite in Deno too."""

import asyncio
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import deno
import pytest

ALL = 1989
OUR_SUITE = 243


async def run(*command: str | Path) -> tuple[int, int, str]:
    """Give how many vectors passed, of how many, and what was printed."""
    process = await asyncio.create_subprocess_exec(
        *map(str, command), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    out, _ = await process.communicate()
    text = out.decode()
    total = re.search(r"^(\d+) of (\d+)$", text, re.MULTILINE)
    assert total is not None, text
    assert (process.returncode == 0) == (total[1] == total[2]), text
    return int(total[1]), int(total[2]), text


@pytest.mark.timeout(600)
async def test_all_vectors_pass_in_node(
    built: Path, vectors: Path, record_property: Callable[[str, object], None]
) -> None:
    node = ("node", built / "vectors.js", vectors)
    even, odd = await asyncio.gather(run(*node, "--part", "0/2"), run(*node, "--part", "1/2"))
    record_property("counted", f"{even[0] + odd[0]:,} of {even[1] + odd[1]:,} MLS vectors in Node")
    assert even[0] + odd[0] == even[1] + odd[1] == ALL, even[2] + odd[2]


@pytest.mark.timeout(180)
async def test_the_vectors_of_our_suite_pass_in_deno(
    built: Path, vectors: Path, record_property: Callable[[str, object], None]
) -> None:
    flags = ("--no-prompt", "--no-config", "--no-lock", "--no-remote", "--no-npm", "--cached-only")
    script = built / "vectors_suite1.js"
    passed, total, text = await run(
        deno.find_deno_bin(), "run", *flags, f"--allow-read={vectors}", script, vectors, "--suite-1"
    )
    record_property("counted", f"{passed} of {total} MLS vectors of suite 0x0001 in Deno")
    assert passed == total == OUR_SUITE, text


async def test_a_wrong_vector_is_noticed(built: Path, vectors: Path, tmp_path: Path) -> None:
    """Guards the runner itself: every set must be able to fail."""
    sets = [path.relative_to(vectors) for path in vectors.rglob("*.json")]
    for name in sets:
        vector = json.loads((vectors / name).read_text())[-1]
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(json.dumps([_altered(vector)]))
    passed, total, text = await run("node", built / "vectors.js", tmp_path)
    assert (passed, total) == (0, len(sets)), text


def _altered(vector: dict[str, Any]) -> dict[str, Any]:
    """Change the first value of the vector that a runner must not accept changed."""
    for name in ("initial_epoch_authenticator", "psk_secret", "tree_hash_after", "confirmed_transcript_hash_after"):
        if name in vector:
            return {**vector, name: "00" * 32}
    if "mls_group_info" in vector:
        return {**vector, "commit": vector["commit"] + "00"}
    if "welcome" in vector:
        return {**vector, "signer_pub": "00" * 32}
    altered: dict[str, Any] = json.loads(
        re.sub(r"[0-9](?=\D*$)", lambda digit: str(9 - int(digit[0])), json.dumps(vector))
    )
    return altered
