"""Changes of staff: hired, changed, undone; each refused with a sentence or audited with who made it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import BadInput, Conflict, Forbidden, NotFound
from common.vocabulary import Role
from routing.accounts import OWN_COLUMNS, NoSuchAgent, account_of, house
from routing.leaving import end_sessions, hand_back
from routing.person import House, Person, person_of, problems
from routing.presence import leave_for_good
from routing.tables import Agent, AgentLanguage, AgentQueue, AgentSkill, Audit, Base, Json, Shift
from routing.viewer import Viewer

LISTS = (AgentQueue, AgentLanguage, AgentSkill, Shift)
IN_A_SESSION = {"username", "role", "is_active"}  # what the token of a session says of somebody


@dataclass(frozen=True)
class By:
    """Who changes staff: a member of staff, or a name from outside such as the command line; and what the act is."""

    name: str
    agent_id: UUID | None = None
    act: str = "change"

    @classmethod
    def admin(cls, viewer: Viewer) -> Self:
        """The viewer. Raises Forbidden when they are no admin."""
        if viewer.role is not Role.ADMIN:
            raise Forbidden("Only admins may change this.")
        return cls(viewer.name, viewer.agent_id)


@dataclass(frozen=True)
class Changed:
    """What became different, by field, with what it is now; and how many tickets went back to their queues with it."""

    fields: Json
    returned: int = 0


@dataclass(frozen=True)
class Change:
    """One change as the audit keeps it."""

    about: str  # kind/id
    act: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def check(person: Person, within: House) -> None:
    """Nothing when the person fits. Raises BadInput with the first thing that does not."""
    for problem in problems(person, within):
        raise BadInput(problem.sentence, value=problem.value)


async def hire(session: AsyncSession, by: By, person: Person, password_hash: str, now: datetime) -> Agent:
    """A new account; with an empty hash nobody can log in yet. Raises BadInput and Conflict."""
    check(person, await house(session))
    person = person.tidy()
    await _check_free(session, person.username)
    agent = Agent(password_hash=password_hash, created_at=now, **_columns(person))
    session.add(agent)
    await session.flush()
    session.add_all(_rows(agent.agent_id, person))
    write_down(session, by, Change(f"agent/{agent.agent_id}", "hire", {}, person.document()), now)
    return agent


async def change(session: AsyncSession, by: By, seen: tuple[UUID, int], person: Person, now: datetime) -> Changed:
    """What became different; `seen` is the account and the version that was looked at.

    Who may not log in any more loses their sessions; what they held and were offered waits for others.
    Raises NoSuchAgent, BadInput, and Conflict when the account was changed since.
    """
    agent = await _locked(session, *seen)
    there = (await account_of(session, agent.agent_id)).person
    check(person, await house(session))
    person = person.tidy()
    before, after = there.document(), person.document()
    changed = {name: value for name, value in after.items() if before[name] != value}
    if not changed:
        return Changed({})
    if "username" in changed:
        await _check_free(session, person.username)
    await _check_admins(session, there, person)
    await _store(session, agent, person)
    told = Change(f"agent/{agent.agent_id}", by.act, {name: before[name] for name in changed}, changed)
    write_down(session, by, told, now)
    if IN_A_SESSION & changed.keys():
        await end_sessions(session, agent, there.role, now)
    if person.is_active or not there.is_active:
        return Changed(changed)
    await leave_for_good(session, agent.agent_id, now)
    return Changed(changed, await hand_back(session, agent, by.name, now))


async def alter(
    session: AsyncSession, by: By, seen: tuple[UUID, int], given: Mapping[str, Any], now: datetime
) -> Changed:
    """The same, with only some fields given; the others stay as they are."""
    account = await account_of(session, seen[0])
    return await change(session, by, seen, replace(account.person, **given), now)


async def undo(session: AsyncSession, by: By, seen: tuple[UUID, int], audit_id: int, now: datetime) -> Changed:
    """What became different when one earlier change was taken back. Raises Conflict when that was changed again since.

    Taking back that somebody was hired closes their account.
    """
    row = await session.get(Audit, audit_id)
    if row is None or row.about != f"agent/{seen[0]}" or row.act not in {"hire", "change", "undo", "import"}:
        raise NotFound("There is no such change.")
    account = await account_of(session, seen[0])
    there, by = account.person.document(), replace(by, act="undo")
    if row.act == "hire":
        return await change(session, by, seen, replace(account.person, is_active=False), now)
    if any(there[name] != value for name, value in row.after.items()):
        raise Conflict("This was changed again since; undo the later change first.")
    return await change(session, by, seen, person_of(there | row.before), now)


async def set_password(session: AsyncSession, by: By, agent_id: UUID, password_hash: str, now: datetime) -> Agent:
    """The account with another password; whoever was logged in with the old one is out."""
    agent = await _locked(session, agent_id)
    agent.password_hash = password_hash
    agent.version += 1
    write_down(session, by, Change(f"agent/{agent_id}", "password", {}, {}), now)
    await end_sessions(session, agent, agent.role, now)
    return agent


def write_down(session: AsyncSession, by: By, change: Change, now: datetime) -> None:
    """Keep who changed what, and how it was before."""
    session.add(
        Audit(
            about=change.about,
            actor_id=by.agent_id,
            actor_name=by.name,
            act=change.act,
            cause="",
            before=dict(change.before),
            after=dict(change.after),
            acted_at=now,
        )
    )


async def _locked(session: AsyncSession, agent_id: UUID, version: int | None = None) -> Agent:
    wanted = select(Agent).where(Agent.agent_id == agent_id).with_for_update()
    agent = await session.scalar(wanted.execution_options(populate_existing=True))
    if agent is None:
        raise NoSuchAgent("There is no such member of staff.")
    if version is not None and agent.version != version:
        raise Conflict("Somebody changed %(name)s since you opened this; look at it again first.", name=agent.name)
    return agent


async def _store(session: AsyncSession, agent: Agent, person: Person) -> None:
    agent.version += 1
    for name, value in _columns(person).items():
        setattr(agent, name, value)
    for row in LISTS:
        await session.execute(
            delete(row).where(row.agent_id == agent.agent_id).execution_options(synchronize_session="fetch")
        )
    session.add_all(_rows(agent.agent_id, person))
    await session.flush()


def _columns(person: Person) -> dict[str, Any]:
    return {name: getattr(person, name) for name in OWN_COLUMNS}


def _rows(agent_id: UUID, person: Person) -> Iterator[Base]:
    yield from (AgentQueue(agent_id=agent_id, queue_id=queue_id) for queue_id in person.queue_ids)
    yield from (AgentLanguage(agent_id=agent_id, language=language) for language in person.languages)
    yield from (AgentSkill(agent_id=agent_id, skill_id=skill, level=n) for skill, n in person.skills.items())
    yield from (Shift(agent_id=agent_id, weekday=b.weekday, begins=b.begins, ends=b.ends) for b in person.week)


async def _check_free(session: AsyncSession, username: str) -> None:
    if await session.scalar(select(Agent.agent_id).where(Agent.username == username)):
        raise Conflict("The user name %(name)s is taken.", name=username)


async def _check_admins(session: AsyncSession, there: Person, person: Person) -> None:
    """Somebody must remain who can change staff."""
    was, stays = (each.role is Role.ADMIN and each.is_active for each in (there, person))
    if was and not stays:
        admins = select(func.count()).where(Agent.role == Role.ADMIN, Agent.is_active)
        if await session.scalar(admins) == 1:
            raise Conflict("This is the last admin; make somebody else admin first.")
