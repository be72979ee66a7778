"""The catalogue of problems: one class per failure that a caller can meet, raised where the fact is known.

The handler of the HTTP edge renders them as RFC 9457; sockets reuse codes and say by their close code whether to come
back. Texts never quote input. `docs/errors.md` and `schemas/problems.json` are generated from this file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

Action = Literal["fix", "retry", "resync", "give_up"]


@dataclass(frozen=True)
class Place:
    """One wrong place in a request: a JSON pointer (or `query/<name>`) and what is wrong there."""

    pointer: str
    code: str


class Problem(Exception):
    """A failure as told to a client: stable code, HTTP status, title, what to do, and the facts needed to go on."""

    code: ClassVar[str]
    status: ClassVar[int]
    title: ClassVar[str]
    action: ClassVar[Action]
    # The names of the facts that always stand in the rendered problem, with their JSON types.
    facts_shape: ClassVar[dict[str, str]] = {}

    def __init__(self, detail: str = "", *, errors: Sequence[Place] = (), **facts: Any) -> None:
        super().__init__(f"{self.code}: {detail or self.title}")
        self.detail = detail
        self.errors = tuple(errors)
        self.facts = facts

    def to_json(self) -> dict[str, Any]:
        """Give the problem document of RFC 9457, with the extensions code, action, errors and the facts."""
        told: dict[str, Any] = {
            "type": f"/docs#{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail or self.title,
            "action": self.action,
        }
        if self.errors:
            told["errors"] = [{"pointer": place.pointer, "code": place.code} for place in self.errors]
        return told | self.facts


class WithReason(Problem):
    """A refusal under many rules; `reason` is the stable code of the one that was broken."""

    facts_shape: ClassVar[dict[str, str]] = {"reason": "string"}

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail, reason=reason)


class WithNumber(Problem):
    """A statement that lost a race; `number` is that of the newest statement of its kind."""

    facts_shape: ClassVar[dict[str, str]] = {"number": "integer"}

    def __init__(self, number: int) -> None:
        super().__init__(f"the newest one is number {number}", number=number)


class MalformedJson(Problem):
    """The body is not strict JSON: UTF-8, finite numbers, no NUL, no lone surrogate, no repeated key."""

    code, status, title, action = "malformed_json", 400, "the body is not strict JSON", "fix"


class MalformedRequest(Problem):
    """The request lacks a field, has one too many, or one of the wrong form; `errors` names the places."""

    code, status, title, action = "malformed_request", 422, "the request does not have the form described", "fix"


class UnsupportedMediaType(Problem):
    """The body is not `application/json`, or is compressed."""

    code, status, title, action = "unsupported_media_type", 415, "the body must be plain application/json", "fix"


class BodyTooLarge(Problem):
    """The body has more bytes than this route takes."""

    code, status, title, action = "body_too_large", 413, "the body is too large", "fix"
    facts_shape: ClassVar[dict[str, str]] = {"limit_bytes": "integer"}

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"at most {limit_bytes} bytes", limit_bytes=limit_bytes)


class WrongHost(Problem):
    """The Host header names no host that this server answers for."""

    code, status, title, action = "wrong_host", 421, "this server does not answer for that host", "fix"


class MethodNotAllowed(Problem):
    """The path exists, the method does not."""

    code, status, title, action = "method_not_allowed", 405, "the method is not allowed here", "fix"


class NotFound(Problem):
    """There is nothing here for this caller: it does not exist, or it is not the caller's to see."""

    code, status, title, action = "not_found", 404, "not found", "give_up"


class NotSignedIn(Problem):
    """The access token is missing, expired or not ours; sign in by device key and send the request again."""

    code, status, title, action = "not_signed_in", 401, "a valid access token is needed", "fix"


class SignInRefused(Problem):
    """The sign-in did not hold: unknown device, used or expired challenge, or wrong signature. All look the same."""

    code, status, title, action = "sign_in_refused", 401, "the sign-in was refused", "fix"


class DeviceRevoked(Problem):
    """The device was revoked; it will not be served again under this name and key."""

    code, status, title, action = "device_revoked", 403, "the device is revoked", "give_up"


class CertificateExpired(Problem):
    """The device's certificate has ended; its party renews it for the same key, then the device is served again."""

    code, status, title, action = "certificate_expired", 403, "the device's certificate has ended", "fix"


class NotAllowed(Problem):
    """The device is known and its party may not do this, whatever it sends."""

    code, status, title, action = "not_allowed", 403, "this device may not do that", "give_up"


class TooManyRequests(Problem):
    """More requests than this caller's share; `retry_after_s` says when to come back."""

    code, status, title, action = "too_many_requests", 429, "too many requests", "retry"
    facts_shape: ClassVar[dict[str, str]] = {"retry_after_s": "integer"}

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"try again in {retry_after_s} s", retry_after_s=retry_after_s)


