"""Logging in and out over the API."""

from fastapi import APIRouter, Request, Response

from common.clock import now
from common.db import Transaction
from routing import staff
from routing.api.documented import refuses
from routing.api.shapes import Me, SessionBegun
from routing.identity import Actor, Reader, entrance_of
from routing.inputs import Credentials

router = APIRouter(prefix="/api/session", tags=["session"])


@router.post("", responses=refuses(429))
async def begin_session(credentials: Credentials, request: Request) -> SessionBegun:
    """A session for a name and its password."""
    address = request.client.host if request.client else "unknown"
    admitted = await entrance_of(request).admit(credentials.username, credentials.password, address)
    viewer = admitted.viewer
    return SessionBegun(
        token=admitted.token,
        csrf_token=admitted.form_token,
        expires_at=admitted.expires_at,
        agent_id=viewer.agent_id,
        username=viewer.username,
        name=viewer.name,
        role=viewer.role,
    )


@router.get("", responses=refuses())
async def show_session(viewer: Reader) -> Me:
    """Who is logged in, and which queues they work."""
    return Me(
        agent_id=viewer.agent_id,
        username=viewer.username,
        name=viewer.name,
        role=viewer.role,
        language=viewer.language,
        queues=sorted(viewer.queue_ids),
    )


@router.delete("", status_code=204, responses=refuses())
async def end_session(viewer: Actor, session: Transaction) -> Response:
    """The session is over."""
    await staff.log_out(session, viewer, now())
    return Response(status_code=204)
