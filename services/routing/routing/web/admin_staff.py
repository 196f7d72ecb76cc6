"""Admin: everybody who works here, with a form beside; saving first shows what it will change, and can be undone."""

import secrets
from asyncio import to_thread
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.db import Reading, Transaction
from common.errors import BadInput
from routing import absences, accounts, staffing
from routing.passwords import Passwords
from routing.staff_file import write_sheet
from routing.staffing import By
from routing.tables import Ticket
from routing.web.browser import OwnForm, see
from routing.web.staff_forms import NEWCOMER, changes, fields_of, read_form
from routing.web.staff_page import Beside, Lead, person_page, staff_page, tried

router = APIRouter(prefix="/admin/staff", include_in_schema=False)
GENERATED_BYTES = 12


@router.get("")
async def show_staff(request: Request, viewer: Lead, session: Reading) -> Response:
    """Everybody."""
    return await staff_page(request, viewer, session)


@router.get("/list.csv")
async def write_out(viewer: Lead, session: Reading) -> Response:  # noqa: ARG001 - only for who leads
    """Everybody, as a list that can be read in again; with the mark by which Excel knows the encoding."""
    content = write_sheet(account.person for account in await accounts.accounts(session))
    kept = {"content-disposition": 'attachment; filename="staff.csv"', "cache-control": "no-store"}
    return Response(content.encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=kept)


@router.get("/new")
async def show_newcomer(request: Request, viewer: Lead, session: Reading) -> Response:
    """An empty form."""
    By.admin(viewer)
    return await person_page(request, viewer, session, None, Beside(fields_of(NEWCOMER)))


@router.post("/new")
async def hire(request: Request, viewer: Lead, session: Reading, fields: OwnForm) -> Response:
    """A new account, or the form again with what does not fit."""
    by = By.admin(viewer)
    person, wrong = read_form(fields, await accounts.house(session))
    if wrong:
        return await person_page(request, viewer, session, None, Beside(fields, wrong))
    made: list[UUID] = []

    async def hired(writing: AsyncSession) -> None:
        made.append((await staffing.hire(writing, by, person, "", now())).agent_id)

    refusal = await tried(request, hired)
    if refusal:
        return await person_page(request, viewer, session, None, Beside(fields, refusal=refusal))
    return see(f"/admin/staff/{made[0]}?done=hired")


@router.get("/{agent_id}")
async def show_person(request: Request, viewer: Lead, session: Reading, agent_id: UUID) -> Response:
    """One of them, to be changed."""
    return await person_page(request, viewer, session, agent_id, Beside())


@router.post("/{agent_id}")
async def change(request: Request, viewer: Lead, session: Reading, fields: OwnForm, agent_id: UUID) -> Response:
    """What would be different; and when that was seen, the change itself."""
    by, there = By.admin(viewer), (await accounts.account_of(session, agent_id)).person
    person, wrong = read_form(fields, await accounts.house(session))
    if wrong:
        return await person_page(request, viewer, session, agent_id, Beside(fields, wrong))
    differences = changes(there, person.tidy())
    if not differences:
        return see(f"/admin/staff/{agent_id}?done=same")
    if fields.get("step") != "save":
        leaves = await _held(session, agent_id) if there.is_active and not person.is_active else None
        seen = Beside(fields, differences=differences, leaves=leaves)
        return await person_page(request, viewer, session, agent_id, seen)
    seen_version = agent_id, _number(fields, "version")
    refusal = await tried(request, lambda writing: staffing.change(writing, by, seen_version, person, now()))
    if refusal:
        return await person_page(request, viewer, session, agent_id, Beside(fields, refusal=refusal))
    return see(f"/admin/staff/{agent_id}?done=saved")


@router.post("/{agent_id}/undo")
async def undo(request: Request, viewer: Lead, session: Reading, fields: OwnForm, agent_id: UUID) -> Response:
    """One earlier change taken back."""
    by, seen = By.admin(viewer), (agent_id, _number(fields, "version"))
    audit_id = _number(fields, "audit_id")
    refusal = await tried(request, lambda writing: staffing.undo(writing, by, seen, audit_id, now()))
    if refusal:
        return await person_page(request, viewer, session, agent_id, Beside(refusal=refusal))
    return see(f"/admin/staff/{agent_id}?done=undone")


@router.post("/{agent_id}/password")
async def give_password(
    request: Request,
    viewer: Lead,
    session: Reading,
    fields: OwnForm,  # noqa: ARG001 - proof that the form is ours
    agent_id: UUID,
) -> Response:
    """A new password, shown this once."""
    by, password = By.admin(viewer), secrets.token_urlsafe(GENERATED_BYTES)
    kept = await to_thread(Passwords().hashed, password)
    await tried(request, lambda writing: staffing.set_password(writing, by, agent_id, kept, now()))
    return await person_page(request, viewer, session, agent_id, Beside(password=password))


@router.post("/{agent_id}/absences")
async def record_absence(request: Request, viewer: Lead, session: Reading, fields: OwnForm, agent_id: UUID) -> Response:
    """Somebody is away from the one day to the other, both included."""
    by = absences.planner(viewer)
    zone = ZoneInfo((await accounts.account_of(session, agent_id)).person.zone)
    days = _day(fields, "first"), _day(fields, "last") + timedelta(days=1)
    begins_at, ends_at = (datetime.combine(day, time(), zone) for day in days)
    away = absences.Away(fields.get("kind", ""), begins_at, ends_at)
    refusal = await tried(request, lambda writing: absences.record(writing, by, agent_id, away, now()))
    if refusal:
        return await person_page(request, viewer, session, agent_id, Beside(refusal=refusal))
    return see(f"/admin/staff/{agent_id}?done=away#absences")


@router.post("/{agent_id}/absences/{absence_id}")
async def strike_absence(
    viewer: Lead,
    session: Transaction,
    fields: OwnForm,  # noqa: ARG001 - proof that the form is ours
    agent_id: UUID,
    absence_id: UUID,
) -> Response:
    """They are not away after all."""
    await absences.strike(session, absences.planner(viewer), agent_id, absence_id, now())
    return see(f"/admin/staff/{agent_id}?done=there#absences")


async def _held(session: AsyncSession, agent_id: UUID) -> int:
    """How many tickets they hold."""
    return await session.scalar(select(func.count()).where(Ticket.holder_id == agent_id)) or 0


def _number(fields: Mapping[str, str], name: str) -> int:
    given = fields.get(name, "")
    if not (given.isascii() and given.isdecimal() and len(given) <= len("2147483647")):
        raise BadInput("This page has expired. Reload it and try again.")
    return min(int(given), 2**31 - 1)


def _day(fields: Mapping[str, str], name: str) -> date:
    try:
        day = date.fromisoformat(fields.get(name, ""))
    except ValueError as error:
        raise BadInput("Give the first and the last day of the absence.") from error
    if not 2000 <= day.year < 2200:  # noqa: PLR2004 - no absence lies outside these
        raise BadInput("Give the first and the last day of the absence.")
    return day
