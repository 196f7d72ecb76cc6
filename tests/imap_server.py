"""An IMAP server of a few lines: one folder, passwords and tokens, IDLE, and faults where a test wants them."""

import asyncio
import re
from base64 import b64decode
from dataclasses import dataclass, field
from typing import Self

CAPABILITIES = "IMAP4rev1 AUTH=XOAUTH2 IDLE"


@dataclass
class ImapServer:
    """Mails by UID, and which of them are flagged."""

    mails: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    validity: int = 1
    next_uid: int = 1
    capabilities: str = CAPABILITIES
    drops_after_fetches: int | None = None  # hangs up in the middle of this answer
    logins: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    idling: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _talking: set[asyncio.Task[None]] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server:
            self._server.close()
            for writer in list(self._open):
                writer.transport.abort()
            await self._server.wait_closed()
            await asyncio.gather(*self._talking, return_exceptions=True)

    def put(self, *raws: bytes) -> None:
        """Let mails come in."""
        for raw in raws:
            self.mails[self.next_uid] = raw
            self.next_uid += 1
        self._arrived.set()

    def renumber(self) -> None:
        """Deal out new numbers, as after a restore."""
        self.validity += 1
        kept = list(self.mails.items())
        self.mails = {1000 + n: raw for n, (_, raw) in enumerate(kept)}
        self.seen = {1000 + n for n, (uid, _) in enumerate(kept) if uid in self.seen}
        self.next_uid = 1000 + len(kept)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        if task := asyncio.current_task():
            self._talking.add(task)
        try:
            writer.write(b"* OK ready\r\n")
            while line := (await reader.readline()).decode().strip():
                tag, _, command = line.partition(" ")
                self.commands.append(command)
                if not await self._answer(reader, writer, tag, command):
                    break
        except ConnectionError:
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, tag: str, command: str) -> bool:
        """Say what there is to say; False to hang up."""
        name = command.upper().removeprefix("UID ").split()[0]
        if name == "IDLE":
            await self._idle(reader, writer)
        elif name == "AUTHENTICATE":
            writer.write(b"+ \r\n")
            self.logins.append(b64decode((await reader.readline()).strip()).decode())
        elif name == "FETCH":
            return await self._fetch(writer, tag, command)
        else:
            writer.write(self._lines(name, command))
        writer.write(f"{tag} OK done\r\n".encode())
        await writer.drain()
        return name != "LOGOUT"

    def _lines(self, name: str, command: str) -> bytes:
        lines: list[str] = []
        match name:
            case "CAPABILITY":
                lines = [f"CAPABILITY {self.capabilities}"]
            case "LOGIN":
                self.logins.append(command)
            case "SELECT" | "EXAMINE":
                lines = [f"{len(self.mails)} EXISTS", f"OK [UIDVALIDITY {self.validity}] ok"]
            case "STATUS":
                lines = [f'STATUS "INBOX" (UIDVALIDITY {self.validity} UIDNEXT {self.next_uid})']
            case "SEARCH":
                lines = ["SEARCH " + " ".join(map(str, self._found(command)))]
            case "STORE":
                self.seen |= {int(uid) for uid in command.split()[2].split(",")}
            case "LOGOUT":
                lines = ["BYE"]
        return "".join(f"* {line}\r\n" for line in lines).encode()

    def _found(self, command: str) -> list[int]:
        if found := re.search(r"UID (\d+):\*", command):
            return [uid for uid in self.mails if uid >= int(found[1])] or list(self.mails)[-1:]
        return [uid for uid in self.mails if "UNSEEN" not in command or uid not in self.seen]

    async def _fetch(self, writer: asyncio.StreamWriter, tag: str, command: str) -> bool:
        uid = int(command.split()[2])
        raw = self.mails[uid]
        head = f"* 1 FETCH (UID {uid} BODY[]<0> {{{len(raw)}}}\r\n".encode()
        if self.drops_after_fetches is not None:
            if self.drops_after_fetches == 0:
                self.drops_after_fetches = None
                writer.write(head + raw[: len(raw) // 2])
                await writer.drain()
                return False
            self.drops_after_fetches -= 1
        writer.write(head + raw + f")\r\n{tag} OK done\r\n".encode())
        await writer.drain()
        return True

    async def _idle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._arrived.clear()
        writer.write(b"+ idling\r\n")
        self.idling.set()
        said, arrived = asyncio.create_task(reader.readline()), asyncio.create_task(self._arrived.wait())
        await asyncio.wait({said, arrived}, return_when=asyncio.FIRST_COMPLETED)
        if arrived.done():
            writer.write(f"* {len(self.mails)} EXISTS\r\n".encode())
        arrived.cancel()
        await said
