"""The SMTP and LMTP door: a mail is stored before it is acknowledged, and nothing else is taken."""

import asyncio
import ssl
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

from aiosmtpd.smtp import SMTP, Envelope, Session

from common import clock
from common.coalesce import Coalescer
from common.db import Database, is_transient
from common.errors import Unavailable
from common.log import logger
from intake import incoming
from intake.incoming import Arrived
from intake.joining import plain
from intake.mail.limits import MOST_BYTES

Network = IPv4Network | IPv6Network
MOST_CONNECTIONS = 100
LONGEST_HELLO = 253
COMMAND_SECONDS = 60
DATA_SECONDS = 300
MOST_RECIPIENTS = 20
LARGE_BYTES = 256 * 1024  # stored by itself, so that a batch never holds much
PIECE_BYTES = 64 * 1024
END = b"\r\n.\r\n"
FOR_NOBODY = "550 5.1.1 No such mailbox here"
LATER = "451 4.3.0 Try again later; nothing was lost"
log = logger(__name__)


class Store:
    """Stores mails, many with one commit when many come at once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._coalescer: Coalescer[Arrived, None] = Coalescer(self._keep, most=64, in_flight=2)

    async def keep(self, arrived: Arrived) -> None:
        """Return once the mail is committed. Raises what the database raises, Unavailable when too much waits."""
        if len(arrived.raw) > LARGE_BYTES:
            await self._keep([arrived])
        else:
            await self._coalescer.do(arrived)

    async def _keep(self, arrived: Sequence[Arrived]) -> list[None]:
        async with self._database.transaction() as session:
            await incoming.keep(session, arrived, clock.now())
        return [None] * len(arrived)


@dataclass(frozen=True)
class Door:
    """What the door lets in, and how many at a time."""

    addresses: Collection[str]  # without plus
    tls: ssl.SSLContext | None = None
    most_connections: int = MOST_CONNECTIONS
    command_seconds: float = COMMAND_SECONDS
    is_lmtp: bool = False
    relays: Collection[Network] = ()  # servers of our own that pass mail on


@dataclass
class _Handler:
    """aiosmtpd's hooks."""

    store: Store
    door: Door

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's own names and order
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take mail for our own addresses."""
        if plain(address) not in self.door.addresses:
            return FOR_NOBODY
        if len(envelope.rcpt_tos) >= (1 if self.door.is_lmtp else MOST_RECIPIENTS):
            return "452 4.5.3 Too many recipients; send the rest by itself"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Acknowledge the mail once it is committed for every recipient."""
        raw, sender = bytes(envelope.original_content or b""), (envelope.mail_from or "").lower()
        client, hello = outsider(session.peer, self.door.relays), _printable(session.host_name or "")
        recipients = dict.fromkeys(address.lower() for address in envelope.rcpt_tos)
        try:
            for recipient in recipients:
                await self.store.keep(Arrived("smtp", recipient, sender, raw, client, hello))
        except Unavailable:
            return LATER
        except Exception as error:  # noqa: BLE001 - the door's edge: the sender tries again whatever went wrong
            if not is_transient(error):
                log.warning("a mail could not be stored", error=type(error).__name__)
            return LATER
        return "250 2.0.0 OK, stored"


@dataclass
class _Crowd:
    """The connections that are open."""

    conversations: "set[_Conversation]" = field(default_factory=set)


