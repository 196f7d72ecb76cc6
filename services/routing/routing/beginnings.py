"""What every Loket begins with: teams, queues and a policy; and with the demo on, people to be."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common.texts import mark
from common.vocabulary import Language, Role, Tier
from routing.person import Person
from routing.policy import default_policy, default_source
from routing.staffing import By, hire
from routing.tables import Agent, PublishedPolicy, Queue, Skill, Team
from routing.weeks import read_week

DEMO_PASSWORD = "loket-demo"  # noqa: S105 - for the laptop alone; settings refuse the demo elsewhere
TEAMS = (
    ("front-office", mark("Front office"), Tier.FRONT_OFFICE, None),
    ("back-office", mark("Back office"), Tier.BACK_OFFICE, None),
    ("field", mark("Field service"), Tier.FIELD, None),
    ("partner", mark("Partner"), Tier.FRONT_OFFICE, "Contactpunt"),
)
QUEUES = (  # id, name, team, in the order of lists; the first of a tier is where escalations go
    ("front-office", mark("Front office"), "front-office"),
    ("triage", mark("Triage"), "front-office"),
    ("back-office", mark("Back office"), "back-office"),
    ("field", mark("Field service"), "field"),
    ("partner", mark("Partner"), "partner"),
)
SKILLS = (  # of the demo
    ("billing", mark("Billing")),
    ("contracts", mark("Contracts")),
    ("complaints", mark("Complaints")),
    ("debts", mark("Debts")),
    ("electricity", mark("Electricity")),
    ("gas", mark("Gas")),
    ("heating", mark("Heating")),
)
FRONT, BACK, FIELD = ("front-office", "triage"), ("back-office",), ("field",)
OWN = (*FRONT, *BACK, *FIELD)
DAYS, LATE, EARLY = "mo-fr 08:30-12:30 13:00-17:00", "mo-fr 12:00-16:30 17:00-20:30", "mo-fr 07:00-12:00 12:30-15:30"
EVERY = tuple(Language)  # the demo has a handful of people, and every language must be answered

# What each speaks, can, costs a minute, takes on at once, and when they work.
DEMO = (
    Person("frontoffice", "Fatima de Wit", Role.AGENT, "front-office", FRONT, languages=EVERY,
           skills={"billing": 2, "contracts": 1}, cost_per_minute=Decimal("0.55"), week=read_week(DAYS)),
    Person("frontoffice2", "Joris Bakker", Role.AGENT, "front-office", FRONT, languages=EVERY,
           skills={"billing": 1, "complaints": 2}, cost_per_minute=Decimal("0.52"), week=read_week(LATE)),
    Person("backoffice", "Annelies Peeters", Role.AGENT, "back-office", BACK, languages=EVERY,
           skills={"billing": 3, "contracts": 3, "debts": 2}, cost_per_minute=Decimal("0.95"), capacity=5.0,
           week=read_week(DAYS)),
    Person("backoffice2", "Thomas Keller", Role.AGENT, "back-office", BACK, languages=EVERY,
           skills={"billing": 2, "complaints": 3, "debts": 3}, cost_per_minute=Decimal("1.05"), capacity=5.0,
           week=read_week(DAYS)),
    Person("technician", "Bram Visser", Role.TECHNICIAN, "field", FIELD, languages=EVERY,
           skills={"electricity": 2, "gas": 3, "heating": 3}, cost_per_minute=Decimal("1.15"), capacity=4.0,
           week=read_week(EARLY)),
    Person("lead", "Sofie Janssens", Role.LEAD, None, OWN, languages=EVERY,
           skills={"complaints": 3, "contracts": 2}, cost_per_minute=Decimal("1.10"), capacity=3.0,
           week=read_week(DAYS), email="sofie.janssens@loket.example"),
    Person("admin", "Karin Smit", Role.ADMIN, None, languages=EVERY, cost_per_minute=Decimal("1.00"), capacity=2.0),
    Person("partner", "Pieter Mol", Role.PARTNER, "partner", ("partner",), has_clearance=False, languages=EVERY,
           skills={"billing": 1}, cost_per_minute=Decimal("0.40"), capacity=8.0, week=read_week(DAYS)),
)  # fmt: skip
LEADS = {"front-office": "lead", "back-office": "lead", "field": "lead"}


async def ensure_defaults(session: AsyncSession, now: datetime) -> None:
    """The teams, queues and first policy that every Loket begins with; what is there already stays as it is."""
    teams = [{"team_id": i, "name": name, "tier": tier, "partner": partner} for i, name, tier, partner in TEAMS]
    await session.execute(insert(Team).values(teams).on_conflict_do_nothing())
    of = {team["team_id"]: team for team in teams}
    queues = [
        {"queue_id": i, "name": name, "team_id": t, "tier": of[t]["tier"], "partner": of[t]["partner"], "position": at}
        for at, (i, name, t) in enumerate(QUEUES, start=1)
    ]
    await session.execute(insert(Queue).values(queues).on_conflict_do_nothing())
    document = {"document": default_policy().as_stored(), "source": default_source()}
    first = {"version": 1, **document, "published_at": now, "published_by": "Loket"}
    await session.execute(insert(PublishedPolicy).values(first).on_conflict_do_nothing())


async def ensure_demo(session: AsyncSession, hashed: Callable[[str], str], now: datetime) -> None:
    """The demo's people, each with the demo's password; those that are there stay as they are."""
    skills = [{"skill_id": skill_id, "name": name} for skill_id, name in SKILLS]
    await session.execute(insert(Skill).values(skills).on_conflict_do_nothing())
    there = set(await session.scalars(select(Agent.username)))
    for person in DEMO:
        if person.username not in there:
            await hire(session, By("Loket"), person, hashed(DEMO_PASSWORD), now)
    leads = {a.username: a.agent_id for a in await session.scalars(select(Agent).where(Agent.role == Role.LEAD))}
    for team in await session.scalars(select(Team).where(Team.lead_id.is_(None), Team.version == 1)):
        team.lead_id = leads.get(LEADS.get(team.team_id, ""))
