"""`loket user`: accounts of members of staff, added and listed."""

import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.db import DATABASE_ERRORS, Database, is_transient
from common.errors import Conflict
from common.settings import BadSetting, load
from common.vocabulary import Language, Role
from embedded.addresses import settings_here
from embedded.laptop_settings import LaptopSettings
from routing import staff
from routing.accounts import accounts, house
from routing.passwords import Passwords
from routing.person import ZONE, Person, problems
from routing.staff_cells import NO_CELL, READERS, NoCell, in_cell
from routing.staffing import By, hire, set_password
from routing.tables import Agent

app = typer.Typer(no_args_is_help=True, help="Accounts of members of staff: add, import, list, password.")
T = TypeVar("T")

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
SHOWN = (
    *("username", "name", "role", "team_id", "queue_ids", "language", "has_clearance"),
    *("languages", "skills"),
)
OPTIONS = {
    "username": "USERNAME",
    "name": "--name",
    "role": "--role",
    "team_id": "--team",
    "queue_ids": "--queues",
    "has_clearance": "--clearance",
    "languages": "--languages",
    "skills": "--skills",
    "cost_per_minute": "--cost",
    "capacity": "--capacity",
    "week": "--hours",
    "zone": "--zone",
    "email": "--email",
}


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
    languages: Annotated[str, typer.Option(help="Languages they help customers in: nl,fr.")] = "",
    skills: Annotated[str, typer.Option(help="What they can, with the level from 1 to 3: gas:3,heating:1.")] = "",
    cost: Annotated[str, typer.Option(help="What a minute of theirs costs, in euro.")] = "0.60",
    capacity: Annotated[str, typer.Option(help="Units of work they take on at once.")] = "6",
    hours: Annotated[str, typer.Option(help="When they work: mo-fr 08:30-12:30 13:00-17:00.")] = "",
    zone: Annotated[str, typer.Option(help="The time zone of those hours.")] = ZONE,
    email: Annotated[str, typer.Option(help="Where they hear of alarms, when they lead a team.")] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input instead of asking twice.")
    ] = False,
) -> None:
    """Make an account for a member of staff; the password has at least 10 characters."""
    given = {
        "queue_ids": queues or "",
        "languages": languages,
        "skills": skills,
        "cost_per_minute": cost,
        "capacity": capacity,
        "week": hours,
    }
    known: dict[str, Any] = {"team_id": team, "language": language, "has_clearance": clearance, "zone": zone}
    known["email"] = email or None
    person = Person(username, name.strip(), role, **known, **_read(given))
    asyncio.run(in_routing(lambda session: check(session, person)))
    password = read_password(from_stdin=password_stdin)
    made = asyncio.run(in_routing(lambda session: make(session, person, password, team_queues=queues is None)))
    sys.stdout.write(f"{made.username} can log in as {made.role}.\n")


@app.command("password")
def give_password(
    username: Annotated[str, typer.Argument(help="Whose password.")],
    *,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input instead of asking twice.")
    ] = False,
) -> None:
    """Give somebody a password, as after an import; whoever was logged in with an old one is out."""

    async def give(session: AsyncSession, password: str) -> None:
        agent = await staff.account(session, username)
        if agent is None:
            raise BadSetting(f"Nobody with the user name {username!r} may log in.")
        await set_password(session, by_hand(), agent.agent_id, Passwords().hashed(password), now())

    password = read_password(from_stdin=password_stdin)
    asyncio.run(in_routing(lambda session: give(session, password)))
    sys.stdout.write(f"{username.lower()} has a new password.\n")


@app.command("list")
def show() -> None:
    """List the accounts that may log in."""
    rows = asyncio.run(in_routing(_rows))
    table = Table("user name", "name", "role", "team", "queues", "language", "clearance", "helps in", "skills")
    for row in rows:
        table.add_row(*row)
    Console().print(table if rows else "Nobody has an account yet.")


async def make(session: AsyncSession, person: Person, password: str, *, team_queues: bool) -> Agent:
    """A new account; it works all queues of its team if `team_queues`. Raises BadSetting and Conflict."""
    await check(session, person)
    if team_queues and person.team_id:
        within = await house(session)
        person = replace(person, queue_ids=tuple(q for q, team in within.queues.items() if team == person.team_id))
    return await hire(session, by_hand(), person, Passwords().hashed(password), now())


async def check(session: AsyncSession, person: Person) -> None:
    """Return when this account can be made. Raises BadSetting when it does not fit, Conflict when the name is taken."""
    for problem in problems(person, await house(session)):
        raise BadSetting(f"{OPTIONS.get(problem.field, problem.field)}: {problem}")
    if await session.scalar(select(Agent.agent_id).where(Agent.username == person.username.lower())):
        raise Conflict("The user name %(name)s is taken.", name=person.username.lower())


def by_hand() -> By:
    """Whoever types, as the audit calls them."""
    return By(f"command line ({getpass.getuser()})")


def read_password(*, from_stdin: bool) -> str:
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


def _read(given: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a person that were given as words. Raises BadSetting."""
    found: dict[str, Any] = {}
    for name, words in given.items():
        try:
            found |= {name: READERS[name](words)} if words else {}
        except NoCell as problem:
            raise BadSetting(f"{OPTIONS[name]}: {NO_CELL[name] % {'value': problem.args[0]}}") from problem
    return found


async def _rows(session: AsyncSession) -> Sequence[Sequence[str]]:
    people = [account.person for account in await accounts(session)]
    return [[in_cell(name, getattr(person, name)) for name in SHOWN] for person in people if person.is_active]


async def in_routing(act: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """What comes of it in routing's database, the only one that accounts need."""
    address = load(LaptopSettings).database_of("routing") or settings_here().database_of("routing")
    database = Database(address, pool_size=2)
    try:
        async with database.transaction() as session:
            return await act(session)
    except DATABASE_ERRORS as error:
        if is_transient(error):
            raise BadSetting("The database of routing does not answer: start Loket with make run.") from error
        raise
    finally:
        await database.close()
