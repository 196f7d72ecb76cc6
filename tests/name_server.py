"""A name server of a few lines on 127.0.0.1: says what a test wrote down, or keeps silent."""

import asyncio
from dataclasses import dataclass, field
from typing import Self

from dns.flags import AA, TC
from dns.message import Message, from_wire, make_response
from dns.rcode import NXDOMAIN, SERVFAIL
from dns.rdatatype import from_text
from dns.rdatatype import to_text as kind_of
from dns.rrset import from_text_list

TTL = 60


@dataclass
class NameServer(asyncio.DatagramProtocol):
    """Answers over UDP, and over TCP what does not fit."""

    records: dict[tuple[str, str], list[str]] = field(default_factory=dict)  # (name, kind) -> records as in a zone file
    is_silent: bool = False
    broken: set[str] = field(default_factory=set)  # names that are answered with SERVFAIL
    asked: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0
    _udp: asyncio.DatagramTransport | None = None
    _tcp: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._udp, _ = await loop.create_datagram_endpoint(lambda: self, ("127.0.0.1", 0))
        self.port = self._udp.get_extra_info("sockname")[1]
        self._tcp = await asyncio.start_server(self._talk, "127.0.0.1", self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._udp
        assert self._tcp
        self._udp.close()
        self._tcp.close()
        await self._tcp.wait_closed()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def text(self, name: str, *texts: str) -> None:
        """Write TXT records down, each cut into strings as zones have them."""
        cut = [[text[at : at + 250] for at in range(0, len(text), 250)] for text in texts]
        self.records[name, "TXT"] = [" ".join(f'"{piece}"' for piece in pieces) for pieces in cut]

    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        """One question over UDP."""
        answer = self._answer(data)
        if answer and self._udp:
            wire = answer.to_wire()
            if len(wire) > 1_232:
                short = make_response(from_wire(data))
                short.flags |= TC
                wire = short.to_wire()
            self._udp.sendto(wire, addr)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One question over TCP."""
        length = int.from_bytes(await reader.readexactly(2))
        answer = self._answer(await reader.readexactly(length))
        if answer:
            wire = answer.to_wire()
            writer.write(len(wire).to_bytes(2) + wire)
        writer.close()

    def _answer(self, data: bytes) -> Message | None:
        question = from_wire(data)
        name, kind = question.question[0].name, kind_of(question.question[0].rdtype)
        asked = name.to_text(omit_final_dot=True).lower(), kind
        self.asked.append(asked)
        if self.is_silent:
            return None
        answer = make_response(question)
        answer.flags |= AA
        if asked[0] in self.broken:
            answer.set_rcode(SERVFAIL)
        elif found := self.records.get(asked):
            answer.answer.append(from_text_list(name, TTL, "IN", from_text(kind), found))
        elif not any(known == asked[0] for known, _ in self.records):
            answer.set_rcode(NXDOMAIN)
        return answer
