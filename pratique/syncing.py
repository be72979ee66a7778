"""Catch up channels: send what is unsent, follow one after the other, tend, acknowledge, forget."""

from __future__ import annotations

from pratique.channels import Channels
from pratique.errors import PratiqueError
from pratique.following import Follower
from pratique.listed import Listed, list_logs
from pratique.opened import SyncReport
from pratique.watching import MOST_SKEW_MS, notices_of


class Syncer:
    """What `sync` of one device does."""

    def __init__(self, follower: Follower, channels: Channels) -> None:
        self._follower, self._channels = follower, channels

    async def sync(self, log: bytes | None = None) -> SyncReport:
        """Catch up one channel or all of them; a channel that cannot be followed is reported, the others go on."""
        report, follower = SyncReport(), self._follower
        poster, stock = self._channels.poster, self._channels.stock
        skew_ms = await follower.directory.refresh_parties(follower.account.http) - follower.now_ms()
        if abs(skew_ms) > MOST_SKEW_MS:
            report.problems.append(f"the server's clock differs by {abs(skew_ms) // 1000} s; see `doctor`")
        report.problems += await poster.flush()
        report.notices += notices_of(await follower.read_inbox())
        listed = await self.listed() if log is None else None
        channels = listed.ids() if listed else [log] if log else []
        offices = await self._channels.offices(channels)
        for channel in channels:
            before = follower.logs.load(channel)
            try:
                if listed is None or before.seq != listed.head(channel):
                    report.entries += await follower.follow(channel)
                await self._channels.tend(channel, report, offices=offices)
                await self._acknowledge(channel, before.seq)
                self._channels.forget(channel, follower.now_ms())
            except PratiqueError as error:
                report.problems.append(f"channel {channel.hex()[:8]}: {error.detail}")
            after = follower.logs.load(channel)
            if before.state is None and after.state is not None:
                report.joined.append(channel)
            if after.trouble is not None:
                report.problems.append(f"channel {channel.hex()[:8]}: {after.trouble}")
        # Reports of commits that could not be applied were queued on the way.
        report.problems += await poster.flush()
        if log is None:
            await stock.refill(follower.now_ms())
        return report

    async def listed(self) -> Listed:
        """List the channels in which this device's office is seated."""
        return await list_logs(self._follower.account, self._follower.logs, "channels")

    async def _acknowledge(self, channel: bytes, before: int) -> None:
        seq = self._follower.logs.load(channel).seq
        if seq > before:
            await self._follower.account.call("PUT", f"/v1/logs/{channel.hex()}/cursor", {"seq": seq})
