"""Named reads of what belongs together: duplicates that are likely, what was merged, parents and children."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.vocabulary import TicketState
from routing.queries import visible_to
from routing.tables import Link, Ticket
from routing.transitions import OPEN
from routing.viewer import Viewer

LATELY = timedelta(days=14)
ALIKE = 0.3  # of the groups of three letters in both texts together; less is mostly the words of every letter
MOST_SHOWN = 5


@dataclass(frozen=True)
class Likely:
    """A ticket that may be about the same, and how much its words are alike, from 0 to 1."""

    ticket: Ticket
    is_same_person: bool
    alike: float

    @property
    def is_open(self) -> bool:
        """Whether it can still go up in another."""
        return self.ticket.state in OPEN


@dataclass(frozen=True)
class Family:
    """The tickets that a ticket is answered with, as far as the viewer may see them."""

    parent: Ticket | None
    children: Sequence[Ticket]
    merged: Sequence[Ticket]
    into: Ticket | None
    linked_to: Ticket | None  # which its first words answer, though they may not join it


# Few tickets of one person or one address are looked at, each by its index, so the words of few are compared.
_LIKELY = text("""
WITH near AS (
    (SELECT ticket_id FROM ticket WHERE person_id = :person_id AND submitted_at BETWEEN :since AND :until
     ORDER BY submitted_at DESC LIMIT :most)
    UNION
    (SELECT ticket_id FROM ticket WHERE lower(customer_email) = lower(:email)
     AND submitted_at BETWEEN :since AND :until ORDER BY submitted_at DESC LIMIT :most)
    UNION
    (SELECT ticket_id FROM ticket WHERE postcode IS NOT NULL AND house_number IS NOT NULL
     AND upper(replace(postcode, ' ', '')) = upper(replace(:postcode, ' ', ''))
     AND upper(house_number) = upper(:house_number)
     AND submitted_at BETWEEN :since AND :until ORDER BY submitted_at DESC LIMIT :most)
), first_words AS (
    SELECT DISTINCT ON (message.ticket_id) message.ticket_id, left(message.body, 1000) AS body
    FROM message WHERE message.kind = 'customer'
      AND message.ticket_id IN (SELECT ticket_id FROM near UNION SELECT cast(:ticket_id AS uuid))
    ORDER BY message.ticket_id, message.said_at, message.message_id
), said AS (
    SELECT ticket.ticket_id, ticket.subject || ' ' || coalesce(first_words.body, '') AS words
    FROM ticket LEFT JOIN first_words USING (ticket_id)
    WHERE ticket.ticket_id IN (SELECT ticket_id FROM near UNION SELECT cast(:ticket_id AS uuid))
)
SELECT other.ticket_id, similarity(other.words, own.words) AS alike
FROM said AS own JOIN said AS other ON other.ticket_id <> own.ticket_id
WHERE own.ticket_id = :ticket_id AND similarity(other.words, own.words) >= :alike
ORDER BY alike DESC, other.ticket_id LIMIT :most
""")
_MOST_COMPARED = 30


async def likely_duplicates(session: AsyncSession, ticket: Ticket, viewer: Viewer) -> list[Likely]:
    """Tickets of the same person or address within two weeks that say much the same, the most alike first.

    Those that were discarded, and those that the viewer may not see, are left out.
    """
    values = {
        "ticket_id": ticket.ticket_id,
        "person_id": ticket.person_id,
        "email": ticket.customer_email,
        "postcode": ticket.postcode,
        "house_number": ticket.house_number,
        "since": ticket.submitted_at - LATELY,
        "until": ticket.submitted_at + LATELY,
        "alike": ALIKE,
        "most": _MOST_COMPARED,
    }
    alike = {row.ticket_id: row.alike for row in await session.execute(_LIKELY, values)}
    if not alike:
        return []
    linked = select(Link.ticket_id).where(Link.to_id == ticket.ticket_id)
    wanted = select(Ticket).where(
        Ticket.ticket_id.in_(alike),
        Ticket.state != TicketState.VOID,
        Ticket.ticket_id.not_in(linked),
        visible_to(viewer),
    )
    found = [Likely(t, is_same_person(t, ticket), alike[t.ticket_id]) for t in await session.scalars(wanted)]
    return sorted(found, key=lambda each: (-each.alike, each.ticket.ticket_id))[:MOST_SHOWN]


def is_same_person(one: Ticket, other: Ticket) -> bool:
    """Whether both are from one person, by who they are or by where we write to them."""
    emails = [each.customer_email.strip().lower() if each.customer_email else None for each in (one, other)]
    return one.person_id == other.person_id or (emails[0] is not None and emails[0] == emails[1])


async def survivor_of(session: AsyncSession, ticket_id: UUID) -> UUID | None:
    """The ticket in which this one went up, if it did."""
    return await session.scalar(select(Link.to_id).where(Link.ticket_id == ticket_id, Link.kind == "merged"))


async def merged_into(session: AsyncSession, ticket_id: UUID) -> Sequence[UUID]:
    """The tickets that went up in this one."""
    return (await session.scalars(select(Link.ticket_id).where(Link.to_id == ticket_id, Link.kind == "merged"))).all()


async def children_of(session: AsyncSession, ticket_id: UUID) -> list[Ticket]:
    """The tickets that are answered together with this one, locked until commit, in a fixed order."""
    ids = select(Link.ticket_id).where(Link.to_id == ticket_id, Link.kind == "child")
    wanted = select(Ticket).where(Ticket.ticket_id.in_(ids)).order_by(Ticket.ticket_id).with_for_update()
    return list(await session.scalars(wanted.execution_options(populate_existing=True)))


async def family_of(session: AsyncSession, ticket: Ticket, viewer: Viewer) -> Family:
    """What the ticket belongs with, as far as the viewer may see it."""
    of = ticket.ticket_id
    down = select(Link.kind, Ticket).join(Ticket, Ticket.ticket_id == Link.ticket_id).where(Link.to_id == of)
    up = select(Link.kind, Ticket).join(Ticket, Ticket.ticket_id == Link.to_id).where(Link.ticket_id == of)
    below = (await session.execute(down.where(visible_to(viewer)).order_by(Ticket.submitted_at))).all()
    above = {row[0]: row[1] for row in await session.execute(up.where(visible_to(viewer)))}
    beside = select(Ticket).where(Ticket.ticket_id == ticket.linked_to, visible_to(viewer))
    return Family(
        parent=above.get("child"),
        children=[each for kind, each in below if kind == "child"],
        merged=[each for kind, each in below if kind == "merged"],
        into=above.get("merged"),
        linked_to=await session.scalar(beside) if ticket.linked_to else None,
    )
