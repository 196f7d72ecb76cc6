"""The town's stories told: customers write through intake, colleagues act through routing, each at their time.

Routing hears from here first what a customer wrote, as of the moment in the story, so that its decisions, clocks and
leases stand where they would have stood. The same event comes to it through the log too, and its inbox drops it.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from random import Random
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common import outbox
from common.bus import Delivery, Record
from common.clock import now
from common.db import Database
from common.events import MessageReceived, TicketSubmitted
from common.inbox import Inbox
from common.vocabulary import TicketState
from embedded.town.crew import Crew
from embedded.town.library import Phrases
from embedded.town.pace import DAY, HOUR, MINUTE, between
from embedded.town.story import FAULTS, Scene, Story
from intake import messages, tickets
from intake.drafts import Said
from intake.messages import NotSolved, Opinion
from intake.visitors import Visitor
from routing import replies, work
from routing.consumers import GROUP
from routing.tables import Ticket

BATCH = 20  # stories in one transaction
JUDGED = frozenset({TicketState.RESOLVED, TicketState.CLOSED})
SHARE_JUDGED = 0.45
SCORES = {"pleased": (5, 5, 4, 5, 4), "displeased": (3, 2, 1, 3)}
SHARE_PLEASED, SHARE_WITH_WORDS = 0.8, 0.6

_UNSENT = text("""
SELECT event_id AS id, topic, key, type, version, emitted_at AS time, 'intake' AS source, body, causation, traceparent
FROM outbox WHERE key = ANY(cast(:keys AS uuid[])) ORDER BY seq
""")


class Teller:
    """Tells stories in the databases of intake and routing."""

    def __init__(self, databases: Mapping[str, Database], crew: Crew, chance: Random) -> None:
        self._intake, self._routing = databases["intake"], databases["routing"]
        self._crew = crew
        self._phrases = Phrases(chance)
        self._chance = chance

    async def tell(self, stories: Sequence[Story], told: Callable[[int], None]) -> None:
        """Every story as far as it goes; `told` hears how many are. One that fails has `is_told` false."""
        done = 0
        for batch in _batches(stories):
            for number in range(max(len(story.plot.chapters) for story in batch)):
                going_on = [story for story in batch if story.is_told and len(story.plot.chapters) > number]
                await self._chapter(going_on, number)
            done += len(batch)
            told(done)

    async def _chapter(self, stories: Sequence[Story], number: int) -> None:
        """What the customers write and what colleagues then do, visible to the running services only when complete."""
        async with self._intake.transaction() as session:
            for story in stories:
                story.is_told = False
                await self._write(session, story, number)
            await outbox.write(session)
            found = await session.execute(_UNSENT, {"keys": [story.ticket_id for story in stories]})
            records = [Record(**row) for row in found.mappings()]
            await self._inbox(stories, number).take([Delivery(r.topic, 0, 0, r) for r in records])

    async def _write(self, session: AsyncSession, story: Story, number: int) -> None:
        if number == 0:
            receipt = await tickets.submit(session, story.judged, story.moment)
            story.ticket_id, story.reference = receipt.ticket_id, receipt.reference
            return
        chapter = story.plot.chapters[number]
        story.goes_on(chapter.when, self._chance)
        group = "fault" if story.group in FAULTS else story.group
        said = story.owes if chapter.said == "answering" else self._phrases.line(story.language, chapter.said, group)
        words = Said(said, story.judged.draft.channel)
        await messages.add(session, Visitor(story.reference), words, story.moment)

    def _inbox(self, stories: Sequence[Story], number: int) -> Inbox:
        """Routing's inbox, with a clock that shows the time of the story, and colleagues who act at once."""
        by_ticket = {story.ticket_id: story for story in stories}

        async def accept(session: AsyncSession, event: TicketSubmitted, _now: datetime) -> None:
            await work.accept(session, [event], event.submitted_at)
            await self._act(session, await session.get_one(Ticket, event.ticket_id), by_ticket, number)

        async def receive(session: AsyncSession, event: MessageReceived, _now: datetime) -> None:
            await self._act(session, await replies.receive(session, event, event.received_at), by_ticket, number)

        return Inbox(self._routing, {TicketSubmitted: accept, MessageReceived: receive}, GROUP)

    async def _act(
        self, session: AsyncSession, ticket: Ticket, stories: Mapping[UUID | None, Story], number: int
    ) -> None:
        story = stories[ticket.ticket_id]
        scene = Scene(session, ticket, story, self._crew, self._phrases, self._chance)
        for act in story.plot.chapters[number].acts:
            await act(scene)
        story.is_told = True

    async def judge(self, stories: Sequence[Story]) -> None:
        """Some customers say how they found the answer; intake must have heard that there is one."""
        solved = [story for story in stories if story.is_told and story.plot.ends in JUDGED]
        heard = [story for story in solved if self._chance.random() < SHARE_JUDGED]
        for batch in _batches(heard):
            async with self._intake.transaction() as session:
                for story in batch:
                    at = min(story.moment + between(self._chance, HOUR, 2 * DAY), now() - MINUTE)
                    with suppress(NotSolved):
                        opinion = self._opinion(story)
                        await messages.give_feedback(session, Visitor(story.reference), opinion, at)

    def _opinion(self, story: Story) -> Opinion:
        mood = "pleased" if self._chance.random() < SHARE_PLEASED else "displeased"
        score = self._chance.choice(SCORES[mood])
        has_words = self._chance.random() < SHARE_WITH_WORDS
        comment = self._phrases.line(story.language, mood) if has_words else None
        return Opinion(score, comment, is_solved=True if score > 1 else None)


def _batches(stories: Sequence[Story]) -> list[Sequence[Story]]:
    return [stories[at : at + BATCH] for at in range(0, len(stories), BATCH)]
