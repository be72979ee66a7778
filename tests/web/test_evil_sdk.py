"""Tell the browser's SDK the lies that the Python one is told: it believes the same, and refuses in the same words."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from pratique.device import Device
from tests.faults.evil_room import EvilRoom, evil_room
from tests.faults.test_evil_joins import OLD, lies_of, split
from tests.faults.test_evil_logs import LIES, LISTED, OUTRAGES, TRUE, relisted, told
from tests.web.peers import Peer, PeerError, peer
from tests.web.scenes import Scene

Messages = list[dict[str, Any]]


async def contents(web: Peer, name: str, channel: bytes, after: int = 0) -> Messages:
    """Give the messages of a channel from a number on, the refused ones too."""
    shown = await web.ask(name, "read", channel=channel.hex())
    return [one for one in shown if one["kind"] == 6 and one["seq"] > after]


async def talk(room: EvilRoom, scene: Scene) -> tuple[str, int]:
    """Let a device of the browser read on to some point, then BE and AE post in turn; give its URI and that point."""
    first, second = room.room.devices
    uri = await scene.enrol("web", "ke")
    await first.change_seats(room.channel, ["ke/ncp"])
    await first.post(room.channel, "message", b"an earlier word")
    await second.sync()
    assert (await scene.web.ask("web", "sync"))["joined"] == [room.channel.hex()]
    at: int = (await scene.state("web", room.channel))["seq"]
    for number, body in enumerate(TRUE):
        poster = (first, second)[number % 2]
        await poster.sync()
        await poster.post(room.channel, "message", body)
    return uri, at


async def test_the_browser_believes_of_the_newest_entries_what_their_senders_saw(
    tmp_path: Path, sqlite_database_url: str, script: Path, subtests: pytest.Subtests
) -> None:
    async with evil_room(tmp_path, sqlite_database_url, 2) as room, peer(script, room.evil.url) as web:
        scene = Scene(room.world, web)
        uri, at = await talk(room, scene)
        for number, (name, lie) in enumerate(LIES.items()):
            with subtests.test(name):
                room.evil.show(room.channel, told(lie.change, at, lie.renumber), uri)
                await web.ask("web", "copy", text=f"lie{number}")
                await web.ask(f"lie{number}", "sync")
                shown = await contents(web, f"lie{number}", room.channel, at)
                assert [one["body"].encode() for one in shown if one["problem"] is None] == lie.opened
                assert [one["problem"].partition(":")[0] for one in shown if one["problem"]] == lie.problems
                trouble = (await scene.state(f"lie{number}", room.channel))["trouble"]
                assert (trouble is not None) is lie.stops
                if lie.stops:
                    assert trouble.startswith("forked: the logs of ae, be")
                    with pytest.raises(PeerError, match="channel_stopped"):
                        await web.ask(f"lie{number}", "post", channel=room.channel.hex(), text="into the fork")
        room.evil.behave()


async def test_the_browser_takes_nothing_that_no_honest_server_can_tell(
    tmp_path: Path, sqlite_database_url: str, script: Path, subtests: pytest.Subtests
) -> None:
    async with evil_room(tmp_path, sqlite_database_url, 2) as room, peer(script, room.evil.url) as web:
        scene = Scene(room.world, web)
        uri, at = await talk(room, scene)
        for number, (name, outrage) in enumerate(OUTRAGES.items()):
            with subtests.test(name):
                room.evil.show(room.channel, told(outrage.change, at, False), uri)
                await web.ask("web", "copy", text=f"copy{number}")
                problems = (await web.ask(f"copy{number}", "sync"))["problems"]
                assert len(problems) == 1 and outrage.detail in problems[0]
                assert (await scene.state(f"copy{number}", room.channel))["seq"] == at
                room.evil.behave()
                assert (await web.ask(f"copy{number}", "sync"))["problems"] == []
                shown = await contents(web, f"copy{number}", room.channel, at)
                assert [one["body"].encode() for one in shown] == TRUE
        with subtests.test("a log that became shorter"):
            await web.ask("web", "sync")
            room.evil.show(room.channel, lambda entries: entries[: at + 1], uri)
            problems = (await web.ask("web", "sync"))["problems"]
            assert len(problems) == 1 and "shorter" in problems[0]
            room.evil.behave()
            assert (await web.ask("web", "sync"))["problems"] == []
        for name, (said, detail) in LISTED.items():
            with subtests.test(name):
                before = await scene.state("web", room.channel)
                relisted(room, "channels", room.channel, said)
                problems = (await web.ask("web", "sync"))["problems"]
                assert len(problems) == 1 and detail in problems[0], problems
                assert await scene.state("web", room.channel) == before
                room.evil.behave()
                assert (await web.ask("web", "sync"))["problems"] == []


async def test_the_browser_joins_the_logged_group_or_none(
    tmp_path: Path, sqlite_database_url: str, script: Path, subtests: pytest.Subtests
) -> None:
    async with evil_room(tmp_path, sqlite_database_url, 2) as room, peer(script, room.evil.url) as web:
        scene = Scene(room.world, web)
        for body in OLD:
            await room.room.devices[0].post(room.channel, "message", body)
        await room.room.devices[1].sync()
        uri = await scene.enrol("web", "be")
        fork = await split(room, cast(Device, SimpleNamespace(uri=uri)))
        for number, (name, (lie, code)) in enumerate((await lies_of(fork)).items()):
            with subtests.test(name):
                room.evil.behave()
                lie()
                await web.ask("web", "copy", text=f"copy{number}")
                report = await web.ask(f"copy{number}", "sync")
                state = await scene.state(f"copy{number}", room.channel)
                assert report["joined"] == [] and not state["own_leaf"]
                assert state["trouble"] is not None and code in state["trouble"]
                assert await web.read(f"copy{number}", room.channel) == []
        with subtests.test("a whole private fork with a stranger"):
            room.evil.behave()
            fork.show_log(fork.as_other)
            fork.show_inbox(lambda entry: fork.welcome(fork.other))
            fork.show_group(fork.show_other)
            await web.ask("web", "copy", text="forked")
            assert (await web.ask("forked", "sync"))["joined"] == []
            shown = await web.ask("forked", "read", channel=room.channel.hex())
            refused = [one for one in shown if one["problem"] and one["seq"] > fork.before]
            assert refused[0]["kind"] == 4 and "not_certified" in refused[0]["problem"]
        with subtests.test("the truth"):
            room.evil.behave()
            report = await web.ask("web", "sync")
            assert (report["joined"], report["problems"]) == ([room.channel.hex()], [])
            assert [said.encode() for said in await web.read("web", room.channel)] == OLD