class _Conversation(SMTP):
    """One connection; content is read in pieces instead of lines, and ends at CR LF dot CR LF alone."""

    line_length_limit = PIECE_BYTES

    def __init__(self, handler: _Handler, crowd: _Crowd) -> None:
        super().__init__(
            handler,
            hostname="loket",
            ident="Loket",
            data_size_limit=MOST_BYTES,
            enable_SMTPUTF8=True,
            timeout=handler.door.command_seconds,
            tls_context=handler.door.tls,
            loop=asyncio.get_running_loop(),
        )
        self._door = handler.door
        self._crowd = crowd

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let in as many as there is room for."""
        if self not in self._crowd.conversations and len(self._crowd.conversations) >= self._door.most_connections:
            if isinstance(transport, asyncio.WriteTransport):
                transport.write(b"421 4.3.2 Too many connections; try again later\r\n")
                transport.close()
            return
        self._crowd.conversations.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Make room."""
        if self in self._crowd.conversations:
            self._crowd.conversations.discard(self)
            super().connection_lost(error)

    async def smtp_LHLO(self, arg: str) -> None:  # noqa: N802 - the command's name
        """Greet over LMTP."""
        await self.smtp_EHLO(arg)

    async def smtp_VRFY(self, _arg: str) -> None:  # noqa: N802
        """Tell nobody which addresses there are."""
        await self.push("252 2.5.0 Send some mail, I will try my best")

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        """Read the content, then answer what became of it."""
        if await self.check_helo_needed():
            return
        if self.envelope is None or not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 RCPT first")
            return
        if arg:
            await self.push("501 5.5.4 DATA takes no argument")
            return
        await self.push("354 End with <CR><LF>.<CR><LF>")
        self._reset_timeout(DATA_SECONDS)
        content = await self._content()
        self._reset_timeout()
        if content is None:
            self._set_post_data_state()  # type: ignore[no-untyped-call]
            await self.push(f"552 5.3.4 A mail may be {MOST_BYTES} bytes")
            return
        self.envelope.content = self.envelope.original_content = content
        status = await self._call_handler_hook("DATA")
        self._set_post_data_state()  # type: ignore[no-untyped-call]
        await self.push(status)

    async def _content(self) -> bytes | None:
        """What was sent, without the dots that the way doubles; None when it was too much."""
        pieces: list[bytes] = []
        size, tail = 0, b"\r\n"
        while True:
            try:
                piece = await self._reader.readuntil(b".\r\n")
            except asyncio.LimitOverrunError as error:
                piece = await self._reader.readexactly(max(1, error.consumed))
            size += len(piece)
            tail = (tail + piece)[-len(END) :]
            if size <= MOST_BYTES + len(END):
                pieces.append(piece)
            else:
                pieces.clear()
            if tail == END:
                break
        if size > MOST_BYTES + len(END):
            return None
        content = b"\r\n" + b"".join(pieces)
        return content[: -len(b".\r\n")].replace(b"\r\n.", b"\r\n")[2:]


def outsider(peer: object, relays: Collection[Network]) -> str | None:
    """The address of the computer at the other end; None for one of our own, who only passes mail on."""
    try:
        address = ip_address(str(peer[0])) if isinstance(peer, tuple) and peer else None
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    is_ours = address is None or not address.is_global or any(address in network for network in relays)
    return None if is_ours else str(address)


def _printable(hello: str) -> str:
    return hello[:LONGEST_HELLO] if hello.isascii() and hello.isprintable() else ""


class Listener:
    """The door, open on a port."""

    def __init__(self, store: Store, door: Door) -> None:
        self._handler = _Handler(store, door)
        self._crowd = _Crowd()
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The port it is open on."""
        if self._server is None:
            raise RuntimeError("the listener is not open")
        return int(self._server.sockets[0].getsockname()[1])

    async def open(self, host: str, port: int) -> None:
        """Listen. Raises OSError when the port is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(partial(_Conversation, self._handler, self._crowd), host, port)

    async def serve(self, host: str, port: int) -> None:
        """Listen until cancelled; then close."""
        await self.open(host, port)
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            await self.close()

    async def close(self) -> None:
        """Hang up and stop listening."""
        if self._server is None:
            return
        self._server.close()
        for conversation in list(self._crowd.conversations):
            if isinstance(conversation.transport, asyncio.WriteTransport):
                conversation.transport.abort()
        await self._server.wait_closed()
        self._server = None
