"""Who sends a request: a bearer token or the session cookie, which on unsafe methods needs its form token too."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Staff, cookie_name
from common.db import Reading, Transaction
from common.errors import Forbidden, Unauthorised
from routing.entrance import Entrance
from routing.viewer import Viewer

COOKIE = "session"
FORM_TOKEN_HEADER = "x-csrf-token"  # noqa: S105 - a header's name
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}

Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]


def entrance_of(request: Request) -> Entrance:
    """The entrance of this application."""
    entrance: Entrance = request.app.state.entrance
    return entrance


def session_cookie(request: Request) -> str:
    """The name of the session cookie at this address."""
    return cookie_name(COOKIE, request.app.state.public_url)


async def in_this_browser(request: Request, session: AsyncSession) -> Viewer | None:
    """Who is logged in by cookie, if anybody."""
    token = request.cookies.get(session_cookie(request))
    return await entrance_of(request).viewer(session, token) if token else None


async def _who(request: Request, session: AsyncSession, bearer: HTTPAuthorizationCredentials | None) -> Viewer:
    entrance = entrance_of(request)
    if bearer:
        viewer = await entrance.viewer(session, bearer.credentials)
    else:
        viewer = await in_this_browser(request, session)
    if viewer is None:
        raise Unauthorised("Please log in first.")
    _check_proof(request, viewer, is_proven=bearer is not None)
    return viewer


def told_by(request: Request) -> Staff:
    """Who a request says it is from, by a token or cookie of ours; whether the session lives is still to be asked.

    For lean routes. Raises Unauthorised, Forbidden without the form token.
    """
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    is_proven = scheme.lower() == "bearer" and bool(credentials)
    told = entrance_of(request).told(credentials if is_proven else request.cookies.get(session_cookie(request), ""))
    if told is None:
        raise Unauthorised("Please log in first.")
    _check_proof(request, told, is_proven=is_proven)
    return told


def _check_proof(request: Request, who: Viewer | Staff, *, is_proven: bool) -> None:
    """A cookie goes along with any request a browser makes, also one that another site caused."""
    if is_proven or request.method in SAFE_METHODS:
        return
    if not entrance_of(request).is_form_token(who, request.headers.get(FORM_TOKEN_HEADER, "")):
        raise Forbidden("This did not come from a page of yours; reload the page and try again.")


async def _reader(request: Request, session: Reading, bearer: Bearer) -> Viewer:
    return await _who(request, session, bearer)


async def _actor(request: Request, session: Transaction, bearer: Bearer) -> Viewer:
    return await _who(request, session, bearer)


AnyReader = Depends(_reader)  # for routes that show everybody the same
Reader = Annotated[Viewer, AnyReader]  # in the read-only transaction of the request
Actor = Annotated[Viewer, Depends(_actor)]  # in the transaction of the request


def leading(viewer: Viewer) -> Viewer:
    """The same viewer, who is a lead. Raises Forbidden."""
    if not viewer.is_lead:
        raise Forbidden("Only team leads may do this.")
    return viewer


async def _reading_lead(viewer: Reader) -> Viewer:
    return leading(viewer)


async def _acting_lead(viewer: Actor) -> Viewer:
    return leading(viewer)


LeadsOnly = Depends(_reading_lead)  # for routes that show all leads the same
LeadsActOnly = Depends(_acting_lead)
ReadingLead = Annotated[Viewer, LeadsOnly]
ActingLead = Annotated[Viewer, LeadsActOnly]
