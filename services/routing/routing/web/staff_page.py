"""What the staff page shows: the list, and beside it one person with their form, absences and history."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import available_timezones

from fastapi import Depends, Request, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.db import Database
from common.errors import NotFound, Refusal
from common.texts import words
from common.vocabulary import Language, Role
from routing import accounts
from routing.absences import KINDS
from routing.person import LEVELS, Problem
from routing.tables import Queue, Skill, Team
from routing.viewer import Viewer
from routing.web.browser import Visitor, language_for, show
from routing.web.staff_forms import fields_of, told

UNDOABLE = {"hire", "change", "import", "undo"}
# Monday first; any week will do, to have the days named in each language.
WEEK = tuple(range(7))


@dataclass(frozen=True)
class Beside:
    """What stands beside the list, apart from the person themselves."""

    fields: Mapping[str, str] | None = None  # as typed; none shows them as they are
    wrong: Sequence[Problem] = ()
    refusal: Refusal | None = None
    differences: Sequence[tuple[str, str, str]] = ()
    leaves: int | None = None  # how many tickets go back to their queues
    password: str = ""
    more: Mapping[str, object] = field(default_factory=dict)


async def _lead(viewer: Visitor) -> Viewer:
    if not viewer.is_lead:
        raise NotFound("There is no such page.")
    return viewer


Lead = Annotated[Viewer, Depends(_lead)]


async def tried(request: Request, act: Callable[[AsyncSession], Awaitable[object]]) -> Refusal | None:
    """Nothing when it was done, in a transaction of its own; else why not. Raises NotFound."""
    database: Database = request.app.state.database
    try:
        async with database.transaction() as session:
            await act(session)
    except NotFound:
        raise
    except Refusal as refusal:
        return refusal
    return None


async def staff_page(
    request: Request, viewer: Viewer, session: AsyncSession, context: Mapping[str, object] | None = None
) -> Response:
    """The list of everybody, and beside it what the context says."""
    everybody = await accounts.accounts(session)
    teams = (await session.scalars(select(Team).order_by(Team.tier.desc(), Team.team_id))).all()
    grouped: defaultdict[str, list[accounts.Account]] = defaultdict(list)
    for account in everybody:
        grouped[account.person.team_id or "" if account.person.is_active else "gone"].append(account)
    around = {
        "groups": [(team.name, grouped[team.team_id]) for team in teams if grouped[team.team_id]],
        "without_team": grouped[""],
        "gone": grouped["gone"],
        "everybody": everybody,
        "account": None,
        "is_new": False,
        "may_change": viewer.role is Role.ADMIN,
        "done": request.query_params.get("done", ""),
    }
    return show(request, viewer, "admin_staff.html", {**around, **(context or {})})


async def person_page(
    request: Request, viewer: Viewer, session: AsyncSession, agent_id: UUID | None, beside: Beside
) -> Response:
    """Somebody beside the list, or somebody new."""
    said = words("routing", language_for(request, viewer))
    account = await accounts.account_of(session, agent_id) if agent_id else None
    shown = fields_of(account.person) if account else {}
    fields = defaultdict(str, beside.fields if beside.fields is not None else shown)
    history = await accounts.history_of(session, f"agent/{agent_id}") if agent_id else []
    errors = [(problem.field, said.gettext(problem.sentence, value=problem.value)) for problem in beside.wrong]
    context = {
        "account": account,
        "is_new": account is None,
        "fields": fields,
        "errors": errors,
        "refused": said.gettext(beside.refusal.sentence, **beside.refusal.values) if beside.refusal else "",
        "differences": beside.differences,
        "leaves": beside.leaves,
        "password": beside.password,
        "absences": await accounts.absences_of(session, agent_id) if agent_id else [],
        "history": [(entry, _difference(entry.before, entry.after)) for entry in history],
        "undoable": UNDOABLE,
        "today": now().date().isoformat(),
        "a_moment": timedelta(seconds=1),
    }
    return await staff_page(request, viewer, session, {**context, **await _choices(session), **beside.more})


async def _choices(session: AsyncSession) -> Mapping[str, object]:
    teams = (await session.scalars(select(Team).order_by(Team.team_id))).all()
    return {
        "teams": teams,
        "queues": (await session.scalars(select(Queue).order_by(Queue.position))).all(),
        "skills": (await session.scalars(select(Skill).order_by(Skill.name))).all(),
        "levels": LEVELS,
        "roles": list(Role),
        "languages": list(Language),
        "kinds": list(KINDS),
        "zones": sorted(zone for zone in available_timezones() if zone.startswith("Europe/")),
        "week": WEEK,
    }


def _difference(before: Mapping[str, object], after: Mapping[str, object]) -> list[tuple[str, str, str]]:
    """What an entry of the history changed, as label, before and after."""
    was, became = dict(told(before)), dict(told(after))
    return [(label, was.get(label, ""), became.get(label, "")) for label in {**was, **became}]
