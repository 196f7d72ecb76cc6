"""Incidents over the API: what goes on, declared, widened and closed by leads."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from common.clock import now
from common.db import Reading, Transaction
from common.errors import BadInput, Forbidden
from common.vocabulary import Language, Topic
from routing import concerns, incidents
from routing.api.documented import refuses
from routing.api.shapes import Shape
from routing.concerns import MOST_NAMED, Plan
from routing.identity import Actor, Reader
from routing.incidents import LONGEST_TITLE, LONGEST_WORDS, Seen
from routing.inputs import Input, Line, Prose
from routing.reaches import NoArea, Reach, areas_of
from routing.viewer import Viewer

router = APIRouter(prefix="/api/incidents", tags=["incidents"])

Said = dict[Language, Annotated[Prose, Field(max_length=LONGEST_WORDS)]]
References = Annotated[list[Line], Field(max_length=MOST_NAMED)]


class PlanSent(Input):
    """An incident to declare: where it is felt, and what people are told in each language."""

    title: Annotated[Line, Field(max_length=LONGEST_TITLE)]
    topics: list[Topic] = Field(default_factory=list)
    queues: Annotated[list[Line], Field(max_length=50)] = Field(default_factory=list)
    areas: Annotated[list[Line], Field(max_length=200)] = Field(default_factory=list)
    references: References = Field(default_factory=list)
    words: Said
    per_minute: int = 600

    def plan(self) -> Plan:
        """The plan it is. Raises BadInput."""
        try:
            areas = areas_of(self.areas)
        except NoArea as error:
            raise BadInput("“%(area)s” is no beginning of a postcode.", area=str(error)) from error
        reach = Reach([topic.value for topic in self.topics], self.queues, areas)
        return Plan(
            title=self.title,
            reach=reach,
            references=self.references,
            words={language.value: said for language, said in self.words.items()},
            per_minute=self.per_minute,
        )


class ClosingSent(Input):
    """What people are told when it is over."""

    words: Said


class TicketsSent(Input):
    """Tickets that it is behind too."""

    references: References


class ExtentShown(Shape):
    """How many open tickets and people a plan concerns now."""

    tickets: int
    people: int


class IncidentShown(Shape):
    """An incident and how many it concerns."""

    id: UUID
    title: str
    topics: list[str]
    queues: list[str]
    areas: list[str]
    words: dict[str, str]
    closing_words: dict[str, str] | None
    tickets: int
    people: int
    declared_by: str
    declared_at: datetime
    closed_by: str | None
    closed_at: datetime | None

    @classmethod
    def of(cls, seen: Seen) -> Self:
        """The incident as it is told."""
        row = seen.incident
        return cls(
            id=row.incident_id,
            title=row.title,
            topics=row.topics,
            queues=row.queue_ids,
            areas=row.areas,
            words=row.words,
            closing_words=row.closing_words,
            tickets=seen.tickets,
            people=seen.people,
            declared_by=row.declared_by,
            declared_at=row.declared_at,
            closed_by=row.closed_by,
            closed_at=row.closed_at,
        )


class Declared(Shape):
    """The incident that was declared."""

    id: UUID


class Linked(Shape):
    """How many more tickets it is behind."""

    tickets: int


async def _leading(viewer: Reader) -> Viewer:
    if not viewer.is_lead:
        raise Forbidden("Only team leads may do this.")
    return viewer


async def _acting(viewer: Actor) -> Viewer:
    return await _leading(viewer)


Lead = Annotated[Viewer, Depends(_acting)]


@router.get("", responses=refuses(), dependencies=[Depends(_leading)])
async def list_incidents(session: Reading) -> list[IncidentShown]:
    """What goes on and went on, those that go on first."""
    return [IncidentShown.of(each) for each in await incidents.newest(session)]


@router.post("/extent", responses=refuses())
async def show_extent(sent: PlanSent, _lead: Lead, session: Reading) -> ExtentShown:
    """How many it would concern; nothing is told."""
    found = await concerns.extent(session, sent.plan())
    return ExtentShown(tickets=found.tickets, people=found.people)


@router.post("", status_code=201, responses=refuses())
async def declare_incident(sent: PlanSent, lead: Lead, session: Transaction) -> Declared:
    """Declares it, and tells everybody it concerns."""
    incident = await incidents.declare(session, sent.plan(), lead, now())
    return Declared(id=incident.incident_id)


@router.post("/{incident_id}/tickets", responses=refuses(404, 409))
async def link_tickets(incident_id: UUID, sent: TicketsSent, lead: Lead, session: Transaction) -> Linked:
    """Adds tickets to it, and tells their customers."""
    return Linked(tickets=await incidents.link(session, incident_id, sent.references, lead, now()))


@router.post("/{incident_id}/close", status_code=204, responses=refuses(404, 409))
async def close_incident(incident_id: UUID, sent: ClosingSent, lead: Lead, session: Transaction) -> None:
    """Closes it, and tells everybody it concerned."""
    said = {language.value: words for language, words in sent.words.items()}
    await incidents.close(session, incident_id, said, lead, now())
