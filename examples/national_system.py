"""A national Customs system with the standard library: it hears by webhook, checks the signature, answers by REST.

GATEWAY=http://127.0.0.1:8100 GATEWAY_KEY=pgk_… LISTEN=127.0.0.1:9000 python examples/national_system.py
"""

import base64
import hmac
import json
import os
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

GATEWAY, KEY, LISTEN = os.environ["GATEWAY"], os.environ["GATEWAY_KEY"], os.environ["LISTEN"]
seen: set[str] = set()  # a real system keeps these ids: the same event may come again


def ask(method: str, path: str, body: object = None, once: str = "") -> Any:
    """Call the gateway; `once` makes a repeat harmless."""
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json", "Idempotency-Key": once}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(GATEWAY + path, data, headers, method=method)) as answer:  # noqa: S310
        return json.load(answer)


def genuine(headers: Any, body: bytes) -> bool:
    """Check a Standard Webhooks signature: HMAC-SHA256 over id.timestamp.body, not older than five minutes."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    right = "v1," + base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()
    fresh = abs(time.time() - int(headers["webhook-timestamp"])) < 300
    return fresh and any(hmac.compare_digest(right, one) for one in headers["webhook-signature"].split())


class Receiver(BaseHTTPRequestHandler):
    """Takes what the gateway tells."""

    def do_POST(self) -> None:
        """Say yes as soon as it is safe here, then act."""
        body = self.rfile.read(int(self.headers["content-length"]))
        good = genuine(self.headers, body)
        self.send_response(204 if good else 400)
        self.end_headers()
        if good and self.headers["webhook-id"] not in seen:
            seen.add(self.headers["webhook-id"])
            heard(json.loads(body))


def heard(event: Any) -> None:
    """Act on one event: here, acknowledge every pre-notification."""
    data = event["data"]
    print(event["type"], event["subject"], "from", data["party"], data["consignment"]["state"], flush=True)
    if data["type"] == "prenotification":
        said, path = {"type": "acknowledgement"}, f"/v1/prenotifications/{event['subject']}/events"
        try:
            ask("POST", path, said, f"ack {event['id']}")
        except urllib.error.HTTPError as refused:  # 409: as after a small amendment, where what was said stands
            print(event["subject"], json.load(refused)["code"], flush=True)
        else:
            print("acknowledged", event["subject"], flush=True)


server = HTTPServer((LISTEN.split(":")[0], int(LISTEN.split(":")[1])), Receiver)
mine = [one for one in ask("GET", "/v1/webhooks") if one["url"] == f"http://{LISTEN}/"]
if mine:
    told = ask("POST", f"/v1/webhooks/{mine[0]['id']}/rotate", {})
else:
    told = ask("POST", "/v1/webhooks", {"url": f"http://{LISTEN}/"})
secret = base64.b64decode(told["secret"].removeprefix("whsec_"))
print("listening on", LISTEN, flush=True)
server.serve_forever()
