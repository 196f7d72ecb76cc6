"""Children that read mails, kept warm: what one of them cannot stand ends it, and nothing else."""

import asyncio
import json
import signal
import sys
from typing import Self

from intake.mail.inbound import InboundMail, Unreadable
from intake.pieces import LENGTH, next_piece

WALL_SECONDS = 10.0  # the limit is five seconds of processor time; a busy machine gets twice that
COSTLY = frozenset({-signal.SIGXCPU, -signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS})

Read = tuple[InboundMail, tuple[bytes, ...]]


class ReaderDied(Exception):
    """The child ended for a reason that is not known to be the mail's."""


class Reader:
    """One child process, started when it is needed."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """The child's number; None when none runs."""
        return self._process.pid if self._process else None

    async def read(self, raw: bytes, envelope_sender: str | None) -> Read:
        """What the mail says, and the bytes of its files. Raises Unreadable, ReaderDied."""
        process = self._process = self._process or await _start()
        job = json.dumps({"envelope_sender": envelope_sender}).encode()
        is_done = False
        try:
            async with asyncio.timeout(WALL_SECONDS):
                answer = await _ask(process, job, raw)
            is_done = True
        except TimeoutError as error:
            raise Unreadable("too_costly") from error
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise await _reason(process) from error
        finally:
            if not is_done:
                await self.close()
        return answer

    async def close(self) -> None:
        """End the child."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        await process.wait()


class Readers:
    """So many children; each reads one mail at a time."""

    def __init__(self, number: int = 2) -> None:
        self._free: asyncio.Queue[Reader] = asyncio.Queue()
        self._all = [Reader() for _ in range(number)]
        for reader in self._all:
            self._free.put_nowait(reader)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def read(self, raw: bytes, envelope_sender: str | None = None) -> Read:
        """What the mail says, as soon as a child is free. Raises Unreadable, ReaderDied."""
        reader = await self._free.get()
        try:
            return await reader.read(raw, envelope_sender)
        finally:
            self._free.put_nowait(reader)

    async def close(self) -> None:
        """End the children."""
        for reader in self._all:
            await reader.close()


async def _start() -> asyncio.subprocess.Process:
    # Isolated and with an empty environment: what reads strangers' bytes holds no secret.
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        "-m",
        "intake.mail.child",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={},
        start_new_session=True,
    )


async def _ask(process: asyncio.subprocess.Process, job: bytes, raw: bytes) -> Read:
    if process.stdin is None or process.stdout is None:
        raise ReaderDied("the child has no pipes")
    process.stdin.write(b"".join([LENGTH.pack(len(job)), job, LENGTH.pack(len(raw)), raw]))
    await process.stdin.drain()
    said = await next_piece(process.stdout)
    if said.startswith(b'{"reason"'):
        raise Unreadable(json.loads(said)["reason"])
    mail = InboundMail.model_validate_json(said)
    return mail, tuple([await next_piece(process.stdout) for _ in mail.files])


async def _reason(process: asyncio.subprocess.Process) -> Exception:
    """Why the child ended, once it has."""
    try:
        async with asyncio.timeout(1):
            code = await process.wait()
    except TimeoutError:
        return ReaderDied("the child closed its pipe")
    return Unreadable("too_costly") if code in COSTLY else ReaderDied(f"the child ended with {code}")