class StatementRefused(WithReason):
    """A signed statement does not hold; `reason` is the code of the rule it breaks."""

    code, status, title, action = "statement_refused", 422, "the statement was refused", "fix"


class CertificateRefused(WithReason):
    """A certificate does not hold; `reason` is the code of the rule it breaks."""

    code, status, title, action = "certificate_refused", 422, "the certificate was refused", "fix"


class EnrolmentRefused(WithReason):
    """The invitation, its token or the device's proof does not hold; `reason` says which."""

    code, status, title, action = "enrolment_refused", 422, "the enrolment was refused", "fix"


class DeviceExists(Problem):
    """A device of this name was there before; names are new for ever."""

    code, status, title, action = "device_exists", 409, "a device of this name was there before", "fix"


class InvitationUsed(Problem):
    """The invitation has brought a device already; it is single use."""

    code, status, title, action = "invitation_used", 409, "the invitation was used", "give_up"


class StalePartyList(WithNumber):
    """Another party list came first; `number` is the newest one's."""

    code, status, title, action = "stale_party_list", 409, "another party list came first", "resync"


class StaleTerms(WithNumber):
    """Another statement of this operation came first; `number` is the newest one's."""

    code, status, title, action = "stale_terms", 409, "another statement of the operation came first", "resync"


class AlreadyRevoked(Problem):
    """The device is revoked already."""

    code, status, title, action = "already_revoked", 409, "the device is revoked already", "give_up"


class StaleEpoch(Problem):
    """The channel moved on; process what came and seal or commit again under the current epoch."""

    code, status, title, action = "stale_epoch", 409, "the channel is at another epoch", "resync"
    facts_shape: ClassVar[dict[str, str]] = {"epoch": "integer", "head_seq": "integer"}

    def __init__(self, epoch: int, head_seq: int) -> None:
        super().__init__(f"the channel is at epoch {epoch}", epoch=epoch, head_seq=head_seq)


class RemovalPending(Problem):
    """Leaves must be removed by a commit before anything else is posted; check that your own fold agrees."""

    code, status, title, action = "removal_pending", 409, "surplus leaves must be removed first", "resync"
    facts_shape: ClassVar[dict[str, str]] = {"leaves": "array"}

    def __init__(self, leaves: Sequence[tuple[int, str]]) -> None:
        told = [{"leaf": leaf, "device": device} for leaf, device in leaves]
        super().__init__(f"{len(told)} leaves must be removed first", leaves=told)


class StaleRoster(WithNumber):
    """Another roster statement came first; `number` is the newest one's."""

    code, status, title, action = "stale_roster", 409, "another roster statement came first", "resync"


class LaneExists(Problem):
    """The operation has a lane of exactly these parties; use it."""

    code, status, title, action = "lane_exists", 409, "the lane exists", "resync"
    facts_shape: ClassVar[dict[str, str]] = {"channel": "string"}

    def __init__(self, channel: bytes) -> None:
        super().__init__("use the lane that is there", channel=channel.hex())


class ChannelExists(Problem):
    """A channel of exactly this charter exists, created under another post id."""

    code, status, title, action = "channel_exists", 409, "the channel exists", "resync"


class AlreadyLeaf(Problem):
    """A device that the commit adds holds a leaf by now."""

    code, status, title, action = "already_leaf", 409, "the device holds a leaf already", "resync"


class PostIdReused(Problem):
    """The same post id came before with other bytes; make a new one for a new post."""

    code, status, title, action = "post_id_reused", 409, "the post id was used for other bytes", "give_up"


class EntryRefused(WithReason):
    """A draft breaks a rule of the channel's fold; `reason` is the rule's code."""

    code, status, title, action = "entry_refused", 422, "the entry does not count", "fix"


class KeyPackageRefused(WithReason):
    """A key package does not hold, is not the caller's, or the stock is full; `reason` says which."""

    code, status, title, action = "key_package_refused", 422, "the key package was refused", "fix"


class BlobRefused(WithReason):
    """The bytes cannot be kept: empty, too large, of another digest, beyond the party's share; `reason` says which."""

    code, status, title, action = "blob_refused", 422, "the blob was refused", "fix"


class SubscriptionRefused(WithReason):
    """A way to be told while away does not hold (unknown push service, wrong key or address); `reason` says which."""

    code, status, title, action = "subscription_refused", 422, "the subscription was refused", "fix"


class Busy(Problem):
    """The server cannot take this now (database busy, queue full, stopping); send the same bytes again."""

    code, status, title, action = "busy", 503, "the server cannot take this now", "retry"


class Internal(Problem):
    """A fault of the server; the request id finds it in the operator's log."""

    code, status, title, action = "internal", 500, "the server failed", "retry"


def catalogue() -> list[type[Problem]]:
    """List every problem class."""
    return [one for kind in (Problem, WithReason, WithNumber) for one in kind.__subclasses__() if "code" in vars(one)]
