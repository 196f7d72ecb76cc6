"""One ticket's story: the plot it follows, where it has come to, and the scene that colleagues act in."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Literal, TypeAlias
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.texts import words
from common.texts.spoken import Spoken
from common.vocabulary import Language, TicketState
from embedded.town.crew import Crew
from embedded.town.library import ANY, GROUP_OF, Letter, Phrases, Resident
from embedded.town.pace import DAY, HOUR, MINUTE, Span, between, onwards, worked
from intake.drafts import Judged
from routing.acting import Intent
from routing.calendars import later
from routing.deciding import OFFICE
from routing.tables import Ticket
from routing.viewer import Viewer

Act: TypeAlias = Callable[["Scene"], Awaitable[None]]
Kind = Literal["routine", "specialist", "technical", "mistaken", "unclear", "nothing"]
When = Literal["later", "today", "now"]
FAULTS = frozenset({"outage", "repair", "installation", "outside"})
VISIT = timedelta(hours=2)
UNTOLD = 30 * MINUTE  # what is past ends that long ago, so that nothing it waits for is due while it is told


@dataclass(frozen=True)
class Chapter:
    """What colleagues do after a customer wrote; `said` names the situation in which the customer does."""

    acts: tuple[Act, ...] = ()
    said: str = "letter"
    when: When = "later"


@dataclass(frozen=True)
class Plot:
    """How a ticket of some kind goes, how often that happens, and how long ago it began."""

    kind: Kind
    ends: TicketState
    weight: int
    ago: Span
    chapters: tuple[Chapter, ...] = (Chapter(),)
    is_twin: bool = False  # the same letter as an earlier one, sent again


@dataclass
class Story:
    """A plot with somebody's name and words in it."""

    plot: Plot
    resident: Resident
    letter: Letter
    judged: Judged
    moment: datetime  # how far it is told; in the beginning, when the customer wrote
    is_live: bool = False  # what is told from here on happened within the last minutes
    owes: str = ""  # what the customer will answer to the question asked last
    asked_in: str = ""  # the queue asked last
    replies: str = ""  # what that queue will answer
    visit_at: datetime | None = None
    ticket_id: UUID | None = None
    reference: str = ""
    is_told: bool = True

    @property
    def language(self) -> Language:
        """The customer's language."""
        return self.resident.language

    @property
    def group(self) -> str:
        """Which letters are answered like this one."""
        return GROUP_OF[self.letter.topic] if self.letter.topic else ANY

    @property
    def limit(self) -> datetime:
        """What is told happened before this moment."""
        return now() - (MINUTE if self.is_live else UNTOLD)

    def go_live(self, chance: Random) -> None:
        """From here on everything happened just now, well within a lease."""
        self.is_live = True
        self.moment = max(self.moment, now() - between(chance, 4 * MINUTE, 22 * MINUTE))

    def goes_on(self, when: When, chance: Random) -> None:
        """Let time pass until the customer writes again."""
        if when == "now":
            self.go_live(chance)
        elif when == "today":
            self.moment = max(self.moment, now() - between(chance, HOUR, 10 * HOUR))
        else:
            pause = between(chance, HOUR, DAY)
            self.moment = onwards(self.moment, self.limit, lambda: self.moment + pause)


@dataclass(frozen=True)
class Scene:
    """A ticket before colleagues, in a transaction of routing."""

    session: AsyncSession
    ticket: Ticket
    story: Story
    crew: Crew
    phrases: Phrases
    chance: Random

    def intent(self, viewer: Viewer | None = None) -> Intent:
        """What the holder, or somebody else, wants to do now."""
        by = viewer or self.crew.holder_of(self.ticket)
        return Intent(by, self.ticket.ticket_id, self.ticket.version, self.story.moment)

    def rest(self, least_minutes: float, most_minutes: float) -> None:
        """Let some office time pass; seconds when the story is live."""
        story, minutes = self.story, self.chance.uniform(least_minutes, most_minutes)
        if story.is_live:
            wanted = story.moment + timedelta(seconds=self.chance.uniform(20, 100))
            story.moment = onwards(story.moment, story.limit, lambda: wanted)
        else:
            story.moment = worked(story.moment, minutes, story.limit)

    def until(self, moment: datetime) -> datetime | None:
        """The moment, if it is still to come: what is told must not be woken while it is told."""
        return moment if moment > now() + HOUR else None

    def answer(self, situation: str, group: str | None = None) -> str:
        """What the holder writes to the customer."""
        return self.framed(self.phrases.line(self.story.language, situation, group or self.story.group))

    def framed(self, body: str) -> str:
        """The holder's words with greeting and closing, and everything filled in."""
        story = self.story
        spoken = Spoken(words("common", story.language), OFFICE.zone, lambda: story.moment)
        soon = later(OFFICE, story.moment, timedelta(hours=10 * self.chance.randint(1, 4)))
        visit = story.visit_at or soon
        cents = Decimal(self.chance.randint(1200, 38000)).scaleb(-2)
        return self.phrases.framed(story.language, body).format(
            title=story.resident.title,
            surname=story.resident.surname,
            agent=self.crew.holder_of(self.ticket).name,
            date=spoken.on_day(soon),
            window=spoken.window(visit, visit + VISIT),
            amount=spoken.money(cents),
        )
