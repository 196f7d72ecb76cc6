"""An SMTP server of a few lines: keeps what it is given, and refuses, stalls or hangs up where a test wants it to."""

import asyncio
import ssl
from base64 import b64decode
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Self

from postroom import parsed

NOT_HERE = dict.fromkeys(("STARTTLS", "AUTH"), "502 not here")


@dataclass
class Sink:
    """Answers by the domain of the recipient; what is not named there is accepted."""

    refusals: dict[str, str] = field(default_factory=dict)  # domain -> answer to RCPT TO
    stalling: set[str] = field(default_factory=set)  # domains that get no answer to RCPT TO
    deaf_after_data: bool = False  # takes the mail and hangs up before it says so
    extensions: tuple[str, ...] = ("8BITMIME", "SMTPUTF8")
    tls: ssl.SSLContext | None = None  # offered by STARTTLS, or spoken from the first byte
    is_tls_first: bool = False
    logins: list[str] = field(default_factory=list)  # user and password, with a space between
    content_answer: str = "250 2.0.0 Queued"
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    something: asyncio.Event = field(default_factory=asyncio.Event)  # set when a mail came in
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def open(self) -> None:
        """Listen, on the same port as before if there was one."""
        tls = self.tls if self.is_tls_first else None
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", self.port, ssl=tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Hang up on everybody and stop listening."""
        if self._server:
            self._server.close()
            for writer in list(self._open):
                writer.transport.abort()
            await self._server.wait_closed()
            self._server = None

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        self.connections += 1
        try:
            writer.write(b"220 sink ready\r\n")
            await self._converse(reader, writer)
        except ConnectionError:
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        recipient = ""
        is_open = self.tls is not None and not self.is_tls_first
        while line := (await reader.readline()).decode().strip():
            self.commands.append(line)
            match line.upper().split(":")[0].split()[0]:
                case "EHLO":
                    answer = self._greeting(is_open=is_open)
                case "RCPT":
                    recipient = line.partition("<")[2].partition(">")[0]
                    if not (answer := await self._verdict(recipient, reader)):
                        return
                case "DATA":
                    writer.write(b"354 go on\r\n")
                    content = await reader.readuntil(b"\r\n.\r\n")
                    self._keep(recipient, content)
                    if self.deaf_after_data:
                        return
                    answer = self.content_answer
                case "QUIT":
                    writer.write(b"221 bye\r\n")
                    return
                case "STARTTLS" if is_open:
                    writer.write(b"220 go on\r\n")
                    await writer.start_tls(self.tls)  # type: ignore[arg-type] # is_open says it is there
                    is_open = False
                    continue
                case "AUTH" if self.tls and not is_open:
                    self.logins.append(b64decode(line.split()[2]).decode().strip("\0").replace("\0", " "))
                    answer = "235 welcome"
                case other:
                    answer = NOT_HERE.get(other, "250 OK")
            writer.write(answer.encode() + b"\r\n")
            await writer.drain()

    async def _verdict(self, recipient: str, reader: asyncio.StreamReader) -> str:
        domain = recipient.rpartition("@")[2]
        if domain in self.stalling:
            await reader.read()  # until the other side gives up
            return ""
        return self.refusals.get(domain, "250 OK")

    def _greeting(self, *, is_open: bool) -> str:
        secure = ["STARTTLS"] if is_open else ["AUTH PLAIN"] if self.tls else []
        *lines, last = ["sink", *self.extensions, *secure]
        return "\r\n".join([*(f"250-{line}" for line in lines), f"250 {last}"])

    def _keep(self, recipient: str, content: bytes) -> None:
        lines = content.removesuffix(b".\r\n").split(b"\r\n")
        unstuffed = [line[1:] if line.startswith(b"..") else line for line in lines]
        self.mails.append(parsed(b"\r\n".join(unstuffed)))
        self.recipients.append(recipient)
        self.something.set()
