"""Members of staff on pages of intake: let in by the cookie of the desk, acting by a form of our own."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Staff, cookie_name
from common.db import Reading
from common.errors import Forbidden, Unauthorised
from common.pages import LANGUAGE_COOKIE, language_of
from common.vocabulary import Language, Role
from intake.context import Parts, Using
from intake.mail_rows import EndedSession
from intake.web.guard import ForeignForm, is_from_here

COOKIE = "session"


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member of staff with a request."""

    request: Request
    parts: Parts
    staff: Staff

    @property
    def form_token(self) -> str:
        """The token that forms on their pages carry."""
        return self.parts.seal.form_token(str(self.staff.session_id))

    @property
    def language(self) -> Language:
        """The language chosen in this browser, else the one of their account."""
        has_asked = {self.request.query_params.get("lang"), self.request.cookies.get(LANGUAGE_COOKIE)} & set(Language)
        return language_of(self.request) if has_asked else Language(self.staff.language)

    @property
    def is_admin(self) -> bool:
        """Whether they may change how the organisation works."""
        return self.staff.role is Role.ADMIN


async def colleague_of(request: Request, parts: Parts, session: AsyncSession) -> Colleague:
    """Whoever is logged in at the desk in this browser. Raises Unauthorised."""
    staff = parts.seal.open_session(request.cookies.get(cookie_name(COOKIE, parts.base_url), ""))
    if staff is None or await session.get(EndedSession, staff.session_id) is not None:
        raise Unauthorised("Please log in first.")
    return Colleague(request, parts, staff)


async def check_form(colleague: Colleague) -> None:
    """Return when what was sent is a form of our own page. Raises ForeignForm."""
    fields = await colleague.request.form(max_files=0, max_fields=5)
    is_ours = colleague.parts.seal.is_form_token(str(colleague.staff.session_id), str(fields.get("csrf_token", "")))
    if not is_from_here(colleague.request, colleague.parts) or not is_ours:
        raise ForeignForm("This form is no longer valid. Reload the page and send it again.")


async def _lead(request: Request, parts: Using, session: Reading) -> Colleague:
    """A lead or an admin. Raises Unauthorised, Forbidden."""
    colleague = await colleague_of(request, parts, session)
    if not colleague.staff.is_lead:
        raise Forbidden("You may not do this.")
    return colleague


AnyLead = Annotated[Colleague, Depends(_lead)]


async def _acting_admin(colleague: AnyLead) -> Colleague:
    """An admin with a form of our own page. Raises Forbidden, ForeignForm."""
    if not colleague.is_admin:
        raise Forbidden("You may not do this.")
    await check_form(colleague)
    return colleague


ActingAdmin = Annotated[Colleague, Depends(_acting_admin)]
