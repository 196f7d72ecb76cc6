"""Tickets that belong together: likely duplicates, merged ones, parents and children, what was split off."""

from uuid import UUID

from fastapi import APIRouter

from common.clock import now
from common.db import Reading, Transaction
from routing import linking, links, queries, splitting
from routing.acting import Intent
from routing.api.documented import refuses
from routing.api.shapes import Family, LikelyShown, TicketShown
from routing.api.work import shown
from routing.identity import Actor, Reader
from routing.inputs import Splitting, Together

router = APIRouter(prefix="/api/work/{ticket_id}", tags=["links"], responses=refuses(404, 409, 423))


@router.get("/duplicates")
async def list_duplicates(ticket_id: UUID, viewer: Reader, session: Reading) -> list[LikelyShown]:
    """Tickets of the same person or address within two weeks that say much the same, the most alike first."""
    ticket = await queries.ticket_for(session, ticket_id, viewer)
    likely = await links.likely_duplicates(session, ticket, viewer)
    tickets = await shown(session, [each.ticket for each in likely])
    return [
        LikelyShown(ticket=ticket, same_person=each.is_same_person, alike=round(each.alike, 2))
        for ticket, each in zip(tickets, likely, strict=True)
    ]


@router.get("/family")
async def show_family(ticket_id: UUID, viewer: Reader, session: Reading) -> Family:
    """The tickets this one belongs with."""
    ticket = await queries.ticket_for(session, ticket_id, viewer)
    found = await links.family_of(session, ticket, viewer)
    return Family(
        parent=next(iter(await shown(session, [found.parent] if found.parent else [])), None),
        children=await shown(session, found.children),
        merged=await shown(session, found.merged),
        into=next(iter(await shown(session, [found.into] if found.into else [])), None),
        linked_to=next(iter(await shown(session, [found.linked_to] if found.linked_to else [])), None),
        split_from=next(iter(await shown(session, [found.split_from] if found.split_from else [])), None),
        split_off=await shown(session, found.split_off),
        elsewhere=list(found.elsewhere),
        from_elsewhere=found.from_elsewhere,
        splits_under_way=found.splits_under_way,
    )


@router.post("/merge")
async def merge(ticket_id: UUID, sent: Together, viewer: Actor, session: Transaction) -> TicketShown:
    """The other ticket goes up in this one; what its customer writes from now on arrives here."""
    ticket = await linking.merge(session, Intent(viewer, ticket_id, sent.version, now()), sent.other)
    return (await shown(session, [ticket]))[0]


@router.post("/adopt")
async def adopt(ticket_id: UUID, sent: Together, viewer: Actor, session: Transaction) -> TicketShown:
    """The other ticket is answered together with this one: resolving this answers both customers."""
    ticket = await linking.adopt(session, Intent(viewer, ticket_id, sent.version, now()), sent.other)
    return (await shown(session, [ticket]))[0]


@router.post("/part")
async def part(ticket_id: UUID, sent: Together, viewer: Actor, session: Transaction) -> TicketShown:
    """The other ticket is answered by itself again."""
    ticket = await linking.part(session, Intent(viewer, ticket_id, sent.version, now()), sent.other)
    return (await shown(session, [ticket]))[0]


@router.post("/split")
async def split(ticket_id: UUID, sent: Splitting, viewer: Actor, session: Transaction) -> TicketShown:
    """A part of what the customer wrote becomes a ticket of its own, within a second; `family` then says which."""
    ticket = await splitting.ask(session, Intent(viewer, ticket_id, sent.version, now()), _part_of(sent))
    return (await shown(session, [ticket]))[0]


def _part_of(sent: Splitting) -> splitting.Part:
    return splitting.Part(sent.split, sent.message, sent.subject, sent.body, sent.attachments)
