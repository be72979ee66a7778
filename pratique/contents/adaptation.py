"""How an operation uses a template: what it hides, asks for and fills in; told by its coordinator in its room."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from pratique.contents.content import Content, Part
from pratique.contents.fields import FieldPath, TemplateLabel
from pratique.contents.prenotification import as_lists

TransportMode = Literal["air", "sea", "road", "rail", "post", "inland_water", "multimodal"]
OnSilence = Literal["informational", "no_objection_assumed", "must_chase"]
ClockHours = Annotated[int, Field(ge=1, le=24 * 90)]
Paths = Annotated[tuple[FieldPath, ...], Field(max_length=200)]


class Hours(Part):
    """How long an addressee has, in clock hours from sending."""

    acknowledge: ClockHours | None = None
    reply: ClockHours | None = None


class Adaptation(Content):
    """The coordinator's newest one counts.

    Takes   on_silence: what no reply means; shown as "no reply by …", never as approval
    """

    TYPE: ClassVar[str] = "adaptation"
    template: TemplateLabel = "prenotification"
    hide: Paths = ()
    require: Paths = ()
    default: Annotated[dict[FieldPath, Any], BeforeValidator(as_lists)] = Field(default_factory=dict)
    deadlines: dict[TransportMode, Hours] = Field(default_factory=dict)
    on_silence: OnSilence = "informational"
