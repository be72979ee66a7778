"""Make identity.json: names in their one canonical form, and what only looks like them."""

from pratique.wire.identity import DeviceUri
from tests.wire.vector_sets.actors import BE_DEVICE, KE_DEVICE, Case

BAD_URIS = {
    "empty": "",
    "no scheme": "ke.stop.example/ncp/w.otieno/7f3a",
    "another scheme": "https://ke.stop.example/ncp/w.otieno/7f3a",
    "scheme in capitals": "PRATIQUE://ke.stop.example/ncp/w.otieno/7f3a",
    "host in capitals": "pratique://KE.stop.example/ncp/w.otieno/7f3a",
    "person in capitals": "pratique://ke.stop.example/ncp/W.Otieno/7f3a",
    "trailing slash": "pratique://ke.stop.example/ncp/w.otieno/7f3a/",
    "one part too few": "pratique://ke.stop.example/ncp/w.otieno",
    "one part too many": "pratique://ke.stop.example/ncp/w.otieno/7f3a/x",
    "empty office": "pratique://ke.stop.example//w.otieno/7f3a",
    "user info": "pratique://x@ke.stop.example/ncp/w.otieno/7f3a",
    "port": "pratique://ke.stop.example:443/ncp/w.otieno/7f3a",
    "query": "pratique://ke.stop.example/ncp/w.otieno/7f3a?x",
    "fragment": "pratique://ke.stop.example/ncp/w.otieno/7f3a#x",
    "percent encoding": "pratique://ke.stop.example/ncp/w%2eotieno/7f3a",
    "dot segment": "pratique://ke.stop.example/ncp/../7f3a",
    "trailing dot in the host": "pratique://ke.stop.example./ncp/w.otieno/7f3a",
    "no deployment": "pratique://ke/ncp/w.otieno/7f3a",
    "deployment of one label": "pratique://ke.example/ncp/w.otieno/7f3a",
    "empty label": "pratique://ke..example.org/ncp/w.otieno/7f3a",
    "label that begins with a hyphen": "pratique://ke.-stop.example/ncp/w.otieno/7f3a",
    "party of one letter": "pratique://k.stop.example/ncp/w.otieno/7f3a",
    "party that begins with a digit": "pratique://1ke.stop.example/ncp/w.otieno/7f3a",
    "device too short": "pratique://ke.stop.example/ncp/w.otieno/7f3",
    "device of 33 characters": "pratique://ke.stop.example/ncp/w.otieno/" + "a" * 33,
    "device with a hyphen": "pratique://ke.stop.example/ncp/w.otieno/7f-3a",
    "newline at the end": KE_DEVICE + "\n",
    "space in front": " " + KE_DEVICE,
    "NUL": KE_DEVICE + "\x00",
    "letters that only look Latin": "pratique://kе.stop.example/ncp/w.otieno/7f3a",
    "digits that are not ASCII": "pratique://ke.stop.example/ncp/w.otieno/７f3a",
    "person ends with a dot": "pratique://ke.stop.example/ncp/w.otieno./7f3a",
    "host of 65 characters": f"pratique://{'p' * 31}.{'d' * 25}.example/ncp/w.otieno/7f3a",
    "deployment of 51 characters": f"pratique://ke.{'d' * 43}.example/ncp/w.otieno/7f3a",
}
GOOD_URIS = (
    KE_DEVICE,
    BE_DEVICE,
    "pratique://rilo-moscow.stop.example/duty-desk/a/0000",
    f"pratique://ke.{'d' * 42}.example/ncp/a-b.c/{'z' * 32}",
)


def make() -> Case:
    """Give the whole file."""
    return {
        "about": "A device is named by one canonical URI; whatever is not in that form is refused.",
        "devices": [_good(text) for text in GOOD_URIS]
        + [{"name": name, "expect": "name_refused", "uri": text} for name, text in BAD_URIS.items()],
        "offices": [
            {"name": "office", "expect": "ok", "office": "ke/ncp", "party": "ke"},
            {"name": "office with a hyphen", "expect": "ok", "office": "ocu/duty-desk", "party": "ocu"},
            *(
                {"name": name, "expect": "name_refused", "office": text}
                for name, text in {
                    "no party": "ncp",
                    "empty": "",
                    "three parts": "ke/ncp/x",
                    "capitals": "KE/ncp",
                    "empty office": "ke/",
                    "newline at the end": "ke/ncp\n",
                    "office of 32 characters": "ke/" + "o" * 32,
                }.items()
            ),
        ],
    }


def _good(text: str) -> Case:
    uri = DeviceUri.parse(text)
    parts = {
        "party": uri.party,
        "deployment": uri.deployment,
        "office": uri.office,
        "person": uri.person,
        "device": uri.device,
    }
    return {"name": text, "expect": "ok", "uri": text, "host": uri.host, "office_id": uri.office_id, "parts": parts}
