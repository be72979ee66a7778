"""Show the API and its problems on one page of our own: no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response

from app.api.openapi import document
from app.errors import catalogue
from pratique.wire import strict_json

router = APIRouter(include_in_schema=False)
_STYLE = """\
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
code,pre{font:14px/1.4 ui-monospace,monospace;background:#f2f4f7;padding:.1em .3em;border-radius:3px}
pre{padding:.8em;overflow:auto}h2{margin-top:2.5rem}h3{margin:2rem 0 .3rem}dt{font-weight:600;margin-top:.6rem}
@media(prefers-color-scheme:dark){body{color:#e8e8e8;background:#16181c}code,pre{background:#24272d}a{color:#8ab4f8}}
"""


def install(app: FastAPI) -> None:
    """Prepare the documents of an application once, and serve them."""
    told = document(app)
    app.state.openapi_json = strict_json.dumps(told)
    app.state.docs_page = page(told).encode()
    app.include_router(router)


@router.get("/openapi.json")
async def get_openapi(request: Request) -> Response:
    """Give the OpenAPI document."""
    return Response(request.app.state.openapi_json, media_type="application/json")


@router.get("/docs")
async def get_docs(request: Request) -> Response:
    """Give the page for people."""
    csp = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'"
    return Response(request.app.state.docs_page, media_type="text/html", headers={"Content-Security-Policy": csp})


@router.get("/docs/style.css")
async def get_style() -> Response:
    """Give the page's style."""
    return Response(_STYLE, media_type="text/css")


def page(told: dict[str, Any]) -> str:
    """Write the page: every operation, every form, every problem under its own anchor."""
    head = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Pratique API</title>'
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/docs/style.css">'
    )
    described = escape(told["info"]["description"])
    intro = f"<h1>Pratique API</h1><p>{described}</p><p><a href='/openapi.json'>openapi.json</a></p>"
    return "".join([head, intro, *_operations(told), *_forms(told), *_problems(), "</html>\n"])


def _operations(told: dict[str, Any]) -> Iterator[str]:
    yield "<h2>Operations</h2>"
    for path, methods in told["paths"].items():
        for method, one in methods.items():
            yield f"<h3 id='{one['operationId']}'><code>{method.upper()} {escape(path)}</code></h3>"
            yield f"<p>{escape(one.get('description', ''))}{'' if 'security' in one else ' No token needed.'}</p><dl>"
            for parameter in one.get("parameters", ()):
                yield f"<dt>{parameter['in']} <code>{parameter['name']}</code></dt>"
                yield f"<dd>{escape(parameter.get('description', ''))}</dd>"
            body = one.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            if "$ref" in body:
                yield f"<dt>body</dt><dd>{_link(body['$ref'])}</dd>"
            for status, response in one["responses"].items():
                yield f"<dt>{status}</dt><dd>{' '.join(_linked(response)) or escape(response['description'])}</dd>"
            yield "</dl>"


def _linked(response: dict[str, Any]) -> Iterator[str]:
    for content in response.get("content", {}).values():
        for one in content["schema"].get("anyOf", [content["schema"]]):
            if "$ref" in one:
                yield _link(one["$ref"])


def _link(ref: str) -> str:
    name = ref.rpartition("/")[2]
    return f"<a href='#{name.removeprefix('problem.')}'>{name.removeprefix('problem.')}</a>"


def _forms(told: dict[str, Any]) -> Iterator[str]:
    yield "<h2>Forms</h2>"
    for name, schema in told["components"]["schemas"].items():
        if not name.startswith("problem."):
            yield f"<h3 id='{name}'>{name}</h3><pre>{escape(_indented(schema))}</pre>"


def _indented(schema: dict[str, Any]) -> str:
    fields = schema.get("properties", {})
    needed = schema.get("required", ())
    lines = (f"{name}{'' if name in needed else '?'}: {_typed(field)}" for name, field in fields.items())
    return "\n".join([schema.get("description", ""), *lines])


def _typed(field: dict[str, Any]) -> str:
    if "$ref" in field:
        return str(field["$ref"].rpartition("/")[2])
    if "anyOf" in field:
        return " | ".join(_typed(one) for one in field["anyOf"])
    if field.get("type") == "array":
        return f"[{_typed(field.get('items', {}))}]"
    return " ".join(str(field[key]) for key in ("type", "format", "contentEncoding", "pattern", "enum") if key in field)


def _problems() -> Iterator[str]:
    yield "<h2>Problems</h2>"
    for problem in catalogue():
        yield f"<h3 id='{problem.code}'><code>{problem.code}</code> {problem.status}, {problem.action}</h3>"
        yield f"<p>{escape(' '.join((problem.__doc__ or '').split()))}</p>"
