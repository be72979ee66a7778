"""Sign builds of the web client at the command line, and number them."""

import hashlib
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pratique.cli.main import commands
from pratique.root_holder import RootHolder
from pratique.wire.bodies import Release
from pratique.wire.certificates import read_root
from pratique.wire.statements import Statement

DIGEST = "ab" * 32


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a root's key file with its passphrase beside it."""
    secret = tmp_path / "root.key.passphrase"
    secret.write_text("a passphrase\n")
    secret.chmod(0o600)
    RootHolder.create(tmp_path / "root.key", "stop.example", lambda: b"a passphrase")
    return tmp_path / "root.key"


def sign(root: Path, build: object) -> tuple[int, str]:
    """Run the command on a build; give its exit code and what it said."""
    manifest, out = root.with_name("release.json"), root.with_name("release.statement")
    manifest.write_text(build if isinstance(build, str) else json.dumps(build))
    done = CliRunner().invoke(commands, ["root", "release", str(root), str(manifest), "-o", str(out)])
    return done.exit_code, done.output


def test_another_build_gets_the_next_number_and_the_same_one_keeps_its_own(root: Path) -> None:
    builds = [{"version": version, "files": {"index.html": DIGEST}} for version in ("1", "1", "2", "1")]
    numbers = []
    for build in builds:
        code, said = sign(root, build)
        assert code == 0, said
        statement = Statement.parse(root.with_name("release.statement").read_bytes())
        holder = RootHolder.open(root, lambda: b"a passphrase")
        statement.verify(read_root(holder.certificate).key)
        told = statement.read(Release)
        digest = hashlib.sha256(root.with_name("release.json").read_bytes()).hexdigest()
        assert (told.deployment, told.manifest, statement.signer) == ("stop.example", digest, "root")
        assert digest in said and f"release {told.number} " in said
        numbers.append(told.number)
    assert numbers == [1, 1, 2, 3]


@pytest.mark.parametrize(
    "build",
    [
        "no JSON",
        [],
        {},
        {"version": "1", "files": {}},
        {"version": 1, "files": {"index.html": DIGEST}},
        {"version": "1", "files": {"index.html": DIGEST.upper()}},
        {"version": "1", "files": {"index.html": None}},
        {"version": "1", "files": {"index.html": DIGEST}, "more": 1},
        {"version": "1", "files": {"index.html": DIGEST} | {f"{number}.js": DIGEST for number in range(2000)}},
        *(
            {"version": "1", "files": {"index.html": DIGEST, path: DIGEST}}
            for path in ("../x.js", "assets/../x.js", "/x.js", "//evil.example/x.js", "https://evil.example/x.js", "")
        ),
        *(
            {"version": "1", "files": {"index.html": DIGEST, path: DIGEST}}
            for path in (".x.js", "x.js?y", "a b.js", "a\\b.js", "x.js\n", "a//b.js", "a/", "\u202ex.js", "\u0430.js")
        ),
    ],
)
def test_what_is_no_release_json_is_not_signed(root: Path, build: object) -> None:
    code, said = sign(root, build)
    assert code == 3 and "is no release.json" in said
    assert not root.with_name("release.statement").exists()
