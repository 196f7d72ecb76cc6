"""The way out over HTTP reaches the internet and nothing of our own, and is never kept long."""

from collections.abc import AsyncIterator
from ipaddress import ip_address

import pytest

from http_sink import HttpSink
from notifications.outside import LARGEST_ANSWER, OffLimits, Outside, Unreachable, is_public, networks

PRIVATE = [
    "127.0.0.1",
    "127.255.255.254",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104 - not bound to
    "255.255.255.255",
    "224.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
]
PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"]


@pytest.fixture
async def outside() -> AsyncIterator[Outside]:
    outside = Outside(trusted=networks("127.0.0.0/8, ::1/128"), total_seconds=2)
    yield outside
    await outside.close()


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_a_private_network_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


def test_one_private_address_among_public_ones_spoils_the_name() -> None:
    with pytest.raises(OffLimits):
        Outside().chosen("https", [ip_address("8.8.8.8"), ip_address("127.0.0.1")])


def test_the_open_internet_is_reached_over_tls_only() -> None:
    assert Outside().chosen("https", [ip_address("8.8.8.8")]) == ip_address("8.8.8.8")
    with pytest.raises(OffLimits):
        Outside().chosen("http", [ip_address("8.8.8.8")])


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "http://",
        "//127.0.0.1",
        "http://[::1",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:0/",
        "gopher://x",
        "",
    ],
)
async def test_what_is_no_web_address_is_refused(outside: Outside, url: str) -> None:
    with pytest.raises(OffLimits):
        await outside.post(url, b"", {})


@pytest.mark.parametrize(
    "url", ["http://0x7f.1:{port}/", "http://2130706433:{port}/", "http://localhost:{port}/", "http://127.1:{port}/"]
)
async def test_other_ways_to_write_this_machine_are_seen_through(sink: HttpSink, url: str) -> None:
    guarded = Outside()

    with pytest.raises(Unreachable):
        await guarded.post(url.format(port=sink.port), b"", {})

    assert not sink.calls
    await guarded.close()


async def test_the_name_stays_in_the_host_header_and_the_password_stays_out(outside: Outside, sink: HttpSink) -> None:
    await outside.post(f"http://user:pass@localhost:{sink.port}/a?b=c", b"x", {})

    [call] = sink.calls
    assert call.path == "/a?b=c"
    assert call.headers["host"] == f"localhost:{sink.port}"
    assert "authorization" not in call.headers


async def test_a_redirect_is_an_answer_and_is_not_followed(outside: Outside, sink: HttpSink) -> None:
    sink.status, sink.headers = 302, {"location": f"{sink.url}/inside"}

    assert (await outside.post(sink.url, b"", {})).status == 302
    assert len(sink.calls) == 1


async def test_an_endless_answer_is_read_for_64_kib(outside: Outside, sink: HttpSink) -> None:
    sink.is_endless = True

    reply = await outside.post(sink.url, b"", {})

    assert len(reply.body) == LARGEST_ANSWER
    assert sink.sent_bytes < 16 * 1024 * 1024  # what fits between two sockets


async def test_an_answer_that_unpacks_to_more_is_not_unpacked(outside: Outside, sink: HttpSink) -> None:
    sink.headers, sink.body = {"content-encoding": "gzip"}, b"not gzip at all"

    assert (await outside.post(sink.url, b"", {})).body == b"not gzip at all"


async def test_a_name_without_an_address_is_unreachable(outside: Outside) -> None:
    with pytest.raises(Unreachable):
        await outside.post("http://nowhere.invalid/", b"", {})


async def test_a_name_outside_ascii_is_asked_as_the_internet_writes_it(sink: HttpSink, outside: Outside) -> None:
    reply = await outside.post(f"http://127\u30020\u30020\u30021:{sink.port}/hook", b"{}", {})

    assert reply.status == 200
    assert sink.calls[0].headers["host"] == f"127.0.0.1:{sink.port}"


@pytest.mark.parametrize("host", ["a..invalid", "x" * 64 + ".invalid", "\u200d.invalid"])
async def test_a_name_that_is_none_is_an_answer_too(outside: Outside, host: str) -> None:
    with pytest.raises(Unreachable):
        await outside.post(f"https://{host}/hook", b"{}", {})
