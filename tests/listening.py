"""What a small server of a test's own has in common with the next: it opens, hangs up on everybody, and opens again."""

import asyncio
import ssl
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Self


@dataclass
class Listening(ABC):
    """A server on a port of its own, the same one each time it opens; it talks to everybody who calls."""

    port: int = 0
    tls_first: ssl.SSLContext | None = None  # spoken from the first byte
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def open(self) -> None:
        """Listen, on the same port as before if there was one."""
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", self.port, ssl=self.tls_first)
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
        try:
            await self.converse(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # whoever called has gone
        finally:
            self._open.discard(writer)
            writer.close()

    @abstractmethod
    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk to one caller until it is done."""
