"""Where members of staff ask for work: questions of the same moment are answered together, by one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from common.auth import Staff
from common.clock import now
from common.coalesce import Coalescer
from common.db import Database
from common.errors import Refusal, Unauthorised
from common.telemetry import current_traceparent
from routing import staff, taking, work
from routing.choosing import Asked
from routing.tables import Ticket
from routing.viewer import Viewer

MOST = 32  # questions at once: with more the first of them would wait long for the last


@dataclass(frozen=True, slots=True)
class Question:
    """Somebody with the token of a session wants the next ticket, out of these queues or out of all they work."""

    staff: Staff
    queue_ids: tuple[str, ...] | None = None
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """A ticket and who has it now."""

    ticket: Ticket
    viewer: Viewer


class Questions:
    """Answers questions for work in the order in which they come.

    One batch at a time: what comes meanwhile is the next one, and nobody waits for company. It has connections of its
    own, since those who ask from a page hold one while they wait.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._coalescer: Coalescer[Question, Given | None] = Coalescer(
            self._answer, most=MOST, in_flight=1, apart_seconds=(0.0, 0.0)
        )

    async def ask(self, question: Question) -> Given | None:
        """The ticket that should be worked on first, now in the hands of whoever asks; None when nothing waits.

        Raises Unauthorised when the session ended, NoSuchQueue, Forbidden, and what the database raised.
        """
        traceparent = current_traceparent()  # here, not in the batch, which belongs to many requests
        return await self._coalescer.do(replace(question, traceparent=traceparent) if traceparent else question)

    async def _answer(self, questions: Sequence[Question]) -> list[Given | Refusal | None]:
        at = now()
        answers: list[Given | Refusal | None] = [None] * len(questions)
        asked: dict[int, Asked] = {}
        async with self._database.transaction() as session:
            viewers = await staff.viewers_of(session, [each.staff for each in questions], at)
            for n, each in enumerate(questions):
                try:
                    if (viewer := viewers.get(each.staff.session_id)) is None:
                        raise Unauthorised("Please log in first.")
                    found = await work.asking(session, viewer, each.queue_ids)
                    asked[n] = replace(found, traceparent=each.traceparent)
                except Refusal as refusal:
                    answers[n] = refusal
            for n, ticket in zip(asked, await taking.take(session, list(asked.values()), at), strict=True):
                answers[n] = Given(ticket, asked[n].viewer) if ticket else None
        return answers
