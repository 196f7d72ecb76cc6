"""What the classifier learned, for leads and admins: versions, their figures, confusion, and who disagreed."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from common.clock import now
from common.db import Reading, Transaction
from common.menu import menu
from common.texts import mark, words
from common.vocabulary import HandlingClass
from intake import model_queries, models
from intake.models import By
from intake.web.staff import ActingAdmin, AnyLead

router = APIRouter(prefix="/admin/model", include_in_schema=False)

HOME = "/admin/model"
SINCE = timedelta(days=90)
SHORTFALLS = {  # what stands behind the stage in a shortfall
    "macro_f1": mark("it loses more than one point on messages kept for comparison"),
    "technical_recall": mark("it misses more repairs and outages"),
    "corrections": mark("it follows the corrections less well than the version in use"),
    "unseen_corrections": mark("it does not foresee corrections it has not seen"),
}
ACTS = {
    "made": mark("made"),
    "refused": mark("refused"),
    "shadowed": mark("put on trial"),
    "promoted": mark("put to use"),
    "rolled_back": mark("went back to"),
}
NIGHTLY = mark("the nightly run")


@router.get("")
async def shown(colleague: AnyLead, session: Reading) -> Response:
    """The page."""
    since = now() - SINCE
    said = words("intake", colleague.language)
    context: Mapping[str, object] = {
        "viewer_name": colleague.staff.username,
        "csrf_token": colleague.form_token,
        **menu(colleague.staff.role, HOME, colleague.language),
        "may_act": colleague.is_admin,
        "overview": await model_queries.overview(session),
        "decided": await model_queries.decided(session, since),
        "disagreements": await model_queries.disagreements(session, since),
        "kinds": list(HandlingClass),
        "days": SINCE.days,
        "why_not": lambda shortfalls: [said.gettext(SHORTFALLS[name]) for name in _names(shortfalls)],
        "act_name": lambda act: said.gettext(ACTS[act]),
        "actor_name": lambda actor: said.gettext(NIGHTLY) if actor == models.NIGHTLY else actor,
    }
    return colleague.parts.pages.render(colleague.request, "models.html", context, language=colleague.language)


@router.post("/{model_id}/promote")
async def promote(colleague: ActingAdmin, session: Transaction, model_id: UUID) -> Response:
    """Lets a version judge."""
    await models.promote(session, await models.version(session, model_id), By(colleague.staff.username, now()))
    return RedirectResponse(HOME, 303)


@router.post("/{model_id}/shadow")
async def shadow(colleague: ActingAdmin, session: Transaction, model_id: UUID) -> Response:
    """Lets a version look on."""
    await models.shadow(session, await models.version(session, model_id), By(colleague.staff.username, now()))
    return RedirectResponse(HOME, 303)


@router.post("/rollback")
async def roll_back(colleague: ActingAdmin, session: Transaction) -> Response:
    """Lets what judged before judge again."""
    await models.roll_back(session, By(colleague.staff.username, now()))
    return RedirectResponse(HOME, 303)


def _names(shortfalls: Sequence[str]) -> list[str]:
    """What a version falls short of, in either stage, each once."""
    return list(dict.fromkeys(shortfall.partition(".")[2] for shortfall in shortfalls))
