"""A customer whose promise will not be kept sees the new date."""

from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

import pytest

from common.events import DelayExpected, Promise, TicketRouted
from common.vocabulary import HandlingClass, Tier
from front_desk import Loket


@pytest.mark.parametrize("about", ["answer", "solution"])
async def test_a_delay_puts_the_new_date_in_place_of_the_old_one(
    loket: Loket, about: Literal["answer", "solution"]
) -> None:
    ticket = await loket.bring()
    now = datetime.now(UTC)
    first, new = now + timedelta(hours=2), now + timedelta(days=9)
    routed = TicketRouted(
        ticket_id=UUID(ticket["id"]),
        reference=ticket["reference"],
        queue_id="front-office",
        tier=Tier.FRONT_OFFICE,
        handling_class=HandlingClass.ROUTINE,
        priority=3,
        promise=Promise(answer_by=first, solve_by=first),
        cause="accepted",
        routed_at=now,
    )
    delayed = DelayExpected(ticket_id=UUID(ticket["id"]), about=about, promised_by=first, expected_by=new, told_at=now)
    await loket.hear(routed, delayed)

    told = (await loket.status(ticket))["promise"]
    assert datetime.fromisoformat(told["solve_by"]) == new
    assert datetime.fromisoformat(told["answer_by"]) == (new if about == "answer" else first)
    page = (await loket.open(ticket)).text
    assert "Het duurt langer dan wij u beloofden" in page
