"""Read posts: the bodies of the two routes that put entries into channels."""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal, cast

from fastapi import Depends, Request, Response
from pydantic import Field

from app.api.fields import Answer, Base64, Device, Form, PostId
from app.delivery.post import Answer as Answered
from app.delivery.post import PostBody
from app.delivery.writer import Writer
from pratique.wire.entries import Draft, Kind, Urgency

DraftKind = Literal["charter", "group_info", "roster", "commit", "link", "application", "welcome", "reminder"]


class DraftForm(Form):
    """An entry before it has a number; `to` names the devices of a welcome, in the order of the Adds."""

    kind: DraftKind
    epoch: Annotated[int, Field(ge=0, le=2**53 - 1)]
    urgency: Literal["routine", "priority", "urgent"]
    data_base64: Base64
    to: Annotated[list[Device], Field(max_length=1000)] = Field(default_factory=list)

    def draft(self) -> Draft:
        """Give the draft as the log takes it."""
        kind, urgency = Kind.from_word(self.kind), Urgency.from_word(self.urgency)
        return Draft(kind, self.data_base64, self.epoch, urgency, tuple(self.to))


class PostForm(Form):
    """Drafts that stand or fall together; a commit brings GroupInfo and ratchet tree of the epoch it begins."""

    post_id: PostId
    drafts: Annotated[list[DraftForm], Field(min_length=1, max_length=64)]
    group_info: Base64 | None = None
    ratchet_tree: Base64 | None = None

    def body(self) -> PostBody:
        """Give the post as the delivery takes it."""
        drafts = tuple(one.draft() for one in self.drafts)
        return PostBody(self.post_id, drafts, self.group_info, self.ratchet_tree)


class FoundingForm(Form):
    """What founds a channel: charter, GroupInfo of epoch 0, rosters, perhaps a commit with what follows it."""

    post_id: PostId
    drafts: Annotated[list[DraftForm], Field(min_length=1, max_length=64)]
    first_ratchet_tree: Base64
    group_info: Base64
    ratchet_tree: Base64

    def body(self) -> PostBody:
        """Give the post as the delivery takes it."""
        drafts = tuple(one.draft() for one in self.drafts)
        return PostBody(self.post_id, drafts, self.group_info, self.ratchet_tree, self.first_ratchet_tree)


class Place(Answer):
    """Where a draft stands now; a welcome's places are in its devices' inboxes."""

    log: str
    seq: int
    at: str


class Posted(Answer):
    """The places of all drafts, in order."""

    entries: list[Place]


async def _writer(request: Request) -> Writer:
    return cast(Writer, request.app.state.writer)


async def _body_digest(request: Request) -> bytes:
    return hashlib.sha256(await request.body()).digest()


TheWriter = Annotated[Writer, Depends(_writer)]
BodyDigest = Annotated[bytes, Depends(_body_digest)]


def told(answer: Answered) -> Response:
    """Give a post's answer: the saved bytes, the same for every repeat."""
    return Response(answer.body, 201, media_type="application/json")
