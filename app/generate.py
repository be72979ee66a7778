"""Write what is generated from the code: `python -m app.generate`; with `--check` only say what is stale."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from app.api.described import problem_schema
from app.api.openapi import document
from app.errors import catalogue
from app.main import application
from app.realtime.closing import Close
from app.settings import Settings

ROOT = Path(__file__).resolve().parents[1]


def generated() -> Mapping[str, str]:
    """Give every generated file: path from the repository's root, content."""
    return {
        "schemas/openapi.json": _json(document(application())),
        "schemas/problems.json": _json({problem.code: problem_schema(problem) for problem in catalogue()}),
        "docs/errors.md": errors_page(),
        "docs/settings.md": settings_page(),
    }


def errors_page() -> str:
    """Write the page of problems and close codes."""
    lines = [
        "# Errors",
        "",
        "Generated from `app/errors.py` and `app/realtime/closing.py` by `python -m app.generate`.",
        "",
        "Every error is `application/problem+json` (RFC 9457) with a stable `code` and an `action`: `fix` the request,",
        "`retry` the same bytes later, `resync` and try again on what is new, or `give_up`. Nothing sent is echoed.",
    ]
    for problem in catalogue():
        facts = ", ".join(f"`{name}` ({kind})" for name, kind in problem.facts_shape.items())
        lines += [
            "",
            f"## {problem.code}",
            "",
            f"{problem.status} · {problem.action} · {problem.title}",
            "",
            " ".join((problem.__doc__ or "").split()),
            *(["", f"Facts: {facts}."] if facts else []),
        ]
    lines += ["", "## Close codes of the stream", "", "| Code | Name | Come back |", "|---|---|---|"]
    lines += [f"| {int(code)} | {code.name.lower()} | {'no' if code >= 4400 else 'yes'} |" for code in Close]
    return "\n".join(lines) + "\n"


def settings_page() -> str:
    """Write the page of settings."""
    lines = [
        "# Settings",
        "",
        "Generated from `app/settings.py` by `python -m app.generate`. Each is an environment variable.",
        "",
        "| Variable | Default | Meaning |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = f"`{field.default}`" if str(field.default) else "(empty)"
        lines.append(f"| `PRATIQUE_{name.upper()}` | {default} | {field.description} |")
    return "\n".join(lines) + "\n"


def stale() -> list[str]:
    """List the generated files that are not as the code would write them."""
    return [
        path
        for path, content in generated().items()
        if not (ROOT / path).exists() or (ROOT / path).read_text(encoding="utf-8") != content
    ]


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def run() -> None:
    """Write the stale files, or with --check name them and fail."""
    found = stale()
    if "--check" in sys.argv[1:]:
        sys.exit(f"stale: {', '.join(found)}; run python -m app.generate" if found else 0)
    for path in found:
        (ROOT / path).parent.mkdir(exist_ok=True)
        (ROOT / path).write_text(generated()[path], encoding="utf-8")
        sys.stdout.write(f"wrote {path}\n")


if __name__ == "__main__":
    run()
