"""`loket user`: accounts of members of staff, added and listed."""

import asyncio
import re
import sys
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Annotated, TypeVar
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.db import Database, is_transient
from common.errors import Conflict
from common.settings import BadSetting, load
from common.vocabulary import Language, Role
from embedded.addresses import settings_here
from embedded.laptop_settings import LaptopSettings
from routing import staff
from routing.passwords import Passwords
from routing.staff import Person
from routing.tables import Agent, AgentQueue, Queue, Team

app = typer.Typer(no_args_is_help=True, help="Accounts of members of staff: add, list.")
T = TypeVar("T")

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
USERNAME = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}", re.IGNORECASE)
WITHOUT_TEAM = frozenset({Role.LEAD, Role.ADMIN})


@app.command()
def add(  # noqa: PLR0913 - one option for each thing an account has
    username: Annotated[str, typer.Argument(help="What they log in with; case does not matter.")],
    *,
    name: Annotated[str, typer.Option(help="What customers and colleagues read.")],
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.AGENT,
    team: Annotated[str | None, typer.Option(help="Their team; leads and admins may have none.")] = None,
    language: Annotated[Language, typer.Option(help="The language of their pages.")] = Language.NL,
    queues: Annotated[
        str | None, typer.Option(help="Queues they work, with commas between; all of their team when left out.")
    ] = None,
    clearance: Annotated[bool, typer.Option("--clearance", help="They may read confidential tickets.")] = False,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input instead of asking twice.")
    ] = False,
) -> None:
    """Make an account for a member of staff; the password has at least 10 characters."""
    if not USERNAME.fullmatch(username):
        raise BadSetting(f"{username!r} is no user name: use 2 to 64 letters, digits, dots, dashes.")
    if not name.strip():
        raise BadSetting("--name is empty: give the name that customers read.")
    given = None if queues is None else tuple(each.strip() for each in queues.split(",") if each.strip())
    person = Person(username, name.strip(), role, team, given or (), language, clearance)
    asyncio.run(_in_routing(lambda session: check(session, person)))
    password = _password(from_stdin=password_stdin)
    made = asyncio.run(_in_routing(lambda session: make(session, person, password, team_queues=given is None)))
    sys.stdout.write(f"{made.username} can log in as {made.role}.\n")


@app.command("list")
def show() -> None:
    """List the accounts that may log in."""
    rows = asyncio.run(_in_routing(_rows))
    table = Table("user name", "name", "role", "team", "queues", "language", "clearance")
    for row in rows:
        table.add_row(*row)
    Console().print(table if rows else "Nobody has an account yet.")


async def make(session: AsyncSession, person: Person, password: str, *, team_queues: bool) -> Agent:
    """A new account; it works all queues of its team if `team_queues`. Raises BadSetting and Conflict."""
    await check(session, person)
    if team_queues and person.team_id:
        of_team = select(Queue.queue_id).where(Queue.team_id == person.team_id).order_by(Queue.position)
        person = replace(person, queue_ids=tuple(await session.scalars(of_team)))
    return await staff.add(session, person, Passwords().hashed(password), now())


async def check(session: AsyncSession, person: Person) -> None:
    """Return when this account can be made. Raises BadSetting when it does not fit, Conflict when the name is taken."""
    teams = {team.team_id: team for team in await session.scalars(select(Team).order_by(Team.team_id))}
    if person.team_id is None and person.role not in WITHOUT_TEAM:
        raise BadSetting(f"--team is missing; there are {', '.join(teams)}.")
    if person.team_id and person.team_id not in teams:
        raise BadSetting(f"There is no team {person.team_id!r}; there are {', '.join(teams)}.")
    is_outside = bool(person.team_id and teams[person.team_id].partner)
    if is_outside is not (person.role is Role.PARTNER):
        raise BadSetting("Partners, and nobody else, belong to the team of an outside company.")
    if is_outside and person.has_clearance:
        raise BadSetting("Partners cannot have clearance: confidential tickets stay inside.")
    queues = {queue.queue_id: queue for queue in await session.scalars(select(Queue).order_by(Queue.position))}
    for queue_id in person.queue_ids:
        if queue_id not in queues:
            raise BadSetting(f"There is no queue {queue_id!r}; there are {', '.join(queues)}.")
        if is_outside and queues[queue_id].team_id != person.team_id:
            raise BadSetting(f"Partners work queues of their own team only, and {queue_id} is not one.")
    if await session.scalar(select(Agent.agent_id).where(Agent.username == person.username.lower())):
        raise Conflict("The user name %(name)s is taken.", name=person.username.lower())


def _password(*, from_stdin: bool) -> str:
    """What was typed twice, or the first line of standard input. Raises BadSetting when it is too short or too long."""
    if from_stdin:
        typed = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        typed = str(typer.prompt("Password", hide_input=True, confirmation_prompt="The same again"))
    else:
        raise BadSetting("There is no terminal to type a password on: hand it in with --password-stdin.")
    if not SHORTEST_PASSWORD <= len(typed) <= LONGEST_PASSWORD:
        raise BadSetting(f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters; this has {len(typed)}.")
    return typed


async def _rows(session: AsyncSession) -> Sequence[Sequence[str]]:
    works: defaultdict[UUID, list[str]] = defaultdict(list)
    members = select(AgentQueue.agent_id, AgentQueue.queue_id).order_by(AgentQueue.queue_id)
    for agent_id, queue_id in await session.execute(members):
        works[agent_id].append(queue_id)
    return [
        (
            agent.username,
            agent.name,
            agent.role.value,
            agent.team_id or "",
            ", ".join(works[agent.agent_id]),
            agent.language.value,
            "yes" if agent.has_clearance else "no",
        )
        for agent in await staff.colleagues(session)
    ]


async def _in_routing(act: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """What comes of it in routing's database, the only one that accounts need."""
    address = load(LaptopSettings).database_of("routing") or settings_here().database_of("routing")
    database = Database(address, pool_size=2)
    try:
        async with database.transaction() as session:
            return await act(session)
    except Exception as error:
        if is_transient(error):
            raise BadSetting("The database of routing does not answer: start Loket with make run.") from error
        raise
    finally:
        await database.close()
