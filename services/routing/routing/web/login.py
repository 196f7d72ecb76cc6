"""Logging in and out in a browser; with the demo on, a page of people to be with one click."""

from collections import defaultdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.params import Query

from common.clock import now
from common.db import Reading, Transaction
from common.errors import BadInput, Refusal
from common.pages import Pages, language_of
from common.texts import words
from common.vocabulary import Role
from routing import staff
from routing.identity import entrance_of, in_this_browser, session_cookie
from routing.tables import Agent
from routing.web.browser import Form, OwnForm, Visitor, let_in, own_address, see

router = APIRouter(include_in_schema=False)
dev_router = APIRouter(include_in_schema=False)  # only with the demo on

Next = Annotated[str, Query(alias="next", max_length=500)]
ROLES = (Role.AGENT, Role.TECHNICIAN, Role.LEAD, Role.ADMIN, Role.PARTNER)


@router.get("/login")
async def show_login(request: Request, session: Reading, wanted: Next = "/desk") -> Response:
    """Where staff log in."""
    if await in_this_browser(request, session):
        return see(own_address(wanted))
    return _login_page(request, wanted)


@router.post("/login")
async def log_in(request: Request, fields: Form) -> Response:
    """A session in this browser, or the same page again with what was wrong."""
    username, wanted = fields.get("username", "")[:200], own_address(fields.get("next", "/desk"))
    address = request.client.host if request.client else "unknown"
    try:
        admitted = await entrance_of(request).admit(username, fields.get("password", "")[:500], address)
    except Refusal as refusal:
        return _login_page(request, wanted, username, refusal)
    return let_in(request, admitted, wanted)


@router.get("/logout")
async def show_logout() -> Response:
    """Nothing changes by looking: the desk has the button."""
    return see("/desk")


@router.post("/logout")
async def log_out(request: Request, viewer: Visitor, fields: OwnForm, session: Transaction) -> Response:  # noqa: ARG001
    """The session is over, here and everywhere."""
    await staff.log_out(session, viewer, now())
    response = see("/login")
    response.delete_cookie(session_cookie(request), path="/")
    return response


@dev_router.get("/dev/login")
async def show_people(request: Request, session: Reading, wanted: Next = "/desk") -> Response:
    """Everybody who can be anybody, by role."""
    people: defaultdict[Role, list[Agent]] = defaultdict(list)
    for agent in await staff.colleagues(session):
        people[agent.role].append(agent)
    by_role = [(role, people[role]) for role in ROLES if people[role]]
    return _pages(request).render(request, "dev_login.html", {"by_role": by_role, "wanted": own_address(wanted)})


@dev_router.post("/dev/login")
async def be(request: Request, fields: Form, session: Transaction) -> Response:
    """A session of whoever was clicked, without a password."""
    try:
        agent_id = UUID(fields.get("agent_id", ""))
    except ValueError as error:
        raise BadInput("Choose somebody to log in as.") from error
    admitted = entrance_of(request).admitted(await staff.log_in(session, agent_id, now()))
    return let_in(request, admitted, fields.get("next", "/desk"))


def _login_page(request: Request, wanted: str, username: str = "", refusal: Refusal | None = None) -> Response:
    said = words("routing", language_of(request)).gettext(refusal.sentence, **refusal.values) if refusal else ""
    context = {"wanted": own_address(wanted), "username": username, "error": said}
    context["has_demo"] = request.app.state.has_demo
    return _pages(request).render(request, "login.html", context, status_code=refusal.status if refusal else 200)


def _pages(request: Request) -> Pages:
    pages: Pages = request.app.state.pages
    return pages
