"""Serve the built web client: a fixed set of files, read once at the start; what is not in it is not there.

A path is only ever looked up in that set, never opened, so no path leads out of the folder. Each file that the build
packed is sent packed to whoever takes gzip; nothing is packed while serving.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import structlog
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from app.api.headers import CLEAR, PAGE_POLICY, STRICTEST_POLICY
from app.api.problems import answer
from app.errors import MethodNotAllowed, NotAllowed
from pratique.wire.bodies import Release
from pratique.wire.refused import Refused
from pratique.wire.statements import Statement

MANIFEST = "release.json"
STATEMENT_PATH = "/release.statement"
GOODBYE_PATH = "/goodbye"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".gz": "application/gzip",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
# Whatever may run as a page or a worker carries the policy itself: a worker does not inherit its page's.
_RUNS = (".html", ".js")
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_NOT_BUILT = "The web client is not built on this server: run `make web` (or `make run`, which builds it too).\n"

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Page:
    """One file as it is sent; `packed` is its gzip form, where it has one."""

    whole: bytes
    packed: bytes | None
    headers: dict[str, str]


class Pages:
    """The built files by path; itself the ASGI application behind them."""

    def __init__(self, folder: Path, statement: Path) -> None:
        """Read the build and the root's statement about it; raises `ValueError` for a kind of file never built."""
        self._pages = _read(folder)
        if statement.is_file():
            raw = statement.read_bytes()
            self._pages[STATEMENT_PATH] = _page(raw, None, "application/octet-stream", _ASK_AGAIN, STRICTEST_POLICY)
            self._check(raw)

    def __contains__(self, path: str) -> bool:
        """Say whether a path is the web client's, not the API's."""
        return path in self._pages or path in ("/", GOODBYE_PATH)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request for a path that is ours."""
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        await self._answer(scope["path"], scope["method"], headers)(scope, receive, send)

    def _answer(self, path: str, method: str, headers: dict[bytes, str]) -> Response:
        if path == GOODBYE_PATH:
            return _goodbye(method, headers)
        if method not in ("GET", "HEAD"):
            return answer(MethodNotAllowed(), {"Allow": "GET, HEAD"})
        page = self._pages.get(path)
        if page is None:
            return PlainTextResponse(_NOT_BUILT, 503)
        body, more = page.whole, dict(page.headers)
        if page.packed is not None and takes_gzip(headers.get(b"accept-encoding", "")):
            body = page.packed
            more |= {"Content-Encoding": "gzip", "ETag": more["ETag"][:-1] + '-gzip"'}
        if more["ETag"] in re.findall(r'"[^"]*"', headers.get(b"if-none-match", "")):
            return Response(None, 304, {name: more[name] for name in more if not name.startswith("Content-E")})
        more["Content-Length"] = str(len(body))
        return Response(None if method == "HEAD" else body, 200, more)

    def _check(self, raw: bytes) -> None:
        """Tell the operator when the statement is about another build; browsers would refuse this one."""
        manifest = self._pages.get(f"/{MANIFEST}")
        try:
            said = Statement.parse(raw).read(Release).manifest
        except Refused as refused:
            logger.warning("the release statement is none", code=refused.code)
            return
        if manifest is not None and said != hashlib.sha256(manifest.whole).hexdigest():
            logger.warning("the release statement is about another build", action="sign release.json anew")


def takes_gzip(accepted: str) -> bool:
    """Say whether an Accept-Encoding header lets an answer be packed by gzip (RFC 9110 §12.5.3)."""
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        coding, *parameters = (word.strip() for word in part.split(";"))
        weight = next((word[2:].strip() for word in parameters if word.startswith("q=")), "1")
        weights[coding] = float(weight) if re.fullmatch(r"[01](\.\d{0,3})?", weight) else 0
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0))) > 0


def _goodbye(method: str, headers: dict[bytes, str]) -> Response:
    """Let the browser forget everything of this origin, asked by a page of ours only: it deletes keys."""
    if method != "POST":
        return answer(MethodNotAllowed(), {"Allow": "POST"})
    if headers.get(b"sec-fetch-site") != "same-origin":
        return answer(NotAllowed("only a page of this origin may ask that"))
    return Response(None, 204, {"Clear-Site-Data": CLEAR})


def _read(folder: Path) -> dict[str, Page]:
    if not (folder / MANIFEST).is_file():
        return {}
    pages = {}
    for file in sorted(folder.rglob("*")):
        if not file.is_file() or (file.suffix == ".gz" and file.with_suffix("").is_file()):
            continue
        name = file.relative_to(folder).as_posix()
        if file.suffix not in _TYPES:
            raise ValueError(f"{folder} holds {name}, which is no part of a build of the web client")
        packed = file.with_name(f"{file.name}.gz")
        pages["/" if name == "index.html" else f"/{name}"] = _page(
            file.read_bytes(),
            packed.read_bytes() if packed.is_file() else None,
            _TYPES[file.suffix],
            _FOR_EVER if name.startswith("assets/") else _ASK_AGAIN,
            PAGE_POLICY if file.suffix in _RUNS else STRICTEST_POLICY,
        )
    return pages


def _page(whole: bytes, packed: bytes | None, kind: str, cache: str, policy: str) -> Page:
    headers = {"Content-Type": kind, "Cache-Control": cache, "Content-Security-Policy": policy}
    headers["ETag"] = f'"{hashlib.sha256(whole).hexdigest()[:32]}"'
    if packed is not None:
        headers["Vary"] = "Accept-Encoding"
    return Page(whole, packed, headers)
