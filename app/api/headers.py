"""Name the headers that guard every response, and the content policy of the web client's own pages."""

from __future__ import annotations

from starlette.types import Message, Send

# Svelte makes its templates through the first policy; the second lets our own worker and service worker start.
PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types svelte-trusted-html pratique",
    )
)
STRICTEST_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
CLEAR = '"cache", "cookies", "storage"'
# Features that Chromium knows and this origin never uses.
_UNUSED = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "interest-cohort",
    "keyboard-map",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "serial",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)
_OWN = ("camera", "publickey-credentials-create", "publickey-credentials-get", "clipboard-write", "screen-wake-lock")
_PERMISSIONS = ", ".join([*(f"{name}=(self)" for name in _OWN), *(f"{name}=()" for name in _UNUSED)])
GUARDING = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-embedder-policy", b"require-corp"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", _PERMISSIONS.encode()),
    (b"strict-transport-security", b"max-age=63072000; includeSubDomains"),
)
# What a response says for itself stands.
DEFAULTS = (
    (b"content-security-policy", STRICTEST_POLICY.encode()),
    (b"cache-control", b"no-store"),
)


def guarded(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Give a response's headers with all that guard it."""
    own = {name.lower() for name, _ in headers}
    return [*headers, *GUARDING, *(one for one in DEFAULTS if one[0] not in own)]


def guarding(send: Send) -> Send:
    """Guard what a WebSocket's handshake is answered with; a refusal before it is an HTTP 403."""
    accepted = False

    async def guarded_send(message: Message) -> None:
        nonlocal accepted
        if message["type"] == "websocket.accept":
            accepted = True
        elif message["type"] == "websocket.close" and not accepted:
            headers = guarded([(b"content-length", b"0")])
            await send({"type": "websocket.http.response.start", "status": 403, "headers": headers})
            message = {"type": "websocket.http.response.body", "body": b"", "more_body": False}
        await send(message)

    return guarded_send
