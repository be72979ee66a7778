"""A national Customs system in some thirty lines: it hears by webhook, checks the signature, answers by REST.

GATEWAY=http://127.0.0.1:8100 GATEWAY_KEY=pgk_… LISTEN=127.0.0.1:9000 .venv/bin/python examples/national_system.py
"""

import os
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx2
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

host, port = os.environ["LISTEN"].split(":")
key = {"Authorization": f"Bearer {os.environ['GATEWAY_KEY']}"}
gateway = httpx2.Client(base_url=os.environ["GATEWAY"], headers=key, timeout=30, trust_env=False)
seen: set[str] = set()  # a real system keeps these ids: the same event may come again


class Receiver(BaseHTTPRequestHandler):
    """Takes what the gateway tells: says yes as soon as it is safe here, then acts."""

    def do_POST(self) -> None:
        """Check the signature (Standard Webhooks) before anything else."""
        body = self.rfile.read(int(self.headers["content-length"]))
        try:
            event = webhook.verify(body, dict(self.headers))
        except WebhookVerificationError:
            event = None
        self.send_response(204 if event else 400)
        self.end_headers()
        if event and event["id"] not in seen:
            seen.add(event["id"])
            heard(event, event["subject"], event["data"])


def heard(event: Any, reference: str, data: Any) -> None:
    """Act on one event: here, acknowledge every pre-notification, once."""
    print(event["type"], reference, "from", data["party"], data["consignment"]["state"], flush=True)
    if data["type"] == "prenotification":
        path, once = f"/v1/prenotifications/{reference}/events", {"Idempotency-Key": f"ack {event['id']}"}
        said = gateway.post(path, json={"type": "acknowledgement"}, headers=once)
        # Refused with 409 after a small amendment, for example: what was said stands.
        print("acknowledged" if said.is_success else said.json()["code"], reference, flush=True)


server, url = HTTPServer((host, int(port)), Receiver), f"http://{host}:{port}/"
known = [one["id"] for one in gateway.get("/v1/webhooks").json() if one["url"] == url]
told = (
    gateway.post(f"/v1/webhooks/{known[0]}/rotate", json={})
    if known
    else gateway.post("/v1/webhooks", json={"url": url})
)
webhook = Webhook(told.json()["secret"])
print("listening on", url, flush=True)
server.serve_forever()
