"""Who sends a request: a bearer token or the session cookie, which on unsafe methods needs its form token too."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import cookie_name
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
    # A cookie goes along with any request a browser makes, also one that another site caused.
    is_proven = bearer or request.method in SAFE_METHODS
    if not is_proven and not entrance.is_form_token(viewer, request.headers.get(FORM_TOKEN_HEADER, "")):
        raise Forbidden("This did not come from a page of yours; reload the page and try again.")
    return viewer


async def _reader(request: Request, session: Reading, bearer: Bearer) -> Viewer:
    return await _who(request, session, bearer)


async def _actor(request: Request, session: Transaction, bearer: Bearer) -> Viewer:
    return await _who(request, session, bearer)


AnyReader = Depends(_reader)  # for routes that show everybody the same
Reader = Annotated[Viewer, AnyReader]  # in the read-only transaction of the request
Actor = Annotated[Viewer, Depends(_actor)]  # in the transaction of the request
