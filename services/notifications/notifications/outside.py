"""The one way out over HTTP: every address is checked before we connect to it, and no answer costs us much.

An address that people type in (a webhook, a push subscription) may point at our own network. So a name is resolved
here, each address it has is judged, and the connection goes to the one that was judged: the name cannot change its
mind in between.
"""

import asyncio
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

import httpx

TOTAL_SECONDS = 10.0
LARGEST_ANSWER = 64 * 1024  # bytes
NAT64 = ip_network("64:ff9b::/96")  # addresses that hold an IPv4 address in their last four bytes

Ip = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class Unreachable(Exception):
    """No answer came, or we may not ask there; the text is for staff and holds no personal data."""


class OffLimits(Unreachable):
    """The address is not one we may connect to."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the other side answered; at most 64 KiB of it."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def is_public(address: Ip) -> bool:
    """Whether the address belongs to the internet at large, also in the IPv4 address it may carry inside."""
    if isinstance(address, IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour
        if address in NAT64:
            inside = IPv4Address(int(address) & 0xFFFFFFFF)
        if address.teredo or (inside and not is_public(inside)):
            return False
        if address.ipv4_mapped:
            return True
    return address.is_global and not address.is_multicast


def networks(text: str) -> tuple[Network, ...]:
    """The networks in a list with commas: `10.1.0.0/16, fd00::/8`. Raises ValueError."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


class Outside:
    """Posts to addresses that people gave us. `trusted` networks are ours and may be reached, also without TLS."""

    def __init__(self, trusted: Sequence[Network] = (), total_seconds: float = TOTAL_SECONDS) -> None:
        self._trusted = trusted
        self._total_seconds = total_seconds
        # The proxy of the environment would connect for us, to an address nobody checked.
        self._client = httpx.AsyncClient(
            trust_env=False, follow_redirects=False, timeout=total_seconds, limits=httpx.Limits(max_connections=64)
        )

    async def post(self, url: str, content: bytes, headers: Mapping[str, str]) -> Reply:
        """The answer, whatever its status. Raises Unreachable, OffLimits."""
        try:
            async with asyncio.timeout(self._total_seconds):
                return await self._post(url, content, headers)
        except TimeoutError as error:
            raise Unreachable("no answer in time") from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise Unreachable(f"no connection: {type(error).__name__}") from error

    async def _post(self, url: str, content: bytes, headers: Mapping[str, str]) -> Reply:
        parts = _parts(url)
        host, port = _ascii(parts.hostname or ""), parts.port or (443 if parts.scheme == "https" else 80)
        address = self.chosen(parts.scheme, await _resolved(host, port))
        literal = f"[{address}]" if address.version == 6 else str(address)  # noqa: PLR2004 - the version of IP
        request = self._client.build_request(
            "POST",
            httpx.URL(parts._replace(netloc=f"{literal}:{port}").geturl()),
            content=content,
            headers={**headers, "host": host if parts.port is None else f"{host}:{port}"},
            extensions={"sni_hostname": host},
        )
        response = await self._client.send(request, stream=True)
        try:
            return Reply(response.status_code, response.headers, await _at_most(response, LARGEST_ANSWER))
        finally:
            await response.aclose()

    def chosen(self, scheme: str, found: Sequence[Ip]) -> Ip:
        """The address to connect to. Raises OffLimits when any is not allowed: a mixed answer is an attack."""
        if not found:
            raise Unreachable("the name has no address")
        for address in found:
            is_trusted = any(address in network for network in self._trusted)
            if not is_trusted and not is_public(address):
                raise OffLimits("the address is inside a private network")
            if not is_trusted and scheme != "https":
                raise OffLimits("the address must start with https://")
        return found[0]

    async def close(self) -> None:
        """Give back connections."""
        await self._client.aclose()


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise OffLimits("the address cannot be read") from error
    if not is_usable:
        raise OffLimits("the address cannot be read")
    return parts


def _ascii(host: str) -> str:
    """The name as it is asked for and told to the other side."""
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise Unreachable("the name has no address") from error


async def _resolved(host: str, port: int) -> list[Ip]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Unreachable("the name has no address") from error
    return [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


async def _at_most(response: httpx.Response, most_bytes: int) -> bytes:
    """The start of the body; what is longer is left unread and the connection with it."""
    body = bytearray()
    async for chunk in response.aiter_raw(4096):  # raw: a packed answer could unfold to anything
        body += chunk
        if len(body) >= most_bytes:
            break
    return bytes(body[:most_bytes])
