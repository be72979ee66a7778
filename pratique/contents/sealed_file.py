"""A file that lies sealed beside the channel: everything needed to fetch, open and check it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pratique.contents.content import Part
from pratique.contents.fields import Hex16, SealKey, Sha256, Words

MOST_BYTES = 64 << 20


class SealedFile(Part):
    """A file's name, size and digest, its key, and the digests of its sealed segments in order (FILE-1).

    Unit  size_bytes: of the file itself; what lies on the server is padded
    """

    id: Hex16
    name: Words
    type: Words
    size_bytes: Annotated[int, Field(ge=1, le=MOST_BYTES)]
    sha256: Sha256
    key: SealKey
    segments: Annotated[tuple[Sha256, ...], Field(min_length=1, max_length=256)]


class Photo(SealedFile):
    """A photo; its metadata are gone unless they were kept on purpose."""

    type: Literal["image/jpeg", "image/png", "image/webp"]
    width: Annotated[int, Field(ge=1, le=20_000)]
    height: Annotated[int, Field(ge=1, le=20_000)]
    metadata: bool = False
