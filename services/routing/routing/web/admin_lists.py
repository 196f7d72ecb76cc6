"""Admin: a list of staff read in, after showing what it changes; and the teams and skills that people can have."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import UploadFile

from common.clock import now
from common.db import Reading
from common.errors import BadInput, Conflict, Refusal
from common.texts import words
from common.vocabulary import Role
from routing import teams
from routing.accounts import history_of
from routing.staff_cells import in_cell
from routing.staff_file import COLUMNS, LARGEST_BYTES, read_sheet
from routing.staff_import import Plan, Row, carry_out, plan
from routing.staffing import By
from routing.tables import Agent, AgentSkill, Audit, Skill, Team
from routing.viewer import Viewer
from routing.web.browser import OwnForm, language_for, see, show
from routing.web.staff_forms import LABELS
from routing.web.staff_page import Lead, tried

router = APIRouter(prefix="/admin", include_in_schema=False)
MOST_FIELDS = 10


async def _chosen(request: Request, viewer: Lead) -> bytes | None:  # noqa: ARG001 - nothing is read for others
    """The file that was chosen. A route names it before the form, which is read once and by default has no files."""
    sent = await request.form(max_files=1, max_fields=MOST_FIELDS)
    file = sent.get("file")
    if not isinstance(file, UploadFile):
        return None
    content = await file.read(LARGEST_BYTES + 1)
    await file.close()
    return content if file.filename else None


Chosen = Annotated[bytes | None, Depends(_chosen)]


@router.get("/import")
async def show_import(request: Request, viewer: Lead) -> Response:
    """Where a list is chosen."""
    By.admin(viewer)
    return _import_page(request, viewer, {})


@router.post("/import")
async def read_in(request: Request, viewer: Lead, session: Reading, file: Chosen, fields: OwnForm) -> Response:
    """What the list would change; and when that was seen, the change itself, unless it became another one."""
    by = By.admin(viewer)
    try:
        sheet = read_sheet(file if file is not None else fields.get("content", "").encode())
        made = await plan(session, sheet)
    except Refusal as refusal:
        return _import_page(request, viewer, {"refusal": refusal})
    if fields.get("seen") != made.fingerprint or made.wrong:
        return _import_page(request, viewer, {"plan": made, "content": sheet.text})

    async def make_true(writing: AsyncSession) -> None:
        again = await plan(writing, sheet)
        if again.fingerprint != made.fingerprint:
            raise Conflict("Somebody changed staff in the meantime; look at what changes again first.")
        await carry_out(writing, by, again, now())

    refused = await tried(request, make_true)
    if refused:
        return _import_page(request, viewer, {"refusal": refused})
    return see("/admin/staff?done=imported")


@router.get("/teams")
async def show_teams(request: Request, viewer: Lead, session: Reading) -> Response:
    """The teams with who leads them, and the skills."""
    return await _teams_page(request, viewer, session)


@router.post("/teams")
async def change_team(request: Request, viewer: Lead, session: Reading, fields: OwnForm) -> Response:
    """Another name or another lead for a team."""
    by = By.admin(viewer)
    try:
        lead_id = UUID(fields["lead_id"]) if fields.get("lead_id") else None
        seen = fields.get("team_id", ""), int(fields.get("version", ""))
    except ValueError as error:
        raise BadInput("This page has expired. Reload it and try again.") from error
    name = fields.get("name", "")
    # What Loket begins with is stored in English and shown in each language; only a name that was typed replaces it.
    led = teams.Led(fields.get("stored", name) if name == fields.get("shown") else name, lead_id)
    refusal = await tried(request, lambda writing: teams.change_team(writing, by, seen, led, now()))
    return await _teams_page(request, viewer, session, refusal) if refusal else see("/admin/teams?done=saved")


@router.post("/skills")
async def add_skill(request: Request, viewer: Lead, session: Reading, fields: OwnForm) -> Response:
    """A skill that people can have from now on."""
    by, given = By.admin(viewer), (fields.get("skill_id", ""), fields.get("name", ""))
    refusal = await tried(request, lambda writing: teams.add_skill(writing, by, *given, now()))
    return await _teams_page(request, viewer, session, refusal) if refusal else see("/admin/teams?done=added")


@router.post("/skills/drop")
async def drop_skill(request: Request, viewer: Lead, session: Reading, fields: OwnForm) -> Response:
    """A skill that nobody has is gone."""
    by, skill_id = By.admin(viewer), fields.get("skill_id", "")
    refusal = await tried(request, lambda writing: teams.drop_skill(writing, by, skill_id, now()))
    return await _teams_page(request, viewer, session, refusal) if refusal else see("/admin/teams?done=dropped")


def _import_page(request: Request, viewer: Viewer, told: Mapping[str, object]) -> Response:
    said = words("routing", language_for(request, viewer))
    made, refusal = told.get("plan"), told.get("refusal")
    rows = [(row, _cells(row)) for row in made.rows if row.kind != "same"] if isinstance(made, Plan) else []
    context = {
        "plan": made,
        "rows": rows,
        "content": told.get("content", ""),
        "wrong": [(w, said.gettext(w.sentence, value=w.value)) for w in made.wrong] if isinstance(made, Plan) else [],
        "refused": said.gettext(refusal.sentence, **refusal.values) if isinstance(refusal, Refusal) else "",
        "columns": [names[0] for names in COLUMNS.values()],
    }
    return show(request, viewer, "admin_import.html", context)


def _cells(row: Row) -> list[tuple[str, str, str]]:
    """What a line changes, as label, before and after."""
    if row.account is None:
        return []
    was, becomes = row.account.person, row.person
    return [(LABELS[n], in_cell(n, getattr(was, n)), in_cell(n, getattr(becomes, n))) for n in row.changes]


async def _teams_page(
    request: Request, viewer: Viewer, session: AsyncSession, refusal: Refusal | None = None
) -> Response:
    said = words("routing", language_for(request, viewer))
    able = select(Agent).where(Agent.is_active, Agent.role.in_([Role.LEAD, Role.ADMIN])).order_by(Agent.name)
    members = select(Agent.team_id, func.count()).where(Agent.is_active).group_by(Agent.team_id)
    counted = select(AgentSkill.skill_id, func.count()).group_by(AgentSkill.skill_id)
    found = (await session.scalars(select(Team).order_by(Team.tier.desc(), Team.team_id))).all()
    history: list[Audit] = []
    for team in found:
        history.extend(await history_of(session, f"team/{team.team_id}", most=10))
    context = {
        "teams": found,
        "leads": (await session.scalars(able)).all(),
        "members": {row[0]: row[1] for row in await session.execute(members)},
        "skills": (await session.scalars(select(Skill).order_by(Skill.name))).all(),
        "counts": {row[0]: row[1] for row in await session.execute(counted)},
        "history": sorted(history, key=lambda entry: -entry.audit_id),
        "names": {str(each.agent_id): each.name for each in await session.scalars(able)},
        "may_change": viewer.role is Role.ADMIN,
        "done": request.query_params.get("done", ""),
        "refused": said.gettext(refusal.sentence, **refusal.values) if refusal else "",
    }
    return show(request, viewer, "admin_teams.html", context)
