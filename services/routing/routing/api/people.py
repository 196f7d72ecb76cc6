"""People and absences over the API, by the same rules as the page and the list: every change checked and audited."""

import secrets
from asyncio import to_thread
from collections.abc import Mapping
from datetime import UTC
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.db import Reading, Transaction
from common.errors import Forbidden
from routing import absences, accounts, staffing
from routing.api.documented import refuses
from routing.api.person_shapes import (
    AbsenceSent,
    AbsenceShown,
    NewPerson,
    PasswordMade,
    PersonChange,
    PersonChanged,
    PersonShown,
    Roster,
    week_of,
)
from routing.identity import Actor, Reader
from routing.passwords import Passwords
from routing.person import Person
from routing.staffing import By
from routing.tables import Absence
from routing.viewer import Viewer

router = APIRouter(prefix="/api/staff", tags=["people"])
GENERATED_BYTES = 12


def _reading_lead(viewer: Reader) -> Viewer:
    if not viewer.is_lead:
        raise Forbidden("Only team leads may do this.")
    return viewer


LEADS = [Depends(_reading_lead)]


@router.get("", responses=refuses(), dependencies=LEADS)
async def list_staff(
    session: Reading, active: Annotated[bool | None, Query(description="only who may log in, or who may not")] = None
) -> list[PersonShown]:
    """Everybody, who may log in first, by name; for leads."""
    return [
        PersonShown.of(each) for each in await accounts.accounts(session) if active in {None, each.person.is_active}
    ]


@router.post("", status_code=201, responses=refuses(409))
async def add_person(sent: NewPerson, viewer: Actor, session: Transaction) -> PersonShown:
    """Somebody new, who cannot log in before a password is made; for admins."""
    person = Person(**({"team_id": None, "has_clearance": False} | sent.fields()))
    agent = await staffing.hire(session, By.admin(viewer), person, "", now())
    return await _person(session, agent.agent_id)


@router.get("/{agent_id}", responses=refuses(404), dependencies=LEADS)
async def show_person(agent_id: UUID, session: Reading) -> PersonShown:
    """One of them; for leads."""
    return await _person(session, agent_id)


@router.patch("/{agent_id}", responses=refuses(404, 409))
async def change_person(agent_id: UUID, sent: PersonChange, viewer: Actor, session: Transaction) -> PersonChanged:
    """Somebody, from now on different; who may not log in any more gives their work back. For admins."""
    given = sent.fields() | ({} if sent.is_active is None else {"is_active": sent.is_active})
    return await _changed(session, By.admin(viewer), (agent_id, sent.version), given)


@router.delete("/{agent_id}", responses=refuses(404, 409))
async def deactivate_person(
    agent_id: UUID, version: Annotated[int, Query(ge=1, le=2**31 - 1)], viewer: Actor, session: Transaction
) -> PersonChanged:
    """They may not log in any more and their work goes back to its queues; what they did stays known. For admins."""
    return await _changed(session, By.admin(viewer), (agent_id, version), {"is_active": False})


@router.put("/{agent_id}/shifts", responses=refuses(404, 409))
async def set_shifts(agent_id: UUID, sent: Roster, viewer: Actor, session: Transaction) -> PersonChanged:
    """The hours of their ordinary week, in place of those there were; for admins."""
    return await _changed(session, By.admin(viewer), (agent_id, sent.version), {"week": week_of(sent.shifts)})


@router.post("/{agent_id}/password", responses=refuses(404))
async def make_password(agent_id: UUID, viewer: Actor, session: Transaction) -> PasswordMade:
    """A new password; whoever was logged in with the old one is out. For admins."""
    by, password = By.admin(viewer), secrets.token_urlsafe(GENERATED_BYTES)
    await staffing.set_password(session, by, agent_id, await to_thread(Passwords().hashed, password), now())
    return PasswordMade(password=password)


@router.get("/{agent_id}/absences", responses=refuses(404), dependencies=LEADS)
async def list_absences(agent_id: UUID, session: Reading) -> list[AbsenceShown]:
    """When they are or were away, the latest first; for leads."""
    await accounts.account_of(session, agent_id)
    return [AbsenceShown.model_validate(each) for each in await accounts.absences_of(session, agent_id)]


@router.post("/{agent_id}/absences", status_code=201, responses=refuses(404, 409))
async def add_absence(agent_id: UUID, sent: AbsenceSent, viewer: Actor, session: Transaction) -> AbsenceShown:
    """They are away then; for leads."""
    by = absences.planner(viewer)
    return _absence(await absences.record(session, by, agent_id, _away(sent), now()))


@router.put("/{agent_id}/absences/{absence_id}", responses=refuses(404, 409))
async def change_absence(
    agent_id: UUID, absence_id: UUID, sent: AbsenceSent, viewer: Actor, session: Transaction
) -> AbsenceShown:
    """The absence as it is from now on; for leads."""
    by = absences.planner(viewer)
    return _absence(await absences.alter(session, by, (agent_id, absence_id), _away(sent), now()))


@router.delete("/{agent_id}/absences/{absence_id}", status_code=204, responses=refuses(404))
async def drop_absence(agent_id: UUID, absence_id: UUID, viewer: Actor, session: Transaction) -> None:
    """They work then after all; for leads."""
    await absences.strike(session, absences.planner(viewer), agent_id, absence_id, now())


async def _changed(session: AsyncSession, by: By, seen: tuple[UUID, int], given: Mapping[str, Any]) -> PersonChanged:
    done = await staffing.alter(session, by, seen, given, now())
    return PersonChanged(person=await _person(session, seen[0]), returned=done.returned)


async def _person(session: AsyncSession, agent_id: UUID) -> PersonShown:
    await session.flush()
    return PersonShown.of(await accounts.account_of(session, agent_id))


def _away(sent: AbsenceSent) -> absences.Away:
    return absences.Away(sent.kind, sent.begins_at.astimezone(UTC), sent.ends_at.astimezone(UTC))


def _absence(absence: Absence) -> AbsenceShown:
    return AbsenceShown.model_validate(absence)
