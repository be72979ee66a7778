"""Statements: signed as bytes, carried as the same bytes (docs/protocol.md §6).

Shape  label ‖ signer ‖ follows ‖ seen.seq u64 ‖ seen.chain ‖ body ‖ signature, each opaque<V> unless named
       body: one strict JSON object, read by the model that the label names
The signature is over "pratique statement v1" ‖ every field before it: a statement of one label is never one of another.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from pratique.wire import strict_json
from pratique.wire.entries import Seen
from pratique.wire.keys import verify_ed25519
from pratique.wire.refused import Refused
from pratique.wire.tls import Malformed, Reader, Writer, encode

SIGNED_LABEL = "pratique statement v1"
MAX_STATEMENT_BYTES = 1024 * 1024  # a list of 200 parties with one CA each has 131 kB

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Hex16 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
NOTHING_SEEN = Seen(0, b"")


class StatementRefused(Refused):
    """A statement that is malformed, of another label, or not signed by who it says."""


class Body(BaseModel):
    """The body of one kind of statement; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
    LABEL: ClassVar[str]

    @classmethod
    def read(cls, data: bytes) -> Self:
        """Parse strict JSON into this model or raise `StatementRefused`."""
        try:
            return cls.model_validate(tuples(strict_json.loads(data)))
        except strict_json.JsonRefused as refused:
            raise StatementRefused("malformed_statement", refused.detail) from None
        except ValidationError as invalid:
            raise StatementRefused("malformed_statement", f"{cls.LABEL}: {_where(invalid)}") from None

    def write(self) -> bytes:
        """Give the body's JSON bytes."""
        return strict_json.dumps(self.model_dump(mode="json"))


def _where(invalid: ValidationError) -> str:
    """Name the field at fault; a field that we do not know is not named, for its name is the sender's."""
    first = invalid.errors(include_input=False, include_context=False, include_url=False)[0]
    if first["type"] == "extra_forbidden":
        return "an unknown field"
    return "field " + (".".join(str(part) for part in first["loc"]) or "(body)")


def tuples(value: Any) -> Any:
    """Turn lists into tuples, which is what frozen models hold."""
    if isinstance(value, list):
        return tuple(tuples(item) for item in value)
    if isinstance(value, dict):
        return {key: tuples(item) for key, item in value.items()}
    return value


B = TypeVar("B", bound=Body)


@dataclass(frozen=True)
class Statement:
    """One signed statement; `raw` are its bytes, `digest` their SHA-256."""

    label: str
    signer: str
    follows: bytes
    seen: Seen
    body: bytes
    signature: bytes
    raw: bytes

    @property
    def digest(self) -> bytes:
        """Give SHA-256 of the statement's bytes: its name wherever another statement follows it."""
        return hashlib.sha256(self.raw).digest()

    @classmethod
    def parse(cls, raw: bytes) -> Statement:
        """Read a statement's frame; checks no signature."""
        if len(raw) > MAX_STATEMENT_BYTES:
            raise StatementRefused("malformed_statement", "the statement is too large")
        try:
            reader = Reader(raw)
            label, signer = reader.opaque().decode("ascii"), reader.opaque().decode("ascii")
            follows = reader.opaque()
            seen = Seen(reader.u64(), reader.opaque())
            body, signature = reader.opaque(), reader.opaque()
            reader.done()
        except (Malformed, UnicodeDecodeError):
            raise StatementRefused("malformed_statement", "the statement's frame cannot be read") from None
        if len(follows) not in (0, 32) or len(seen.chain) not in (0, 32) or len(signature) != 64:
            raise StatementRefused("malformed_statement", "a field of the statement has the wrong length")
        return cls(label, signer, follows, seen, body, signature, raw)

    def verify(self, key: bytes) -> None:
        """Check the signature under an Ed25519 key or raise `StatementRefused`."""
        signed = _signed(self.label, self.signer, self.follows, self.seen, self.body)
        if not verify_ed25519(key, self.signature, signed):
            raise StatementRefused("bad_signature", "the statement is not signed by the key of its signer")

    def read(self, model: type[B]) -> B:
        """Parse the body as the model whose label this statement carries."""
        if self.label != model.LABEL:
            raise StatementRefused("wrong_statement", f"expected {model.LABEL}")
        return model.read(self.body)


def _signed(label: str, signer: str, follows: bytes, seen: Seen, body: bytes) -> bytes:
    return encode(SIGNED_LABEL, label, signer, follows, seen.seq, seen.chain, body)


def sign(
    body: Body, *, signer: str, key: Ed25519PrivateKey, follows: bytes = b"", seen: Seen = NOTHING_SEEN
) -> Statement:
    """Make a signed statement.

    Takes   signer: a device URI, a party's host, or "root"; follows: digest of the statement before it, or empty
    """
    data = body.write()
    signature = key.sign(_signed(body.LABEL, signer, follows, seen, data))
    writer = Writer()
    for part in (body.LABEL.encode(), signer.encode(), follows):
        writer.opaque(part)
    writer.u64(seen.seq)
    for part in (seen.chain, data, signature):
        writer.opaque(part)
    return Statement.parse(writer.getvalue())
