"""Build and serve the hello page of the same stack, Svelte and Vite with nothing else: the base of every figure."""

from __future__ import annotations

import asyncio
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from tests.architecture.sources import ROOT

WEB = ROOT / "web"
_FILES = {
    "package.json": '{ "name": "hello", "private": true, "type": "module" }\n',
    "index.html": '<!doctype html><html lang="en"><head><meta charset="utf-8" /><title>Hello</title></head>'
    '<body><div id="app"></div><script type="module" src="/main.js"></script></body></html>\n',
    "main.js": 'import { mount } from "svelte"\nimport Hello from "./Hello.svelte"\n'
    'mount(Hello, { target: document.getElementById("app") })\n',
    "Hello.svelte": "<script>\n  let count = $state(0)\n</script>\n"
    "<h1>Hello</h1>\n<button onclick={() => (count += 1)}>{count}</button>\n"
    "<style>\n  h1 {\n    color: teal;\n  }\n</style>\n",
    "vite.config.js": 'import { svelte } from "@sveltejs/vite-plugin-svelte"\n'
    'export default { plugins: [svelte()], build: { target: "es2022", modulePreload: { polyfill: false } } }\n',
}


def build(folder: Path) -> Path:
    """Build it in a folder with the web client's own packages; give where its files are."""
    folder.mkdir()
    (folder / "node_modules").symlink_to(WEB / "node_modules")
    for name, text in _FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    vite = WEB / "node_modules" / ".bin" / "vite"
    subprocess.run([str(vite), "build", "--logLevel", "error"], cwd=folder, check=True, timeout=120)
    return folder / "dist"


@asynccontextmanager
async def serving(files: Path) -> AsyncIterator[str]:
    """Serve the files, packed, on a free port; give the URL."""
    app = Starlette(
        routes=[Mount("/", StaticFiles(directory=files, html=True))],
        middleware=[Middleware(GZipMiddleware, minimum_size=200)],
    )
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        running = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:
            await asyncio.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await running
