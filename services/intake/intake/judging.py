"""The classifier at work beside the web server: in a process of its own, and quick when much is waiting."""

import asyncio
import os
import sys
from collections.abc import Sequence

from common.errors import Unavailable
from common.log import logger
from intake.classify import Stage
from intake.crowd import Crowd
from intake.drafts import Draft, Judged
from intake.judge_pieces import TOLD, Taken, Told, job_piece, lesson_piece
from intake.pieces import LENGTH, next_piece
from intake.teaching import Teacher

MOST_IN_FULL = 4  # messages being judged in full at a time, a tenth of a second; those beyond get the fast stage
CROWD_PER_SECOND = 25.0  # from here on everybody gets it: a full judgement costs what storing ten tickets does
WALL_SECONDS = 20.0  # a hundred times what the longest message takes
TRIES = 2

log = logger(__name__)


class Judge:
    """Judges drafts without holding up the web server."""

    def __init__(
        self,
        teacher: Teacher | None = None,
        *,
        most_in_full: int = MOST_IN_FULL,
        crowd_per_second: float = CROWD_PER_SECOND,
    ) -> None:
        self._teacher = teacher
        self._most_in_full = most_in_full
        self._crowd_per_second = crowd_per_second
        self._crowd = Crowd()
        self._under_way = 0
        self._alone = asyncio.Lock()
        self._child: asyncio.subprocess.Process | None = None
        self._told: Taken | None = None  # what this child knows of what people taught

    async def ready(self) -> None:
        """Return when tickets can be judged at a glance; the rest of the model follows before anybody waits for it."""
        async with self._alone:
            await self._started()

    async def judge(self, drafts: Sequence[Draft]) -> list[Judged]:
        """Each draft with its judgement, in order; `judgement.stage` says when there was only time for a glance.

        Raises Unavailable when the child dies of these drafts twice.
        """
        taken = await self._teacher.taken() if self._teacher else None
        job = job_piece([(draft.subject, draft.body) for draft in drafts], self._stage(len(drafts)))
        self._under_way += len(drafts)
        try:
            async with self._alone:
                told = await self._insist(job, taken)
        finally:
            self._under_way -= len(drafts)
        return [Judged(draft, judgement, shadow) for draft, (judgement, shadow) in zip(drafts, told, strict=True)]

    def _stage(self, number: int) -> Stage:
        arriving = self._crowd.arrive(number, asyncio.get_running_loop().time())
        is_crowded = arriving > self._crowd_per_second or self._under_way + number > self._most_in_full
        return "fast" if is_crowded else "full"

    async def _insist(self, job: bytes, taken: Taken | None) -> list[Told]:
        for _ in range(TRIES):
            is_done = False
            try:
                async with asyncio.timeout(WALL_SECONDS):
                    told = TOLD.validate_json(await self._ask(job, taken))
                is_done = True
            except (asyncio.IncompleteReadError, ConnectionError, TimeoutError) as error:
                log.warning("the judge's process is started again", error=type(error).__name__)
            else:
                return told
            finally:
                if not is_done:  # also when whoever asked was cancelled: the answer would go to the next
                    await self.close()
        raise Unavailable("We cannot do this right now. Nothing was lost; please try again in a moment.")

    async def _ask(self, job: bytes, taken: Taken | None) -> bytes:
        child = await self._started()
        if taken and taken is not self._told:
            await _send(child, lesson_piece(taken))
            self._told = taken
        await _send(child, job)
        return await _piece(child)

    async def _started(self) -> asyncio.subprocess.Process:
        if self._child is None:
            # A session of its own: Ctrl-C reaches us, and we end it once what was taken in is answered.
            self._child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "intake.judge_child",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env=_environment(),
                start_new_session=True,
            )
            await _piece(self._child)
        return self._child

    async def close(self) -> None:
        """End the child. It also ends by itself when we do."""
        child, self._child, self._told = self._child, None, None
        if child is not None:
            if child.returncode is None:
                child.kill()
            await child.wait()


def _environment() -> dict[str, str]:
    """What a process needs to find its modules: it reads strangers' words, so it is given no secret."""
    return {name: value for name, value in os.environ.items() if not name.startswith("LOKET_")}


async def _send(child: asyncio.subprocess.Process, piece: bytes) -> None:
    if child.stdin is None:
        raise ConnectionError
    child.stdin.write(LENGTH.pack(len(piece)) + piece)
    await child.stdin.drain()


async def _piece(child: asyncio.subprocess.Process) -> bytes:
    if child.stdout is None:
        raise ConnectionError
    return await next_piece(child.stdout)
