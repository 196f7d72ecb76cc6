"""Who asks: staff with a session of routing, by bearer token or by cookie."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Seal, Staff, cookie_name
from common.db import Reading
from common.errors import Forbidden, Unauthorised
from common.vocabulary import Role
from notifications.queries import is_ended

COOKIE = "session"
_bearer = HTTPBearer(auto_error=False, description="The token from POST /api/session.", scheme_name="staffToken")
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


async def admitted(request: Request, session: AsyncSession, token: str | None) -> Staff:
    """The member of staff whose session this is; not a partner. Raises Unauthorised, Forbidden."""
    seal: Seal = request.app.state.seal
    staff = seal.open_session(token or "")
    if staff is None or await is_ended(session, staff.session_id):
        raise Unauthorised("Please log in first.")
    if staff.role is Role.PARTNER:
        raise Forbidden("You may not do this.")
    return staff


async def _staff(request: Request, session: Reading, bearer: Bearer) -> Staff:
    """The member of staff behind the request. Raises Unauthorised, Forbidden."""
    cookie = None if bearer else request.cookies.get(cookie_name(COOKIE, request.app.state.base_url))
    staff = await admitted(request, session, bearer.credentials if bearer else cookie)
    # A cookie goes along with any request a browser makes, also one that another site caused.
    if cookie and request.method != "GET":
        token = request.headers.get("x-csrf-token", "")
        seal: Seal = request.app.state.seal
        if not seal.is_form_token(str(staff.session_id), token):
            raise Forbidden("This page has expired. Reload it and try again.")
    return staff


AnyStaff = Annotated[Staff, Depends(_staff)]


def _lead(staff: AnyStaff) -> Staff:
    if not staff.is_lead:
        raise Forbidden("Only team leads may do this.")
    return staff


Lead = Annotated[Staff, Depends(_lead)]
