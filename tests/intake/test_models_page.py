"""The page about what the classifier learned: what it tells, in four languages, and who may press what."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from common.auth import Seal, Staff
from common.clock import now
from common.events import StaffSessionEnded, TicketAssigned, TicketReclassified
from common.vocabulary import HandlingClass, Language, Role, Tier
from front_desk import Loket, hidden
from intake import models
from intake.classify.candidates import Candidate
from intake.model_rows import ModelVersion
from intake.models import By

HOME = "/admin/model"
STANDING = {"macro_f1": 0.991, "technical_recall": 0.985, "confusion": [[190, 7, 3], [2, 198, 0], [0, 5, 195]]}
FIGURES = {
    "full": {
        "stage": "full",
        "shipped": STANDING | {"macro_f1": 0.997},
        "live": STANDING,
        "candidate": STANDING,
        "shipped_on_corrections": 0.13,
        "live_on_corrections": 0.13,
        "candidate_on_corrections": 0.9,
        "candidate_on_unseen_corrections": 0.58,
    }
}


def log_in(loket: Loket, role: Role = Role.ADMIN) -> Staff:
    staff = Staff(uuid4(), uuid4(), role, "ada", "en")
    seal = Seal(loket.settings.secret_key.get_secret_value())
    loket.browser.cookies.set("session", seal.session_token(staff))
    return staff


async def offered(loket: Loket, name: str, *shortfalls: str) -> ModelVersion:
    made = Candidate(f"full-1+{name}", "full-1", b"x", FIGURES, shortfalls, 212, 6)
    async with loket.database.transaction() as session:
        return await models.offer(session, made, By("nightly", now()))


async def act(loket: Loket, path: str) -> int:
    page = (await loket.browser.get(HOME)).text
    response = await loket.browser.post(f"{HOME}{path}", data={"csrf_token": hidden(page)["csrf_token"]})
    return response.status_code


async def test_it_shows_versions_their_figures_and_what_was_done(loket: Loket) -> None:
    log_in(loket)
    await offered(loket, "aaaa1111")
    await offered(loket, "bbbb2222", "full.macro_f1", "fast.macro_f1", "full.technical_recall")

    page = (await loket.browser.get(HOME)).text

    assert "aaaa1111" in page
    assert "99.7 → 99.1" in page
    assert page.count("It loses more than one point on messages kept for comparison.") == 1
    assert "the nightly run" in page
    assert "198" in page, "the confusion on messages kept for comparing"


async def test_it_shows_which_corrections_disagree_most_and_what_people_made_of_judgements(loket: Loket) -> None:
    log_in(loket)
    mild = await loket.bring(body="Kunt u mij een kopie van de factuur van maart sturen?")
    sure = await loket.bring()
    agent_id = uuid4()
    taken = TicketAssigned(
        ticket_id=UUID(sure["id"]),
        agent_id=agent_id,
        agent_name="Sam Peeters",
        tier=Tier.FRONT_OFFICE,
        assigned_at=now(),
    )
    await loket.hear(taken, corrected(sure["id"], agent_id, "Onze wijkploeg"), corrected(mild["id"], uuid4(), "Anders"))

    page = (await loket.browser.get(HOME)).text

    assert "Sam Peeters" in page
    assert "Onze wijkploeg" in page
    assert f"/desk/tickets/{sure['id']}" in page
    async with loket.database.reading() as session:
        counted = await session.execute(text("SELECT count(*) FROM correction"))
    assert counted.scalar_one() == 2


def corrected(ticket_id: str, agent_id: UUID, reason: str) -> TicketReclassified:
    return TicketReclassified(
        ticket_id=UUID(ticket_id),
        agent_id=agent_id,
        from_class=HandlingClass.TECHNICAL,
        to_class=HandlingClass.SPECIALIST,
        from_topic=None,
        to_topic=None,
        reason=reason,
        model_version="full-1",
        reclassified_at=now(),
    )


@pytest.mark.parametrize("language", Language)
async def test_it_speaks_four_languages_also_when_there_is_nothing(loket: Loket, language: Language) -> None:
    log_in(loket)
    empty = await loket.browser.get(f"{HOME}?lang={language}")
    await offered(loket, "aaaa1111")
    await offered(loket, "bbbb2222", "full.macro_f1")
    full = await loket.browser.get(f"{HOME}?lang={language}")

    assert (empty.status_code, full.status_code) == (200, 200)
    assert ("What the classifier has learned" in full.text) == (language is Language.EN)


async def test_an_admin_lets_a_version_judge_and_goes_back(loket: Loket) -> None:
    log_in(loket)
    made = await offered(loket, "aaaa1111")

    assert await act(loket, f"/{made.model_id}/promote") == 303
    assert "in use" in (await loket.browser.get(HOME)).text
    assert await act(loket, f"/{made.model_id}/promote") == 409
    assert await act(loket, "/rollback") == 303
    assert "no version replaces it" in (await loket.browser.get(HOME)).text
    assert await act(loket, f"/{made.model_id}/shadow") == 303
    assert await act(loket, f"/{uuid4()}/shadow") == 404


async def test_a_lead_looks_and_presses_nothing(loket: Loket) -> None:
    staff = log_in(loket, Role.LEAD)
    made = await offered(loket, "aaaa1111")
    page = await loket.browser.get(HOME)
    token = Seal(loket.settings.secret_key.get_secret_value()).form_token(str(staff.session_id))

    assert page.status_code == 200
    assert "Use the trial version" not in page.text
    pressed = await loket.browser.post(f"{HOME}/{made.model_id}/promote", data={"csrf_token": token})
    assert pressed.status_code == 403


@pytest.mark.parametrize("role", [Role.AGENT, Role.TECHNICIAN, Role.PARTNER])
async def test_others_do_not_see_it(loket: Loket, role: Role) -> None:
    log_in(loket, role)

    assert (await loket.browser.get(HOME)).status_code == 403


async def test_nobody_sees_it_without_a_living_session(loket: Loket) -> None:
    assert (await loket.browser.get(HOME)).status_code == 401
    staff = log_in(loket)
    assert (await loket.browser.get(HOME)).status_code == 200
    async with loket.database.transaction() as session:
        ended = StaffSessionEnded(agent_id=staff.agent_id, session_id=staff.session_id, role=staff.role, ended_at=now())
        await session.execute(
            text("INSERT INTO ended_session VALUES (:id, :at)"), {"id": ended.session_id, "at": ended.ended_at}
        )
    assert (await loket.browser.get(HOME)).status_code == 401


async def test_a_form_from_elsewhere_does_nothing(loket: Loket) -> None:
    log_in(loket)
    made = await offered(loket, "aaaa1111")
    for token in ("", "x"):
        answer = await loket.browser.post(f"{HOME}/{made.model_id}/promote", data={"csrf_token": token})
        assert answer.status_code == 403
