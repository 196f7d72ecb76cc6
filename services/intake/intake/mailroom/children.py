"""Child processes that do one job after another, kept warm: what one of them cannot stand ends it, and nothing else."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Self, TypeVar

from intake.pieces import LENGTH

T = TypeVar("T")
COSTLY = frozenset({-signal.SIGXCPU, -signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS})


class ChildEnded(Exception):
    """The child ended before it answered."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"the child ended with {code}" if code is not None else "the child closed its pipe")
        self.is_costly = code in COSTLY


class Child:
    """One child process of a module, started when it is needed."""

    def __init__(self, module: str, *given: str, seconds: float) -> None:
        self._command = (module, *given)
        self._seconds = seconds
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """The child's number; None when none runs."""
        return self._process.pid if self._process else None

    async def ask(self, pieces: Sequence[bytes], hear: Callable[[asyncio.StreamReader], Awaitable[T]]) -> T:
        """What `hear` makes of the answer. Raises TimeoutError, ChildEnded; the child is ended whenever this fails."""
        process = self._process = self._process or await self._start()
        is_done = False
        try:
            async with asyncio.timeout(self._seconds):
                answer = await _ask(process, pieces, hear)
            is_done = True
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise ChildEnded(await _code(process)) from error
        finally:
            if not is_done:
                await self.close()
        return answer

    async def _start(self) -> asyncio.subprocess.Process:
        # Isolated and with an empty environment: what reads strangers' bytes holds no secret.
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-m",
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={},
            start_new_session=True,
        )

    async def close(self) -> None:
        """End the child."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        await process.wait()


class Children:
    """So many children of one kind; each does one job at a time."""

    def __init__(self, children: Sequence[Child]) -> None:
        self._all = children
        self._free: asyncio.Queue[Child] = asyncio.Queue()
        for child in children:
            self._free.put_nowait(child)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @asynccontextmanager
    async def one(self) -> AsyncIterator[Child]:
        """A child of one's own, as soon as one is free."""
        child = await self._free.get()
        try:
            yield child
        finally:
            self._free.put_nowait(child)

    async def close(self) -> None:
        """End the children."""
        for child in self._all:
            await child.close()


async def _ask(
    process: asyncio.subprocess.Process,
    pieces: Sequence[bytes],
    hear: Callable[[asyncio.StreamReader], Awaitable[T]],
) -> T:
    if process.stdin is None or process.stdout is None:
        raise ChildEnded(None)
    process.stdin.write(b"".join([part for piece in pieces for part in (LENGTH.pack(len(piece)), piece)]))
    await process.stdin.drain()
    return await hear(process.stdout)


async def _code(process: asyncio.subprocess.Process) -> int | None:
    """How the child ended, once it has; None when it does not."""
    try:
        async with asyncio.timeout(1):
            return await process.wait()
    except TimeoutError:
        return None
