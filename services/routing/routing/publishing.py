"""The policy under people's hands: published, brought back, and every version kept with who did it."""

from asyncio import to_thread
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import BadInput, Conflict, NotFound
from routing.editions import forget
from routing.policy import SPOKEN, Finding, Policy, Read, Surroundings, check, written
from routing.tables import Audit, PolicyRevision, PublishedPolicy, Queue, Skill

MOST_VERSIONS = 100
CHANNEL = "revisions"  # whoever looks at open tickets is woken here
WAKE = text(f"SELECT pg_notify('{CHANNEL}', '')")


class NotAPolicy(BadInput):
    """The text is no policy that could be followed; `findings` says why, line by line."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("This policy cannot be published: %(why)s", why=str(findings[0]))
        self.findings = findings


@dataclass(frozen=True)
class Author:
    """Who publishes."""

    name: str
    agent_id: UUID | None = None  # None: at the command line


@dataclass(frozen=True)
class Wording:
    """A policy as somebody hands it in: the text, and the version they had before them when they wrote it."""

    source: str
    seen_version: int


async def surroundings(session: AsyncSession) -> Surroundings:
    """What a policy may name: the queues in their order, and the skills when anybody keeps a list of them."""
    queues = {queue.queue_id: queue for queue in await session.scalars(select(Queue).order_by(Queue.position))}
    skills = set(await session.scalars(select(Skill.skill_id)))
    return Surroundings(queues, skills | SPOKEN.keys() if skills else None)


async def examine(session: AsyncSession, source: str) -> Read:
    """The text read as a policy among the queues and skills there are, with everything that is wrong with it."""
    return await to_thread(check, source, await surroundings(session))  # seconds when there are ten thousand rules


async def in_force(session: AsyncSession) -> PublishedPolicy:
    """The newest version."""
    newest = select(PublishedPolicy).order_by(PublishedPolicy.version.desc()).limit(1)
    return (await session.scalars(newest)).one()


async def history(session: AsyncSession, most: int = MOST_VERSIONS) -> Sequence[PublishedPolicy]:
    """The versions, newest first."""
    return (await session.scalars(select(PublishedPolicy).order_by(PublishedPolicy.version.desc()).limit(most))).all()


def text_of(published: PublishedPolicy) -> str:
    """The version as it was written, or written out when only its rules are known."""
    return published.source or written(Policy.model_validate(published.document))


async def publish(session: AsyncSession, wording: Wording, author: Author, now: datetime) -> PublishedPolicy:
    """The next version, in force from now on; open tickets are looked at with it in a moment, see `revising`.

    Raises Conflict when another version came meanwhile, NotAPolicy with what is wrong.
    """
    before = await _locked(session, wording.seen_version)
    read = await examine(session, wording.source)
    if read.policy is None or read.errors:
        raise NotAPolicy(read.errors)
    if read.policy.as_stored() == before.document and wording.source == text_of(before):
        raise Conflict("This is the policy in force already.")
    source = "" if wording.source.lstrip().startswith("{") else wording.source
    return await _next(session, before, author, now, {"document": read.policy.as_stored(), "source": source})


async def restore(
    session: AsyncSession, version: int, seen_version: int, author: Author, now: datetime
) -> PublishedPolicy:
    """An earlier version in force again, as a new one. Raises NotFound, Conflict, NotAPolicy."""
    before = await _locked(session, seen_version)
    wanted = await session.get(PublishedPolicy, version)
    if wanted is None:
        raise NotFound("There is no version %(version)s of the policy.", version=version)
    if wanted.document == before.document:
        raise Conflict("This is the policy in force already.")
    read = await examine(session, text_of(wanted))
    if read.errors:
        raise NotAPolicy(read.errors)
    values = {"document": wanted.document, "source": wanted.source, "restores": wanted.restores or wanted.version}
    return await _next(session, before, author, now, values)


async def step_back(session: AsyncSession, seen_version: int, author: Author, now: datetime) -> PublishedPolicy:
    """The policy that was in force before this one, in force again; again and again leads further back.

    Raises Conflict when there is none before it.
    """
    before = await _locked(session, seen_version)
    origin = before.restores or before.version
    earlier = select(PublishedPolicy).where(PublishedPolicy.version < origin, PublishedPolicy.restores.is_(None))
    wanted = await session.scalar(earlier.order_by(PublishedPolicy.version.desc()).limit(1))
    if wanted is None:
        raise Conflict("There is no policy before this one.")
    return await restore(session, wanted.version, seen_version, author, now)


async def _locked(session: AsyncSession, seen_version: int) -> PublishedPolicy:
    """The version in force, with nobody else publishing until commit. Raises Conflict when it is not the one seen."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext("policy"))))
    newest = await in_force(session)
    if newest.version != seen_version:
        raise Conflict(
            "%(name)s published version %(version)s meanwhile; look at it first.",
            name=newest.published_by,
            version=newest.version,
        )
    return newest


async def _next(
    session: AsyncSession, before: PublishedPolicy, author: Author, now: datetime, values: dict[str, Any]
) -> PublishedPolicy:
    after = PublishedPolicy(version=before.version + 1, published_at=now, published_by=author.name, **values)
    session.add(after)
    session.add(
        Audit(
            actor_id=author.agent_id,
            actor_name=author.name,
            act="restore_policy" if after.restores else "publish_policy",
            cause=f"version {after.restores}" if after.restores else "",
            before={"version": before.version},
            after={"version": after.version, "restores": after.restores},
            acted_at=now,
            about=f"policy/{after.version}",
        )
    )
    forget(session)
    await session.flush()  # the version before what refers to it
    session.add(PolicyRevision(version=after.version, begun_at=now))
    await session.flush()
    await session.execute(WAKE)
    return after
