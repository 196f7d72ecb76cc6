"""What the tables know of mails that wait to be placed: the tickets they name, and what their senders did lately."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Seal, ticket_named
from common.events import CATALOGUE
from common.vocabulary import HandlingClass, TicketState
from intake.joining import Known, tag
from intake.mail.inbound import InboundMail
from intake.mail_rows import Mail, SentMail
from intake.standing import standing
from intake.tables import Step, Ticket

HOUR = timedelta(hours=1)
MERGED = "ticket.merged"
MOST_MERGES = 5  # one after another


@dataclass(frozen=True, slots=True)
class Named:
    """The tickets a mail names: by tokens, and by Message-IDs we know."""

    tokens: Sequence[str]
    ids: Sequence[str]
    delivery_ids: Sequence[UUID]


@dataclass
class Knowledge:
    """What is known, for a whole batch."""

    tickets: dict[UUID, Known] = field(default_factory=dict)
    by_rfc_id: dict[str, UUID] = field(default_factory=dict)
    by_delivery: dict[UUID, UUID] = field(default_factory=dict)
    new: Counter[str] = field(default_factory=Counter)  # tickets by sender, in the last hour
    said: Counter[str] = field(default_factory=Counter)
    alike: Counter[tuple[str, bytes]] = field(default_factory=Counter)

    def proven(self, named: Named, sender: str, seal: Seal) -> Known | None:
        """The ticket of the first token that was made for this sender."""
        for token in named.tokens:
            if (ticket_id := seal.answered_ticket(token, sender)) and (known := self.tickets.get(ticket_id)):
                return known
        return None

    def named(self, named: Named) -> Known | None:
        """The ticket that the mail names without proof."""
        delivered = [self.by_delivery.get(each) for each in named.delivery_ids]
        earlier = [self.by_rfc_id.get(each) for each in named.ids]
        tokens = [ticket_named(token) for token in named.tokens]
        found = [*delivered, *earlier, *tokens]
        return next((self.tickets[each] for each in found if each in self.tickets), None)


def named_by(mail: InboundMail, recipient: str) -> Named:
    """What the mail names, the envelope's recipient first."""
    lefts = [each.partition("@")[0] for each in mail.answers]
    addressed = [tag(address) for address in (recipient, *mail.recipients)]
    tokens = [token for token in (*addressed, *lefts) if ticket_named(token)]
    deliveries = [found for left in lefts if (found := _uuid(left))]
    if mail.bounced and mail.bounced.delivery_id:
        deliveries.insert(0, mail.bounced.delivery_id)
    return Named(list(dict.fromkeys(tokens)), mail.answers, deliveries)


def _uuid(left: str) -> UUID | None:
    try:
        return UUID(left) if len(left) == len(str(UUID(int=0))) else None
    except ValueError:
        return None


async def know(session: AsyncSession, mails: Iterable[tuple[InboundMail, Named]], now: datetime) -> Knowledge:
    """Everything that placing these mails needs, in a handful of queries."""
    mails = list(mails)
    found = Knowledge()
    found.by_rfc_id = await _by_rfc_id(session, {each for _, named in mails for each in named.ids})
    found.by_delivery = await _by_delivery(session, {each for _, named in mails for each in named.delivery_ids})
    by_token = {ticket_named(token) for _, named in mails for token in named.tokens}
    ids = {*by_token, *found.by_rfc_id.values(), *found.by_delivery.values()} - {None}
    found.tickets = await tickets_named(session, [each for each in ids if each])
    await _count(session, found, {mail.sender.email for mail, _ in mails}, now)
    return found


async def _by_rfc_id(session: AsyncSession, ids: set[str]) -> dict[str, UUID]:
    if not ids:
        return {}
    wanted = select(Mail.rfc_id, Mail.ticket_id).where(Mail.rfc_id.in_(ids), Mail.ticket_id.is_not(None))
    rows = await session.execute(wanted.where(Mail.state == "settled").order_by(Mail.mail_id.desc()))
    return {rfc_id: ticket_id for rfc_id, ticket_id in rows if rfc_id and ticket_id}


async def _by_delivery(session: AsyncSession, ids: set[UUID]) -> dict[UUID, UUID]:
    if not ids:
        return {}
    rows = await session.execute(select(SentMail.delivery_id, SentMail.ticket_id).where(SentMail.delivery_id.in_(ids)))
    return {row.delivery_id: row.ticket_id for row in rows}


async def tickets_named(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Known]:
    """The tickets; one that went up in another is that other, under the address it had itself."""
    own, moved = await _as_they_are(session, ids)
    found = dict(own)
    for _ in range(MOST_MERGES):
        if not moved:
            break
        others, further = await _as_they_are(session, list(moved.values()))
        for old, into in moved.items():
            if old in own and (other := others.get(into)):
                found[old] = replace(other, email=own[old].email)
        moved = {old: further[into] for old, into in moved.items() if into in further}
    return found


async def _as_they_are(session: AsyncSession, ids: Sequence[UUID]) -> tuple[dict[UUID, Known], dict[UUID, UUID]]:
    """These tickets, and which of them went up in which other."""
    if not ids:
        return {}, {}
    rows = (await session.scalars(select(Ticket).where(Ticket.ticket_id.in_(ids)))).all()
    steps = await session.scalars(select(Step).where(Step.ticket_id.in_(ids)).order_by(Step.ticket_id, Step.step_id))
    told = {key: list(group) for key, group in groupby(steps, key=lambda step: step.ticket_id)}
    merged = (step for each in told.values() for step in each if step.type == MERGED)
    moved = {step.ticket_id: UUID(step.facts["into_ticket_id"]) for step in merged}
    return {row.ticket_id: _known(row, told.get(row.ticket_id, [])) for row in rows}, moved


def _known(row: Ticket, steps: Sequence[Step]) -> Known:
    judged = HandlingClass(row.handling_class) if row.handling_class else None
    now = standing(judged, [CATALOGUE[step.type].model_validate(step.facts) for step in steps])
    return Known(row.ticket_id, row.email, now.state is TicketState.VOID, now.resolved_at)


_LATELY = text("""
SELECT sender, count(*) FILTER (WHERE thread IN ('new', 'linked')) AS new,
    count(*) FILTER (WHERE thread = 'joined') AS said
FROM mail WHERE sender = ANY (cast(:senders AS text[])) AND received_at > :since AND state = 'settled' GROUP BY sender
""")


async def _count(session: AsyncSession, found: Knowledge, senders: set[str], now: datetime) -> None:
    rows = await session.execute(_LATELY, {"senders": list(senders), "since": now - HOUR})
    for sender, new, said in rows:
        found.new[sender], found.said[sender] = new, said
    alike = (
        select(Mail.sender, Mail.shape, func.count())
        .where(Mail.sender.in_(senders), Mail.received_at > now - HOUR, Mail.shape.is_not(None))
        .group_by(Mail.sender, Mail.shape)
    )
    for address, shape, number in await session.execute(alike):
        if address and shape:
            found.alike[address, shape] = number
