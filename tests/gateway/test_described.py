"""The OpenAPI document is fresh, complete, and says the truth about keys and problems."""

import json
import re
from typing import Any

from pratique.gateway import generate
from pratique.gateway.problems import CATALOGUE, MEDIA_TYPE


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """List every operation of the committed document."""
    told = json.loads(generate.FILE.read_text(encoding="utf-8"))
    return [(method, path, one) for path, methods in told["paths"].items() for method, one in methods.items()]


def test_the_document_is_fresh() -> None:
    assert generate.FILE.read_text(encoding="utf-8") == generate.text(), "run python -m pratique.gateway.generate"


def test_every_reference_leads_somewhere_and_no_form_is_left_over() -> None:
    told = json.loads(generate.FILE.read_text(encoding="utf-8"))
    referred = set(re.findall(r'"#/components/schemas/([\w.]+)"', json.dumps(told)))
    assert referred == set(told["components"]["schemas"])


def test_every_route_names_itself_and_its_problems() -> None:
    assert len({one["operationId"] for _, _, one in operations()}) == len(operations()) > 15
    for method, path, one in operations():
        if path == "/healthz":
            assert one["security"] == []
            continue
        assert {"401", "421", "500", "503"} <= one["responses"].keys(), path
        if method in ("post", "put") and "requestBody" in one:
            assert {"400", "413", "415", "422"} <= one["responses"].keys(), path
        for status, response in one["responses"].items():
            if int(status) >= 400:
                assert list(response["content"]) == [MEDIA_TYPE], path


def test_the_page_for_integrators_shows_the_whole_catalogue() -> None:
    page = (generate.FILE.parents[1] / "docs" / "gateway.md").read_text(encoding="utf-8")
    rows = {
        code: (int(status), action)
        for code, status, action in re.findall(r"^\| `(\w+)` \| (\d+) \| (\w+) \|", page, re.M)
    }
    assert rows == {code: (status, action) for code, (status, action, _) in CATALOGUE.items()}
