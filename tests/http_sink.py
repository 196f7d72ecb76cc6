"""An HTTP server of a few lines: keeps what it is given, and answers, stalls or babbles as a test wants it to."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from listening import Listening

SECRET_INSIDE = "an answer nobody may quote"


@dataclass(frozen=True)
class Called:
    """One request that came in."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class HttpSink(Listening):
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = SECRET_INSIDE.encode()
    is_stalling: bool = False
    is_endless: bool = False  # a body that never stops
    calls: list[Called] = field(default_factory=list)
    sent_bytes: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await self._answer(reader, writer):
            pass

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.calls.append(Called(head[0].split()[1], headers, body))
        if self.is_stalling:
            await reader.read()  # until the other side gives up
            return False
        more = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        if self.is_endless:
            writer.write(f"HTTP/1.1 {self.status} X\r\n{more}\r\n".encode())
            while True:
                writer.write(b"x" * 65536)
                await writer.drain()
                self.sent_bytes += 65536
        writer.write(f"HTTP/1.1 {self.status} X\r\n{more}content-length: {len(self.body)}\r\n\r\n".encode() + self.body)
        await writer.drain()
        return True
