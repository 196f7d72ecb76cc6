"""A load generator of little cost: requests leave at a fixed rate whether or not earlier ones were answered."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field


def post(path: str, body: object, headers: Mapping[str, str] | None = None) -> bytes:
    """The bytes of one POST of JSON."""
    content = json.dumps(body).encode()
    given = {"host": "127.0.0.1", "content-type": "application/json", "content-length": str(len(content))} | dict(
        headers or {}
    )
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


@dataclass
class Done:
    """What came of it; latencies count from the moment a request was due, not from when it could be sent."""

    accepted: int = 0
    refused: int = 0
    latencies_ms: list[float] = field(default_factory=list)

    @property
    def p99_ms(self) -> float:
        ordered = sorted(self.latencies_ms)
        return ordered[int(len(ordered) * 0.99)] if ordered else 0.0


class Pace:
    """One kind of request, so many a second, for so many seconds, over so many connections."""

    def __init__(  # noqa: PLR0913
        self,
        host: str,
        port: int,
        request: bytes,
        rate: float,
        seconds: float,
        connections: int,
        accept: tuple[int, ...] = (201,),
    ) -> None:
        self._address = (host, port)
        self._request = request
        self._rate = rate
        self._total = int(rate * seconds)
        self._connections = connections
        self._accept = accept
        self._sent = 0
        self._done = Done()

    async def run(self) -> Done:
        """What came of all of them."""
        began = time.monotonic()
        await asyncio.gather(*(self._send(began) for _ in range(self._connections)))
        return self._done

    async def _send(self, began: float) -> None:
        reader, writer = await asyncio.open_connection(*self._address)
        while self._sent < self._total:
            due = began + self._sent / self._rate
            self._sent += 1
            if (wait := due - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            writer.write(self._request)
            status, _ = await answered(reader)
            self._done.latencies_ms.append((time.monotonic() - due) * 1000)
            if status in self._accept:
                self._done.accepted += 1
            else:
                self._done.refused += 1
        writer.close()


async def answered(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """The status and the body of one answer, read to its end."""
    head = await reader.readuntil(b"\r\n\r\n")
    lower = head.lower()
    at, body = lower.find(b"content-length:"), b""
    if at >= 0:
        body = await reader.readexactly(int(lower[at + 15 : lower.index(b"\r", at)]))
    return int(head[9:12]), body
