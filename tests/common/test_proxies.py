"""Whom we believe about who the visitor is: the proxies that are named, and nobody else."""

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from common.run import web_server

VISITOR, PROXY = "198.51.100.7", "172.18.0.5"
PRIVATE = "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16"


async def who(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse(scope["client"][0])(scope, receive, send)


async def seen(trusted: str, peer: str, told: str) -> str:
    """Who asks, by a server that trusts these, when the peer tells this."""
    config = web_server(who, trusted).config
    config.load()
    transport = httpx.ASGITransport(config.loaded_app, client=(peer, 50_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://loket") as client:
        return (await client.get("/", headers={"x-forwarded-for": told})).text


@pytest.mark.parametrize(
    ("trusted", "peer", "told", "believed"),
    [
        pytest.param(PRIVATE, PROXY, VISITOR, VISITOR, id="a named proxy is believed"),
        pytest.param(PRIVATE, PROXY, f"6.6.6.6, {VISITOR}", VISITOR, id="only what it saw itself"),
        pytest.param(PRIVATE, VISITOR, "6.6.6.6", VISITOR, id="a visitor is not"),
        pytest.param("", PROXY, VISITOR, PROXY, id="nobody is when none is named"),
        pytest.param("127.0.0.1", "127.0.0.1", VISITOR, VISITOR, id="a proxy on the same machine"),
    ],
)
async def test_the_address_comes_from_a_trusted_hop_only(trusted: str, peer: str, told: str, believed: str) -> None:
    assert await seen(trusted, peer, told) == believed
