"""Named reads of what belongs together: duplicates that are likely, what was merged or split off, parents, children."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, text, union
from sqlalchemy.ext.asyncio import AsyncSession

from common.vocabulary import TicketState
from routing.queries import visible_to
from routing.tables import Link, Split, Ticket
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
    split_from: Ticket | None = None
    split_off: Sequence[Ticket] = ()
    elsewhere: Sequence[str] = ()  # the references of those split off that are not for the viewer's eyes
    from_elsewhere: str | None = None  # the same of where it was split off
    splits_under_way: int = 0  # parts that were split off and are not here yet as tickets

    @property
    def everybody(self) -> list[Ticket]:
        """All of them."""
        alone = (self.parent, self.into, self.linked_to, self.split_from)
        return [each for each in (*alone, *self.children, *self.merged, *self.split_off) if each]


# Few tickets of one person or one address are looked at, each by its index, so the words of few are compared.
LIKELY = text("""
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
    alike = {row.ticket_id: row.alike for row in await session.execute(LIKELY, sought(ticket))}
    if not alike:
        return []
    linked = select(Link.ticket_id).where(Link.to_id == ticket.ticket_id)
    leads_to = select(Link.to_id).where(Link.ticket_id == ticket.ticket_id)
    wanted = select(Ticket).where(
        Ticket.ticket_id.in_(alike),
        Ticket.state != TicketState.VOID,
        Ticket.ticket_id.not_in(union(linked, leads_to)),
        visible_to(viewer),
    )
    found = [Likely(t, is_same_person(t, ticket), alike[t.ticket_id]) for t in await session.scalars(wanted)]
    return sorted(found, key=lambda each: (-each.alike, each.ticket.ticket_id))[:MOST_SHOWN]


def sought(ticket: Ticket) -> dict[str, object]:
    """What the search goes by: who wrote, from where, around which time."""
    return {
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
    """What the ticket belongs with, as far as the viewer may see it; of what was split, always the references."""
    of, is_seen = ticket.ticket_id, visible_to(viewer)
    down = select(Link.kind, Ticket, is_seen).join(Ticket, Ticket.ticket_id == Link.ticket_id).where(Link.to_id == of)
    up = select(Link.kind, Ticket, is_seen).join(Ticket, Ticket.ticket_id == Link.to_id).where(Link.ticket_id == of)
    below = (await session.execute(down.order_by(Ticket.submitted_at))).all()
    above = {kind: (other, seen) for kind, other, seen in await session.execute(up)}
    gone_up = {other.ticket_id for kind, other, _ in below if kind == "merged"}
    split_off = [(other, seen) for kind, other, seen in below if kind == "split" and other.ticket_id not in gone_up]
    source, sees_source = (None, False) if "merged" in above else above.get("split", (None, False))
    beside = select(Ticket).where(Ticket.ticket_id == ticket.linked_to, is_seen)
    return Family(
        parent=_if_seen(above.get("child")),
        children=[other for kind, other, seen in below if kind == "child" and seen],
        merged=[other for kind, other, seen in below if kind == "merged" and seen],
        into=_if_seen(above.get("merged")),
        linked_to=await session.scalar(beside) if ticket.linked_to else None,
        split_from=source if sees_source else None,
        split_off=[other for other, seen in split_off if seen],
        elsewhere=[other.reference for other, seen in split_off if not seen],
        from_elsewhere=source.reference if source and not sees_source else None,
        splits_under_way=await _under_way(session, of),
    )


def _if_seen(found: tuple[Ticket, bool] | None) -> Ticket | None:
    return found[0] if found and found[1] else None


async def _under_way(session: AsyncSession, ticket_id: UUID) -> int:
    wanted = select(func.count()).where(Split.ticket_id == ticket_id, Split.new_ticket_id.is_(None))
    return int(await session.scalar(wanted) or 0)


# Up from a ticket, by what it was split off and in what it went up.
_LEADS_TO = text("""
WITH RECURSIVE up (ticket_id) AS (
    SELECT to_id FROM link WHERE ticket_id = :from_id AND kind IN ('split', 'merged')
    UNION
    SELECT link.to_id FROM link JOIN up ON link.ticket_id = up.ticket_id WHERE link.kind IN ('split', 'merged')
)
SELECT EXISTS (SELECT FROM up WHERE ticket_id = :to_id)
""")


async def comes_from(session: AsyncSession, ticket_id: UUID, other_id: UUID) -> bool:
    """Whether the ticket was split off the other, or off something that was, or that went up in it."""
    return bool(await session.scalar(_LEADS_TO, {"from_id": ticket_id, "to_id": other_id}))
