"""The acts on a ticket, one route each: parse, one call, show the ticket in its new version."""

from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.db import Transaction
from routing import finishing, moving, replies, tasks, waiting, work
from routing.acting import Intent
from routing.api.documented import refuses
from routing.api.shapes import TicketShown
from routing.api.work import shown
from routing.identity import Actor
from routing.inputs import (
    Answer,
    Discarding,
    HandOver,
    Plain,
    Question,
    Reclassified,
    Reopening,
    Resolution,
    Transfer,
    Waiting,
    Words,
)
from routing.tables import Ticket
from routing.viewer import Viewer

router = APIRouter(prefix="/api/work/{ticket_id}", tags=["acts"], responses=refuses(404, 409, 423))


@router.post("/take")
async def take(ticket_id: UUID, sent: Plain, viewer: Actor, session: Transaction) -> TicketShown:
    """The very ticket that was asked for, leased to the caller."""
    return await _after(session, await work.take(session, _intent(viewer, ticket_id, sent)))


@router.post("/reply")
async def reply(ticket_id: UUID, sent: Words, viewer: Actor, session: Transaction) -> TicketShown:
    """An answer to the customer."""
    return await _after(session, await replies.send(session, _intent(viewer, ticket_id, sent), sent.body))


@router.post("/note")
async def note(ticket_id: UUID, sent: Words, viewer: Actor, session: Transaction) -> TicketShown:
    """Words for colleagues that the customer never sees."""
    return await _after(session, await replies.note(session, _intent(viewer, ticket_id, sent), sent.body))


@router.post("/escalate")
async def escalate(ticket_id: UUID, sent: HandOver, viewer: Actor, session: Transaction) -> TicketShown:
    """From the front office to the back office."""
    intent = _intent(viewer, ticket_id, sent)
    return await _after(session, await moving.escalate(session, intent, sent.reason, sent.note))


@router.post("/return")
async def give_back(ticket_id: UUID, sent: HandOver, viewer: Actor, session: Transaction) -> TicketShown:
    """Back to the front office."""
    intent = _intent(viewer, ticket_id, sent)
    return await _after(session, await moving.give_back(session, intent, sent.reason, sent.note))


@router.post("/reclassify")
async def reclassify(ticket_id: UUID, sent: Reclassified, viewer: Actor, session: Transaction) -> TicketShown:
    """A person's judgement; the ticket may go to another queue."""
    correction = moving.Correction(sent.handling_class, sent.reason, sent.topic)
    return await _after(session, await moving.reclassify(session, _intent(viewer, ticket_id, sent), correction))


@router.post("/transfer")
async def transfer(ticket_id: UUID, sent: Transfer, viewer: Actor, session: Transaction) -> TicketShown:
    """To another queue."""
    return await _after(session, await moving.transfer(session, _intent(viewer, ticket_id, sent), sent.queue))


@router.post("/task")
async def task(ticket_id: UUID, sent: Question, viewer: Actor, session: Transaction) -> TicketShown:
    """A question to another department; the ticket waits for the answer."""
    intent = _intent(viewer, ticket_id, sent)
    return await _after(session, await tasks.ask(session, intent, sent.queue, sent.question))


@router.post("/answer")
async def answer(ticket_id: UUID, sent: Answer, viewer: Actor, session: Transaction) -> TicketShown:
    """The answer to such a question."""
    ticket = await tasks.answer(session, viewer, tasks.Reply(ticket_id, sent.task, sent.body), now())
    return await _after(session, ticket)


@router.post("/wait")
async def wait(ticket_id: UUID, sent: Waiting, viewer: Actor, session: Transaction) -> TicketShown:
    """The ticket stands still until somebody acts or the moment comes."""
    intent = _intent(viewer, ticket_id, sent)
    return await _after(session, await waiting.wait(session, intent, sent.party, sent.until))


@router.post("/resume")
async def resume(ticket_id: UUID, sent: Plain, viewer: Actor, session: Transaction) -> TicketShown:
    """Work on a waiting ticket goes on."""
    return await _after(session, await waiting.resume(session, _intent(viewer, ticket_id, sent)))


@router.post("/resolve")
async def resolve(ticket_id: UUID, sent: Resolution, viewer: Actor, session: Transaction) -> TicketShown:
    """The work is done and the customer hears of it."""
    intent = _intent(viewer, ticket_id, sent)
    return await _after(session, await finishing.resolve(session, intent, sent.outcome, sent.body))


@router.post("/release")
async def release(ticket_id: UUID, sent: Plain, viewer: Actor, session: Transaction) -> TicketShown:
    """Back in its queue, for anybody to take."""
    return await _after(session, await work.release(session, _intent(viewer, ticket_id, sent)))


@router.post("/reopen")
async def reopen(ticket_id: UUID, sent: Reopening, viewer: Actor, session: Transaction) -> TicketShown:
    """A resolved ticket is work again."""
    return await _after(session, await finishing.reopen(session, _intent(viewer, ticket_id, sent), sent.reason))


@router.post("/void")
async def discard(ticket_id: UUID, sent: Discarding, viewer: Actor, session: Transaction) -> TicketShown:
    """A ticket that is no work at all."""
    intent = _intent(viewer, ticket_id, sent)
    return await _after(session, await finishing.discard(session, intent, sent.reason, sent.note))


@router.post("/keep")
async def keep(ticket_id: UUID, viewer: Actor, session: Transaction) -> TicketShown:
    """The holder is still at it: a longer lease, the same version."""
    return await _after(session, await work.keep(session, viewer, ticket_id, now()))


def _intent(viewer: Viewer, ticket_id: UUID, sent: Plain) -> Intent:
    return Intent(viewer, ticket_id, sent.version, now())


async def _after(session: AsyncSession, ticket: Ticket) -> TicketShown:
    return (await shown(session, [ticket]))[0]
