"""Make certificates.json: the good chain, each way in which a certificate can be wrong, and the instants."""

from datetime import timedelta

from pratique.certificates import enrolment_fingerprint
from pratique.wire.identity import DeviceUri
from tests.wire.vector_sets import forging
from tests.wire.vector_sets.actors import (
    AT_MS,
    BE_AUTHORITY,
    KE_AUTHORITY,
    KE_CERTIFICATE,
    KE_DEVICE,
    ROOT,
    Case,
    b64,
    key,
    public,
)
from tests.wire.vector_sets.bad_certificates import bad_authorities, bad_devices, bad_roots
from tests.wire.vector_sets.forging import issuer_key

DAY = timedelta(days=1)
DAY_MS = 86_400_000
BEGIN_MS = AT_MS - 300_000
DEVICE_END_MS = BEGIN_MS + 90 * DAY_MS


def make() -> Case:
    """Give the whole file."""
    table = {"root": ROOT, "KE": KE_AUTHORITY, "BE": BE_AUTHORITY, "KE device": KE_CERTIFICATE, **_windows()}
    cases = [
        _case("good chain", "ok"),
        _case("a CA that is not its own", "wrong_name", authority="BE"),
        _case("another root, same names", "wrong_profile", root="root with another key"),
        _case("another root's chain beneath this root", "wrong_profile", authority="KE of the other root"),
        *_instants(),
    ]
    for name, (code, der) in bad_roots().items():
        table[name] = der
        cases.append({"name": name, "expect": code, "root": name, "at_ms": AT_MS})
    for name, (code, der) in bad_authorities().items():
        table[name] = der
        cases.append(_case(name, code, authority=name))
    for name, (code, der) in bad_devices().items():
        table[name] = der
        cases.append(_case(name, code, device=name))
    invitation = bytes(range(32))
    return {
        "about": "Certificates are base64 DER, named by the cases; instants are inclusive at both ends.",
        "certificates": {name: b64(der) for name, der in table.items()},
        "good": {
            "deployment": "stop.example",
            "host": "ke.stop.example",
            "uri": KE_DEVICE,
            "root_key": public("root").hex(),
            "authority_key": public("ke").hex(),
            "device_key": public(KE_DEVICE).hex(),
            "not_before_ms": BEGIN_MS,
            "not_after_ms": DEVICE_END_MS,
        },
        "cases": cases,
        "enrolment": {
            "key": public(KE_DEVICE).hex(),
            "uri": KE_DEVICE,
            "invitation_digest": invitation.hex(),
            "fingerprint": enrolment_fingerprint(public(KE_DEVICE), DeviceUri.parse(KE_DEVICE), invitation),
        },
    }


def _windows() -> dict[str, bytes]:
    """Give good certificates above the device that begin or end inside its time."""
    root, party = forging.root(), forging.authority()
    other = forging.root(name="other root")
    return {
        "KE, ends on day 30": party.but(end=party.start + 30 * DAY).der(),
        "KE, begins on day 30": party.but(start=party.start + 30 * DAY).der(),
        "root, ends on day 30": root.but(end=root.start + 30 * DAY).der(),
        "root with another key": other.der(),
        "KE of the other root": party.but(signer=key("other root")).put(issuer_key(public("other root")), False).der(),
    }


def _instants() -> list[Case]:
    day_30 = BEGIN_MS + 30 * DAY_MS
    return [
        _case("the first instant", "ok", at_ms=BEGIN_MS),
        _case("before the first instant", "not_yet_valid", at_ms=BEGIN_MS - 1),
        _case("the last instant", "ok", at_ms=DEVICE_END_MS),
        _case("after the last instant", "expired", at_ms=DEVICE_END_MS + 1),
        _case("1970", "not_yet_valid", at_ms=0),
        _case("the CA's last instant", "ok", authority="KE, ends on day 30", at_ms=day_30),
        _case("after the CA's last instant", "expired", authority="KE, ends on day 30", at_ms=day_30 + 1),
        _case("the CA's first instant", "ok", authority="KE, begins on day 30", at_ms=day_30),
        _case("before the CA's first instant", "not_yet_valid", authority="KE, begins on day 30", at_ms=day_30 - 1),
        _case("the root's last instant", "ok", root="root, ends on day 30", at_ms=day_30),
        _case("after the root's last instant", "expired", root="root, ends on day 30", at_ms=day_30 + 1),
    ]


def _case(
    name: str,
    expect: str,
    *,
    root: str = "root",
    authority: str = "KE",
    device: str = "KE device",
    at_ms: int = AT_MS,
) -> Case:
    return {"name": name, "expect": expect, "root": root, "authority": authority, "device": device, "at_ms": at_ms}
