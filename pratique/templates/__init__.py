"""Templates: forms as data, and what can be said of a filled form (docs/templates.md)."""

from pratique.templates.adaptation import Adaptation, AdaptationRefused
from pratique.templates.changes import Change
from pratique.templates.fields import Field
from pratique.templates.template import PartName, Template, UnknownTemplate, load, names, newest
from pratique.templates.text import LANGUAGES, FieldText

__all__ = [
    "LANGUAGES", "Adaptation", "AdaptationRefused", "Change", "Field", "FieldText", "PartName", "Template",
    "UnknownTemplate", "load", "names", "newest",
]  # fmt: skip
