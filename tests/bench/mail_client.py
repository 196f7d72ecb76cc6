"""The sender of the mail benchmark, in a process of its own: mails at a rate, or with connections cut at random."""

# ruff: noqa: E501 - a mail has long lines

import argparse
import asyncio
import json
import random
import sys
import time
from dataclasses import dataclass, field

WORDS = "water gas stroom rekening monteur storing meter kraan verhuizing afspraak adres nota ketel lekkage".split()  # noqa: SIM905
HEAD = b"MAIL FROM:<%s>\r\nRCPT TO:<help@loket.example>\r\nDATA\r\n"


def mail(number: int) -> tuple[bytes, bytes]:
    """A sender of its own and a mail of its own, of about 2 KB as people send them."""
    rng = random.Random(number)
    sender = f"klant{number}@example.org".encode()
    body = "\r\n".join(" ".join(rng.choices(WORDS, k=12)) for _ in range(14))
    head = (
        f"From: Klant {number} <klant{number}@example.org>\r\nTo: help@loket.example\r\nSubject: Vraag {number}\r\n"
        f"Message-ID: <{number}@example.org>\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"
    )
    parts = f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>{body}</p>\r\n--b--\r\n"
    return sender, (head + parts).encode()


@dataclass
class Sending:
    """What is left to send, and when each was acknowledged."""

    port: int
    total: int
    rate: float  # 0: as fast as it goes
    cut: float  # the chance that a connection is cut while a mail is sent
    seed: int = 7
    next: int = 0
    cuts: int = 0
    acknowledged: dict[int, float] = field(default_factory=dict)

    async def run(self, connections: int) -> None:
        began = time.monotonic()
        await asyncio.gather(*(self._send(began, random.Random(self.seed + n)) for n in range(connections)))

    async def _send(self, began: float, rng: random.Random) -> None:
        connection = None
        while self.next < self.total:
            number = self.next
            self.next += 1
            if self.rate and (wait := began + number / self.rate - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            while number not in self.acknowledged:
                try:
                    connection = connection or await self._open()
                    await self._one(connection, number, rng)
                except (ConnectionError, asyncio.IncompleteReadError):
                    self.cuts += 1
                    if connection:
                        connection[1].transport.abort()
                    connection = None
        if connection:
            connection[1].close()

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(b"EHLO bench\r\n")
        while not (await reader.readuntil(b"\r\n")).startswith(b"250 "):
            pass
        return reader, writer

    async def _one(
        self, connection: tuple[asyncio.StreamReader, asyncio.StreamWriter], number: int, rng: random.Random
    ) -> None:
        reader, writer = connection
        sender, content = mail(number)
        whole = HEAD % sender + content + b".\r\n"
        if rng.random() < self.cut:
            # Anywhere: in a command, in the text, or after its end while the answer is on its way.
            writer.write(whole[: rng.randrange(len(whole) + 400)])
            await writer.drain()
            await asyncio.sleep(rng.random() * 0.02)
            raise ConnectionAbortedError
        writer.write(whole)
        await writer.drain()
        for code in (b"250", b"250", b"354", b"250"):
            if not (await reader.readuntil(b"\r\n")).startswith(code):
                raise ConnectionAbortedError
        self.acknowledged[number] = time.time()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--total", type=int, required=True)
    parser.add_argument("--rate", type=float, default=0)
    parser.add_argument("--cut", type=float, default=0)
    parser.add_argument("--connections", type=int, default=32)
    given = parser.parse_args()
    sending = Sending(given.port, given.total, given.rate, given.cut)
    began = time.monotonic()
    asyncio.run(sending.run(given.connections))
    spent = time.monotonic() - began
    json.dump({"seconds": spent, "cuts": sending.cuts, "acknowledged": sending.acknowledged}, sys.stdout)


if __name__ == "__main__":
    main()
