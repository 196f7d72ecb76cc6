"""What the three panes of the desk show, read for one viewer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.vocabulary import Language
from routing import incidents, queries
from routing.conversation import Thread, thread_of
from routing.deciding import rulebook
from routing.links import Family, Likely, family_of, likely_duplicates
from routing.masking import fit_for, is_masked
from routing.people import names_of
from routing.permitted import permitted
from routing.searching import Search, found_by
from routing.tables import Audit, Incident, Message, Queue, Ticket
from routing.transitions import OPEN, Act
from routing.viewer import Viewer

PAGE = 50
COUNTED = 1000  # more than this in a queue is shown as 999+
TOLD = {  # what stands between the messages of a conversation
    Act.TAKE,
    Act.ESCALATE,
    Act.RETURN,
    Act.TRANSFER,
    Act.RECLASSIFY,
    Act.WAIT,
    Act.RESUME,
    Act.RESOLVE,
    Act.RELEASE,
    Act.EXPIRE,
    Act.REOPEN,
    Act.CLOSE,
    Act.VOID,
    Act.MERGE,
    Act.MERGED,
    Act.ADOPT,
    Act.JOIN,
    Act.PART,
    Act.ANSWER,
    Act.SPLIT,
    Act.REVISE,
}


@dataclass(frozen=True)
class ListPane:
    """The left pane: some tickets, and the queues."""

    kind: str  # mine, queue or search
    tickets: Sequence[Ticket]
    queues: Sequence[queries.QueueSeen]
    queue: queries.QueueSeen | None = None
    more: queries.Place | None = None  # where the next page begins
    words: str = ""

    @property
    def waiting(self) -> int:
        """How many tickets wait in the viewer's own queues."""
        return sum(queue.waiting for queue in self.queues if queue.is_mine)


@dataclass(frozen=True)
class TicketPane:
    """The middle and the right pane: a ticket and what surrounds it."""

    ticket: Ticket
    queue: Queue
    thread: Thread
    others: Sequence[Ticket]
    names: Mapping[UUID, str]
    acts: frozenset[Act]
    likely: Sequence[Likely]  # perhaps the same need
    family: Family
    moves_to: Sequence[Queue]  # the queues it could be transferred to
    incidents: Sequence[Incident]  # the causes behind it

    def may(self, act: str) -> bool:
        """Whether the viewer may do this now."""
        return act in self.acts

    @property
    def is_masked(self) -> bool:
        """Whether its words are kept from the viewer until they say why they must read them."""
        return is_masked(self.ticket)

    @property
    def customer_words(self) -> Sequence[Message]:
        """What the customer wrote, the latest first: what a part can be split off from."""
        return [said for said in reversed(self.thread.messages) if said.kind == "customer"]

    @property
    def other_languages(self) -> Sequence[Language]:
        """In which languages those read who are answered together with this customer, when they are others."""
        spoken = {each.customer_language for each in self.family.children} - {self.ticket.customer_language}
        return sorted(spoken)

    @property
    def is_sender_doubted(self) -> bool:
        """Whether nothing proves that who wrote first is who they say."""
        first = next((said for said in self.thread.messages if said.ticket_id == self.ticket.ticket_id), None)
        return first is not None and first.is_sender_verified is False

    @property
    def conversation(self) -> list[Message | Audit]:
        """What was said, and between it what was done, in the order in which it happened."""
        told = [change for change in self.thread.history if change.act in TOLD]
        entries: list[Message | Audit] = [*self.thread.messages, *told]
        return sorted(entries, key=lambda entry: entry.said_at if isinstance(entry, Message) else entry.acted_at)

    @property
    def holder(self) -> str:
        """The name of who holds it, or nothing."""
        return self.names.get(self.ticket.holder_id, "") if self.ticket.holder_id else ""


async def my_work(session: AsyncSession, viewer: Viewer, now: datetime) -> ListPane:
    """What the viewer holds."""
    tickets = await queries.held_by(session, viewer)
    return ListPane("mine", tickets, await queries.queues_seen_by(session, viewer, now, most=COUNTED))


async def waiting_in(
    session: AsyncSession, viewer: Viewer, queue_id: str, now: datetime, after: queries.Place | None = None
) -> ListPane:
    """What waits in a queue. Raises NoSuchQueue."""
    found = await queries.open_queue(session, queue_id, viewer, after=after, most=PAGE + 1)
    tickets = found[:PAGE]
    seen = await queries.queues_seen_by(session, viewer, now, most=COUNTED)
    last = tickets[-1] if len(found) > PAGE else None
    more = queries.Place(last.priority, last.due_at, last.submitted_at, last.ticket_id) if last else None
    return ListPane("queue", tickets, seen, next(q for q in seen if q.queue_id == queue_id), more)


async def found(session: AsyncSession, viewer: Viewer, words: str, now: datetime) -> ListPane:
    """What a search finds."""
    tickets = await found_by(session, Search(words), viewer) if words else []
    return ListPane("search", tickets, await queries.queues_seen_by(session, viewer, now, most=COUNTED), words=words)


async def ticket_pane(session: AsyncSession, viewer: Viewer, ticket_id: UUID) -> TicketPane:
    """The ticket and what surrounds it. Raises NoSuchTicket."""
    ticket = await queries.ticket_shown(session, ticket_id, viewer)
    rules = await rulebook(session)
    queue = rules.queues[ticket.queue_id]
    is_asked = ticket.state in OPEN and not is_masked(ticket)
    likely = await likely_duplicates(session, ticket, viewer) if is_asked else []
    family = await family_of(session, ticket, viewer)
    shown = {each.ticket_id for each in (*family.everybody, *(one.ticket for one in likely))}
    others = [each for each in await queries.others_of(session, ticket, viewer) if each.ticket_id not in shown]
    return TicketPane(
        ticket=ticket,
        queue=queue,
        thread=fit_for(ticket, await thread_of(session, ticket)),
        others=others,
        names=await names_of(session, [ticket.holder_id, *(other.holder_id for other in others)]),
        acts=frozenset() if is_masked(ticket) else _acts(viewer, ticket, queue),
        likely=likely,
        family=family,
        incidents=[] if is_masked(ticket) else await incidents.behind(session, ticket_id),
        moves_to=[q for q in rules.queues.values() if q.queue_id != ticket.queue_id and viewer.sees_queue(q.queue_id)],
    )


def _acts(viewer: Viewer, ticket: Ticket, queue: Queue) -> frozenset[Act]:
    return permitted(viewer, ticket.state, ticket.holder_id, ticket.queue_id, queue.tier)
