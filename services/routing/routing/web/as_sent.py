"""A customer's mail as it was sent: whoever may read its words may see how it looked."""

from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from common.auth import Seal
from common.clock import now
from common.db import Reading
from common.vocabulary import Channel
from routing import queries
from routing.conversation import thread_of
from routing.web.browser import Visitor

router = APIRouter(include_in_schema=False)
LINK_LIFE = timedelta(minutes=1)  # followed at once; the right to see it is asked each time


@router.get("/desk/tickets/{ticket_id}/messages/{message_id}/sent")
async def as_sent(request: Request, viewer: Visitor, session: Reading, ticket_id: UUID, message_id: UUID) -> Response:
    """On to the mail behind a message of this ticket, where mail is kept. Raises NoSuchTicket."""
    ticket = await queries.ticket_for(session, ticket_id, viewer)
    said = (await thread_of(session, ticket)).messages
    if not any(each.message_id == message_id and is_mail(each.kind, each.channel) for each in said):
        raise queries.NoSuchTicket("There is no such ticket.")
    seal: Seal = request.app.state.seal
    # Without a host: the frame may hold pages of the very address that the desk is open at, and no others.
    return RedirectResponse(seal.mail_link("", message_id, viewer.agent_id, now() + LINK_LIFE), 303)


def is_mail(kind: str, channel: Channel | None) -> bool:
    """Whether a message came in as mail."""
    return kind == "customer" and channel is Channel.EMAIL
