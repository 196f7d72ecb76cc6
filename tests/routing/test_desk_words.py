"""What the desk calls things that other services name."""

import re
from uuid import uuid4

import pytest

from bureau import PASSWORD, Bureau, submitted
from common.clock import now
from common.events import DeliveryRecorded
from common.vocabulary import Channel, Language
from notifications.notices import NoticeKind
from routing import projections


@pytest.mark.parametrize("language", list(Language))
async def test_every_kind_of_notice_has_a_name_that_people_read(bureau: Bureau, language: Language) -> None:
    [ticket_id] = await bureau.accept(submitted())
    told = [
        DeliveryRecorded(
            ticket_id=ticket_id,
            delivery_id=uuid4(),
            notice=kind.value,
            channel=Channel.EMAIL,
            state="sent",
            attempts=1,
            recorded_at=now(),
        )
        for kind in NoticeKind
    ]
    async with bureau.database.transaction() as session:
        await projections.keep_deliveries(session, told, now())
    browser = bureau.browser()
    await browser.post("/login", data={"username": "frontoffice", "password": PASSWORD})

    page = (await browser.get(f"/desk/tickets/{ticket_id}?lang={language}")).text

    lists = re.findall(r'<ul class="plain">\s*((?:<li class="">[^<]+</li>)+)\s*</ul>', page)
    [notices] = [each for each in lists if each.count("<li") == len(NoticeKind)]
    names = set(re.findall(r'<li class="">([^:<]+):', notices))
    assert len(names) == len(NoticeKind)
    assert names.isdisjoint(NoticeKind)
