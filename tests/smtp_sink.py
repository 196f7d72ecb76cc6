"""An SMTP server of a few lines: keeps what it is given, and refuses, stalls or hangs up where a test wants it to."""

import asyncio
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Self

from postroom import parsed


@dataclass
class Sink:
    """Answers by the domain of the recipient; what is not named there is accepted."""

    refusals: dict[str, str] = field(default_factory=dict)  # domain -> answer to RCPT TO
    stalling: set[str] = field(default_factory=set)  # domains that get no answer to RCPT TO
    deaf_after_data: bool = False  # takes the mail and hangs up before it says so
    extensions: tuple[str, ...] = ("8BITMIME", "SMTPUTF8")
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
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", self.port)
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
        while line := (await reader.readline()).decode().strip():
            self.commands.append(line)
            match line.upper().split(":")[0].split()[0]:
                case "EHLO":
                    lines = ["sink", *self.extensions]
                    answer = "\r\n".join(f"250{' ' if i == len(lines) - 1 else '-'}{x}" for i, x in enumerate(lines))
                case "RCPT":
                    recipient = line.partition("<")[2].partition(">")[0]
                    domain = recipient.rpartition("@")[2]
                    if domain in self.stalling:
                        await reader.read()  # until the other side gives up
                        return
                    answer = self.refusals.get(domain, "250 OK")
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
                case "STARTTLS" | "AUTH":
                    answer = "502 not here"
                case _:
                    answer = "250 OK"
            writer.write(answer.encode() + b"\r\n")
            await writer.drain()

    def _keep(self, recipient: str, content: bytes) -> None:
        lines = content.removesuffix(b".\r\n").split(b"\r\n")
        unstuffed = [line[1:] if line.startswith(b"..") else line for line in lines]
        self.mails.append(parsed(b"\r\n".join(unstuffed)))
        self.recipients.append(recipient)
        self.something.set()
