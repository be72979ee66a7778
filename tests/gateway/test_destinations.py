"""Where webhooks may not go: everything internal, and everything that two programs could read differently."""

import ipaddress
from collections.abc import Iterator

import pytest

from pratique.gateway import destinations
from pratique.gateway.destinations import DestinationRefused, address_of, is_public, read

# host → what the resolver answers
NAMES = {
    "example.org": ["93.184.216.34"],
    "six.example.org": ["2606:2800:220:1:248:1893:25c8:1946"],
    "internal.example.org": ["10.0.0.5"],
    "both.example.org": ["93.184.216.34", "127.0.0.1"],
    "mapped.example.org": ["::ffff:127.0.0.1"],
    "metadata.example.org": ["169.254.169.254"],
    "six-local.example.org": ["fd00:ec2::254"],
    "nothing.example.org": [],
    "scoped.example.org": ["fe80::1%eth0"],
}


async def resolver(host: str, _port: int) -> list[str]:
    """Answer from the table."""
    if host not in NAMES:
        raise OSError("no such name")
    return NAMES[host]


HOSTILE = [
    # this machine
    "https://127.0.0.1/",
    "https://127.0.0.1:8443/hook",
    "https://127.255.255.254/",
    "https://localhost/",
    "https://LOCALHOST/",
    "https://a.localhost/",
    "https://[::1]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://0.0.0.0/",
    "https://0/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[2001:0:7f00:1::]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://[fd00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[2001:db8::1]/",
    "https://[3fff::1]/",
    "https://[100::1]/",
    # other ways to write an address
    "https://2130706433/",
    "https://017700000001/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://0x7f.0x0.0x0.0x1/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://127.0.1/",
    "https://127.0.0.01/",
    "https://127.0.0.1./",
    "https://1.2.3.4.5/",
    "https://999.1.1.1/",
    "https://①②⑦.0.0.1/",
    "https://127。0。0。1/",
    "https://１２７.0.0.1/",
    # private, shared, special and metadata
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://100.100.100.200/",
    "https://169.254.169.254/latest/meta-data/",
    "https://168.63.129.16/",
    "https://192.0.0.1/",
    "https://192.0.0.192/",
    "https://192.0.2.1/",
    "https://192.88.99.1/",
    "https://198.18.0.1/",
    "https://203.0.113.7/",
    "https://224.0.0.1/",
    "https://239.255.255.250/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://metadata.google.internal/",
    "https://printer.local/",
    # names that lead inside
    "https://internal.example.org/",
    "https://both.example.org/",
    "https://mapped.example.org/",
    "https://metadata.example.org/",
    "https://six-local.example.org/",
    "https://nothing.example.org/",
    "https://scoped.example.org/",
    "https://unknown.example.org/",
    # other schemes and other readings
    "http://example.org/",
    "ftp://example.org/",
    "file:///etc/passwd",
    "gopher://example.org/_x",
    "javascript:alert(1)",
    "//example.org/",
    "example.org",
    "",
    "HTTPS://example.org/",
    "https:/example.org/",
    "https:///example.org/",
    "https://example.org#@127.0.0.1/",
    "https://user@example.org/",
    "https://user:secret@example.org/",
    "https://example.org@127.0.0.1/",
    "https://example.org%40127.0.0.1/",
    "https://example.org\\@127.0.0.1/",
    "https://example.org\\.evil.example/",
    "https://example.org /",
    "https://example.org/a b",
    "https://example.org/\r\nHost: evil",
    "https://example.org/\x00",
    "https://example.org/%zz",
    "https://example.org:0/",
    "https://example.org:65536/",
    "https://example.org:-1/",
    "https://example.org:+443/",
    "https://example.org:443:80/",
    "https://example.org:/",
    "https://:443/",
    "https://-a.example.org/",
    "https://a_b.example.org/",
    "https://a..example.org/",
    "https://.example.org/",
    "https://bücher.example/",
    "https://exam\u00adple.org/",
    "https://example.org\u3002/",
    "https://[::1/",
    "https://::1/",
    "https://[v1.x]/",
    "https://[1.2.3.4]/",
    "https://" + "a" * 64 + ".org/",
    "https://" + "a." * 130 + "org/",
    "https://example.org/" + "a" * 2048,
]


def test_the_table_is_long_enough() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) >= 60


@pytest.mark.parametrize("url", HOSTILE)
async def test_a_hostile_url_leads_nowhere(url: str) -> None:
    with pytest.raises(DestinationRefused):
        await address_of(read(url), resolver)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://example.org", "93.184.216.34"),
        ("https://example.org:8443/hook?of=be", "93.184.216.34"),
        ("https://Example.ORG/", "93.184.216.34"),
        ("https://six.example.org/", "2606:2800:220:1:248:1893:25c8:1946"),
        ("https://93.184.216.34/", "93.184.216.34"),
        ("https://[2606:2800:220:1:248:1893:25c8:1946]/", "2606:2800:220:1:248:1893:25c8:1946"),
    ],
)
async def test_a_public_receiver_is_reached(url: str, address: str) -> None:
    assert await address_of(read(url), resolver) == address


async def test_the_operator_allows_one_exact_host_and_port() -> None:
    allowed = frozenset({"internal.example.org:8080", "127.0.0.1:9000", "[::1]:9000"})
    assert await address_of(read("http://internal.example.org:8080/x", allowed), resolver) == "10.0.0.5"
    assert await address_of(read("https://127.0.0.1:9000/", allowed), resolver) == "127.0.0.1"
    assert await address_of(read("http://[0::1]:9000/", allowed), resolver) == "::1"
    for other in (
        "https://internal.example.org/",
        "http://internal.example.org:8081/",
        "https://127.0.0.1:9001/",
        "https://localhost:9000/",
        "https://127.0.0.2:9000/",
        "https://a.internal.example.org:8080/",
    ):
        with pytest.raises(DestinationRefused):
            await address_of(read(other, allowed), resolver)


def test_the_host_header_and_the_target_are_the_url_s_own() -> None:
    to = read("https://Example.org:443/a/b?c=d&e=%20")
    assert (to.authority, to.target) == ("example.org", "/a/b?c=d&e=%20")
    assert read("https://example.org:8443").authority == "example.org:8443"


def edges() -> Iterator[str]:
    """Yield the first and last address of every block that is not public, and their neighbours outside."""
    for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8", "100.64.0.0/10"):
        network = ipaddress.ip_network(block)
        yield from map(str, (network[0], network[-1]))


@pytest.mark.parametrize("address", list(edges()))
def test_no_edge_of_a_block_is_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "100.63.255.255"])
def test_its_neighbour_is(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


async def test_the_real_resolver_knows_this_machine() -> None:
    assert "127.0.0.1" in await destinations.resolve("localhost", 443)
    with pytest.raises(DestinationRefused, match="internal_address"):
        await address_of(destinations.Destination("https", "localhost", 443, "/", allowed=False))
