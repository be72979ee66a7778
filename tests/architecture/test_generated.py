"""Hold generated files to the code they come from, and the catalogue of problems to what is raised."""

from __future__ import annotations

import ast
import re

from app import errors
from app.api.docs import page
from app.api.openapi import document
from app.generate import stale
from app.main import REVISION, application
from tests.architecture.sources import ROOT, Found, files, names, tree

# Raised by a parent's name or only rendered, never named where they happen.
RENDERED = {"MethodNotAllowed", "Internal"}


def test_generated_files_are_fresh() -> None:
    assert stale() == [], "run python -m app.generate"


def test_every_problem_is_raised_somewhere() -> None:
    used = {place.what.rpartition(".")[2] for file in files("app") if file != "app/errors.py" for place in raised(file)}
    assert {problem.__name__ for problem in errors.catalogue()} - used - RENDERED == set()


def raised(file: str) -> list[Found]:
    """List what a file raises or hands on as an answer: every name outside its imports."""
    module = tree(file)
    bodies = ast.Module([node for node in module.body if not isinstance(node, ast.Import | ast.ImportFrom)], [])
    return [*names(bodies, file)]


def test_codes_are_unique_and_every_problem_is_described() -> None:
    problems = errors.catalogue()
    assert len({problem.code for problem in problems}) == len(problems)
    assert all(problem.__doc__ and re.fullmatch(r"[a-z_]+", problem.code) for problem in problems)
    assert all(not problem.title.endswith(".") and problem.title[0].islower() for problem in problems)


def test_every_operation_names_its_problems() -> None:
    told = document(application())
    schemas = told["components"]["schemas"]
    for path, methods in told["paths"].items():
        for one in methods.values():
            assert {"421", "429", "500", "503"} <= one["responses"].keys(), path
            for status, response in one["responses"].items():
                if int(status) >= 400:
                    assert list(response["content"]) == ["application/problem+json"], path
    referred = set(re.findall(r"#/components/schemas/([\w.]+)", str(told)))
    assert referred <= schemas.keys()


def test_the_docs_page_stands_alone() -> None:
    shown = page(document(application()))
    assert not re.findall(r"https?://|//[a-z]+\.|<script", shown)
    assert all(f"id='{problem.code}'" in shown for problem in errors.catalogue())


def test_the_server_waits_for_the_newest_migration() -> None:
    revisions = {
        match[1]: match[2]
        for path in (ROOT / "migrations" / "versions").glob("*.py")
        if (match := re.search(r'^revision\b.*?"(\w+)"[\s\S]*?^down_revision\b.*?(None|"\w+")', path.read_text(), re.M))
    }
    assert [name for name in revisions if f'"{name}"' not in revisions.values()] == [REVISION]
