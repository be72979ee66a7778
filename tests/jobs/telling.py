"""Set up a channel, devices that are away, and the job that tells them, on a clock that the test moves."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from app.authentication import token_key
from app.clock import now_ms
from app.delivery import alerts, channels, subscriptions
from app.delivery.subscriptions import Mail, PushHosts
from app.jobs.mail import Mailer
from app.jobs.push import Pushes
from app.jobs.web_push import WebPush
from pratique.groups.engine_host import Engine
from pratique.wire import strict_json
from tests.clocks import HandClock
from tests.delivery.reminding import ringing
from tests.delivery.server_room import Channel, Room
from tests.faults.parties import Device
from tests.jobs.away import Browser, MailServer, PushService, mail_server, push_service

RIPE_MS = 5_000


@dataclass
class Away:
    """A channel of BE, KE and the OCU, the job that tells whoever is away, and what they are told by."""

    room: Room
    channel: Channel
    operation: bytes
    clock: HandClock
    service: PushService
    mails: MailServer
    job: Pushes
    be: Device
    ke: Device
    ocu: Device
    present: set[str] = field(default_factory=set)
    browsers: dict[str, Browser] = field(default_factory=dict)

    async def subscribe(
        self, device: Device, least: Mapping[bytes, int] | None = None, mail: Mail | None = None, *, pushed: bool = True
    ) -> None:
        """Let a device be told."""
        uri = str(device.uri)
        browser = self.browsers.setdefault(uri, Browser(f"{self.service.origin}/{secrets.token_hex(4)}"))
        async with self.room.database.transaction() as tx:
            await subscriptions.keep(tx, device.uri, browser.push if pushed else None, mail, least or {})

    async def post(self, device: Device, urgency: str = "urgent", count: int = 1) -> int:
        """Post sealed entries; gives the last one's number."""
        data = base64.b64encode(secrets.token_bytes(300)).decode()
        one = {"kind": "application", "epoch": 1, "urgency": urgency, "data_base64": data}
        body = strict_json.dumps({"post_id": str(uuid4()), "drafts": [one] * count})
        return (await self.room.post(device, self.channel.id, body))[-1][1]

    async def ack(self, device: Device, seq: int, log_id: bytes | None = None) -> None:
        """Let a device say how far it has read."""
        async with self.room.database.transaction() as tx:
            await channels.set_cursor(tx, device.uri, log_id or self.channel.id, seq)

    async def later(self, by_ms: int = RIPE_MS) -> None:
        """Let time pass and the job look at everything."""
        self.clock.move(by_ms)
        await self.job.look()

    def told(self, device: Device) -> list[tuple[str, str, int]]:
        """Open what a device was pushed."""
        browser = self.browsers[str(device.uri)]
        found = []
        for one in self.service.came:
            if browser.endpoint.endswith(one.path):
                pushed = json.loads(browser.open(one.body))
                assert pushed.keys() == {"operation", "urgency", "count"}
                found.append((pushed["operation"], pushed["urgency"], pushed["count"]))
        return found

    async def waiting(self) -> int | None:
        """Give when the next alert is due, None where nothing is left to be told."""
        async with self.room.database.read() as tx:
            return await alerts.next_ms(tx)


def ways(folder: Path, service: PushService, mails: MailServer) -> tuple[WebPush, Mailer]:
    """Make the two ways as the server does."""
    pem = token_key.load(folder / "push-key.pem")
    return WebPush(pem, PushHosts({service.host}), "https://stop.example"), Mailer(mails.url, "pratique@stop.example")


@asynccontextmanager
async def away(url: str, engine: Engine, folder: Path) -> AsyncIterator[Away]:
    """Found a channel on a server whose job is not started."""
    clock = HandClock()
    async with push_service() as service, mail_server() as mails, ringing(url, clock) as (room, _):
        ocu, be, ke = [await room.enrol(party) for party in ("ocu", "be", "ke")]
        operation = await room.operation(ocu, ["ocu", "be", "ke"])
        await room.stock(ke, engine, 2)
        channel = await room.found(engine, be, operation, [ke], seat=["ocu/ncp", "ke/ncp"])
        clock.move(now_ms() - clock.now_ms())
        room.database.now_ms = clock.now_ms
        present: set[str] = set()
        job = Pushes(room.database, clock, *ways(folder, service, mails), present.__contains__)
        made = Away(room, channel, operation, clock, service, mails, job, be, ke, ocu, present)
        yield made
        await job.stop()
