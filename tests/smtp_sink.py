"""An SMTP server of a few lines: keeps what it is given, and refuses, stalls or hangs up where a test wants it to."""

import asyncio
import ssl
from base64 import b64decode
from dataclasses import dataclass, field
from email.message import EmailMessage

from listening import Listening
from postroom import parsed

NOT_HERE = dict.fromkeys(("STARTTLS", "AUTH"), "502 not here")


@dataclass
class Sink(Listening):
    """Answers by the domain of the recipient; what is not named there is accepted."""

    refusals: dict[str, str] = field(default_factory=dict)  # domain -> answer to RCPT TO
    stalling: set[str] = field(default_factory=set)  # domains that get no answer to RCPT TO
    deaf_after_data: bool = False  # takes the mail and hangs up before it says so
    extensions: tuple[str, ...] = ("8BITMIME", "SMTPUTF8")
    tls: ssl.SSLContext | None = None  # offered by STARTTLS
    logins: list[str] = field(default_factory=list)  # user and password, with a space between
    content_answer: str = "250 2.0.0 Queued"
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    something: asyncio.Event = field(default_factory=asyncio.Event)  # set when a mail came in

    @property
    def _is_secret(self) -> bool:
        return bool(self.tls or self.tls_first)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        writer.write(b"220 sink ready\r\n")
        recipient = ""
        is_open = self.tls is not None
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
                case "AUTH" if self._is_secret and not is_open:
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
        secure = ["STARTTLS"] if is_open else ["AUTH PLAIN"] if self._is_secret else []
        *lines, last = ["sink", *self.extensions, *secure]
        return "\r\n".join([*(f"250-{line}" for line in lines), f"250 {last}"])

    def _keep(self, recipient: str, content: bytes) -> None:
        lines = content.removesuffix(b".\r\n").split(b"\r\n")
        unstuffed = [line[1:] if line.startswith(b"..") else line for line in lines]
        self.mails.append(parsed(b"\r\n".join(unstuffed)))
        self.recipients.append(recipient)
        self.something.set()
