"""Make welcomes.json: what a device finds in its inbox, signed by the committer, and what is none."""

import hashlib
from dataclasses import replace

from pratique.wire.entries import Seen
from pratique.wire.statements import sign
from pratique.wire.tls import encode
from pratique.wire.welcomes import Welcome, binding
from tests.wire.vector_sets.actors import BE_DEVICE, Case, b64, flip, key, public
from tests.wire.vector_sets.statements import CHARTER, HEAD, SEEN

RAW = sign(CHARTER, signer=BE_DEVICE, key=key(BE_DEVICE)).raw
UNSIGNED = Welcome(b"an MLS Welcome", RAW, SEEN, HEAD, BE_DEVICE)


def make() -> Case:
    """Give the whole file."""
    fields = encode(UNSIGNED.welcome, RAW, SEEN.seq, SEEN.chain, HEAD, BE_DEVICE)
    channel = hashlib.sha256(RAW).digest()
    good = fields + encode(key(BE_DEVICE).sign(encode("pratique welcome v1", channel) + fields))
    signed = UNSIGNED.sign(key(BE_DEVICE))
    refused = {
        "another MLS Welcome": ("bad_signature", replace(signed, welcome=b"an MLS Welcomf").encode()),
        "another charter": ("bad_signature", replace(signed, charter=flip(RAW, -1)).encode()),
        "another seen": ("bad_signature", replace(signed, seen=Seen(4, SEEN.chain)).encode()),
        "another roster head": ("bad_signature", replace(signed, roster_head=bytes(32)).encode()),
        "signed by another device": ("bad_signature", UNSIGNED.sign(key("other")).encode()),
        "a bit of the signature": ("bad_signature", flip(good, -1)),
        "a byte is left over": ("malformed_welcome", good + b"\x00"),
        "cut short": ("malformed_welcome", good[:-1]),
        "empty": ("malformed_welcome", b""),
        "no signature": ("malformed_welcome", UNSIGNED.encode()),
        "seen chain of 31 bytes": (
            "malformed_welcome",
            replace(signed, seen=Seen(3, SEEN.chain[:31])).encode(),
        ),
        "no roster head": ("malformed_welcome", replace(signed, roster_head=b"").encode()),
        "a committer that is not UTF-8": (
            "malformed_welcome",
            encode(UNSIGNED.welcome, RAW, SEEN.seq, SEEN.chain, HEAD, b"\xff", signed.signature),
        ),
    }
    return {
        "about": "A reader parses the welcome and checks its signature under `key`; `binding` stands in the GroupInfo.",
        "key": public(BE_DEVICE).hex(),
        "good": {
            "encoded": b64(good),
            "channel": channel.hex(),
            "welcome": UNSIGNED.welcome.hex(),
            "charter": b64(RAW),
            "seen": {"seq": SEEN.seq, "chain": SEEN.chain.hex()},
            "roster_head": HEAD.hex(),
            "committer": BE_DEVICE,
            "binding": binding(SEEN, HEAD).hex(),
        },
        "refused": [{"name": name, "expect": code, "encoded": b64(data)} for name, (code, data) in refused.items()],
    }
