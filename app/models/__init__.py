"""The tables, one file per noun; every module of this folder is imported here, so that `metadata` is whole."""

from app.models import blob, certificate, channel, device, key_package, log, operation, party_list, post, push, reminder
from app.models.schema import metadata

__all__ = [
    "blob",
    "certificate",
    "channel",
    "device",
    "key_package",
    "log",
    "metadata",
    "operation",
    "party_list",
    "post",
    "push",
    "reminder",
]
