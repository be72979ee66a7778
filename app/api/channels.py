"""Found channels, list them, post into them, and give joiners the public state of an epoch."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.api.described import problems
from app.api.fields import Answer, PathDigest, b64
from app.api.parts import Caller, Look
from app.api.posts import BodyDigest, FoundingForm, Posted, PostForm, TheWriter, told
from app.api.strict import StrictRoute
from app.delivery import channels, groups
from app.delivery.post import post
from app.errors import (
    AlreadyLeaf,
    ChannelExists,
    EntryRefused,
    LaneExists,
    NotFound,
    PostIdReused,
    RemovalPending,
    StaleEpoch,
    StaleRoster,
)

router = APIRouter(route_class=StrictRoute, tags=["channel"])


class Listed(Answer):
    """A channel in which the caller's office is seated."""

    id: str
    operation: str
    purpose: str
    history: str
    head_seq: int
    head_chain: str
    cursor: int


class Channels(Answer):
    """Channels, by id."""

    channels: list[Listed]


class Cursor(Answer):
    """How far a device has read."""

    device: str
    seq: int


class Detail(Listed):
    """A channel, its epoch, and how far each device has read."""

    epoch: int
    cursors: list[Cursor]


class GroupInfo(Answer):
    """The public state of one epoch."""

    epoch: int
    group_info: str
    ratchet_tree: str


@router.post(
    "/v1/channels",
    status_code=201,
    operation_id="found_channel",
    response_model=Posted,
    responses=problems(LaneExists, ChannelExists, AlreadyLeaf, PostIdReused, EntryRefused, body=True),
)
async def found_channel(form: FoundingForm, sha256: BodyDigest, device: Caller, writer: TheWriter) -> Response:
    """Begin a channel: charter, GroupInfo of epoch 0, rosters, and perhaps a first commit."""
    return told(await post(writer, device, None, form.body(), sha256))


@router.post(
    "/v1/channels/{channel}/entries",
    status_code=201,
    operation_id="post_entries",
    response_model=Posted,
    responses=problems(
        NotFound, StaleEpoch, RemovalPending, StaleRoster, AlreadyLeaf, PostIdReused, EntryRefused, body=True
    ),
)
async def post_entries(
    channel: PathDigest, form: PostForm, sha256: BodyDigest, device: Caller, writer: TheWriter
) -> Response:
    """Put entries at the end of a channel's log; the same bytes again give the same answer."""
    return told(await post(writer, device, channel, form.body(), sha256))


@router.get("/v1/channels", operation_id="list_channels", responses=problems())
async def list_channels(device: Caller, tx: Look) -> Channels:
    """List the channels in which the caller's office is seated."""
    return Channels(channels=[_listed(one) for one in await channels.list_for(tx, device)])


@router.get("/v1/channels/{channel}", operation_id="get_channel", responses=problems(NotFound))
async def get_channel(channel: PathDigest, device: Caller, tx: Look) -> Detail:
    """Give one channel and how far each device has read it."""
    one, cursors = await channels.detail(tx, device, channel)
    told = [Cursor(device=uri, seq=seq) for uri, seq in cursors]
    return Detail(**dict(_listed(one)), epoch=one.epoch, cursors=told)


@router.get("/v1/channels/{channel}/group-info", operation_id="get_group_info", responses=problems(NotFound))
async def get_group_info(
    channel: PathDigest, epoch: Annotated[int, Query(ge=0, le=2**53 - 1)], device: Caller, tx: Look
) -> GroupInfo:
    """Give GroupInfo and ratchet tree of one epoch."""
    state = await groups.group_info(tx, device, channel, epoch)
    return GroupInfo(epoch=state.epoch, group_info=b64(state.group_info), ratchet_tree=b64(state.ratchet_tree))


def _listed(one: channels.Listed) -> Listed:
    return Listed(
        id=one.id.hex(),
        operation=one.operation.hex(),
        purpose=one.purpose,
        history=one.history,
        head_seq=one.head_seq,
        head_chain=one.head_chain.hex(),
        cursor=one.cursor,
    )
