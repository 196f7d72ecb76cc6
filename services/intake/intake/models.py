"""What is done with model versions: a candidate looks on, is promoted when it holds, and can be rolled back."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from common.errors import Conflict, NotFound
from intake import learning
from intake.classify.candidates import Candidate
from intake.model_rows import ModelAct, ModelVersion, Teaching
from intake.shadows import looked_on

LEAST_LOOKED_ON = timedelta(hours=12)  # before a candidate is promoted by itself
NIGHTLY = "nightly"


@dataclass(frozen=True, slots=True)
class By:
    """Who did something, when, and why if they said so."""

    actor: str
    at: datetime
    reason: str = ""


class NoSuchModel(NotFound):
    """A name that no model version has."""


class NotPromotable(Conflict):
    """A model version that may not judge, or already does."""


class NothingBefore(Conflict):
    """There is nothing to go back to."""


async def teaching(session: AsyncSession, *, lock: bool = False) -> Teaching:
    """The one row that says which model judges (locked until commit if `lock`); made when it is missing."""
    await session.execute(text("INSERT INTO teaching DEFAULT VALUES ON CONFLICT DO NOTHING"))
    found = select(Teaching).execution_options(populate_existing=True)
    return (await session.scalars(found.with_for_update() if lock else found)).one()


async def named(session: AsyncSession, name: str) -> ModelVersion:
    """The version of that name, or of a name that ends so. Raises NoSuchModel."""
    ends_so = ModelVersion.name.endswith(name, autoescape=True)
    found = (await session.scalars(select(ModelVersion).where(ends_so).limit(2))).all() if name else []
    if len(found) != 1:
        raise NoSuchModel("There is no model version %(name)s.", name=name)
    return found[0]


async def version(session: AsyncSession, model_id: UUID) -> ModelVersion:
    """The version with that id. Raises NoSuchModel."""
    if model := await session.get(ModelVersion, model_id):
        return model
    raise NoSuchModel("There is no model version %(name)s.", name=str(model_id))


async def offer(session: AsyncSession, candidate: Candidate, by: By) -> ModelVersion:
    """Keep a candidate; it looks on from now on when it holds, and is refused when it falls short."""
    if known := await session.scalar(select(ModelVersion).where(ModelVersion.name == candidate.version)):
        return known
    model = ModelVersion(
        model_id=uuid7(),
        name=candidate.version,
        base=candidate.base,
        file=candidate.file,
        figures=candidate.figures,
        shortfalls=list(candidate.shortfalls),
        corrections=candidate.corrections,
        agents=candidate.agents,
        made_at=by.at,
        made_by=by.actor,
    )
    session.add(model)
    await session.flush()
    state = await teaching(session, lock=True)
    _record(session, state, "made", model.model_id, by)
    if model.shortfalls:
        _record(session, state, "refused", model.model_id, replace(by, reason=", ".join(model.shortfalls)))
    else:
        await shadow(session, model, by)
    return model


async def shadow(session: AsyncSession, model: ModelVersion, by: By) -> None:
    """Let a version judge along from now on; what it says is kept beside and never used."""
    state = await teaching(session, lock=True)
    if state.live_id == model.model_id:
        raise NotPromotable("%(name)s is in use already.", name=model.name)
    state.shadow_id = model.model_id
    _record(session, state, "shadowed", model.model_id, by)
    await session.flush()
    await learning.tell(session)


async def promote(session: AsyncSession, model: ModelVersion, by: By) -> None:
    """Let a version judge from now on. Raises NotPromotable when it fell short, on the frozen set or looking on."""
    state = await teaching(session, lock=True)
    if state.live_id == model.model_id:
        raise NotPromotable("%(name)s is in use already.", name=model.name)
    if model.shortfalls:
        raise NotPromotable(
            "%(name)s falls short: %(shortfalls)s.", name=model.name, shortfalls=", ".join(model.shortfalls)
        )
    if not (await looked_on(session, model.model_id)).holds:
        raise NotPromotable("%(name)s did worse than the version in use.", name=model.name)
    _record(session, state, "promoted", model.model_id, by)
    state.live_id = model.model_id
    state.shadow_id = None if state.shadow_id == model.model_id else state.shadow_id
    state.promotes_itself = True
    await session.flush()
    await learning.tell(session)


async def roll_back(session: AsyncSession, by: By) -> ModelVersion | None:
    """Let what judged before judge again (None: the shipped model); nothing is promoted by itself from now on.

    Raises NothingBefore when the shipped model judges already.
    """
    state = await teaching(session, lock=True)
    if state.live_id is None:
        raise NothingBefore("There is nothing to go back to: the shipped model is in use.")
    came = (ModelAct.act == "promoted") & (ModelAct.model_id == state.live_id)
    before_id = await session.scalar(select(ModelAct.before_id).where(came).order_by(ModelAct.act_id.desc()).limit(1))
    _record(session, state, "rolled_back", before_id, by)
    state.live_id = before_id
    state.shadow_id = None if state.shadow_id == before_id else state.shadow_id
    state.promotes_itself = False
    await session.flush()
    await learning.tell(session)
    return await session.get(ModelVersion, before_id) if before_id else None


async def promote_what_holds(session: AsyncSession, base: str, now: datetime) -> ModelVersion | None:
    """Promote the candidate that looked on long enough, holds, and was made for this shipped model; None otherwise."""
    state = await teaching(session, lock=True)
    if state.shadow_id is None or not state.promotes_itself:
        return None
    model = await session.get_one(ModelVersion, state.shadow_id)
    shadowed = (ModelAct.act == "shadowed") & (ModelAct.model_id == model.model_id)
    since = await session.scalar(select(func.max(ModelAct.acted_at)).where(shadowed))
    if since is None or now - since < LEAST_LOOKED_ON or model.base != base or model.shortfalls:
        return None
    if not (await looked_on(session, model.model_id)).holds:
        return None
    await promote(session, model, By(NIGHTLY, now))
    return model


async def expect_refit(session: AsyncSession, due_at: datetime) -> None:
    """Write down when the next refit is due."""
    await teaching(session)
    await session.execute(update(Teaching).values(refit_due_at=due_at))


def _record(session: AsyncSession, state: Teaching, act: str, model_id: UUID | None, by: By) -> None:
    """Add to the history what was done."""
    session.add(
        ModelAct(act=act, model_id=model_id, before_id=state.live_id, actor=by.actor, reason=by.reason, acted_at=by.at)
    )
