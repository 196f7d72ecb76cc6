"""A claimed delivery as writers get it."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from common.vocabulary import Channel, Language
from notifications.choice import Situation, Wish
from notifications.claims import Claimed
from notifications.notices import NoticeKind
from postroom import START

TICKET = UUID(int=5)
PERSON = UUID(int=3)
SITUATION = Situation(
    kind=NoticeKind.ACKNOWLEDGEMENT,
    channel=Channel.EMAIL,
    reachable=[Channel.EMAIL],
    tried=[],
    wish=Wish(),
    is_urgent=False,
    is_automatic=True,
    occurred_at=START,
    replied_at=None,
    automatic_sent=0,
    replies_sent=0,
    last_reply_sent_at=None,
)
CLAIMED = Claimed(
    delivery_id=UUID(int=9),
    notice_id=UUID(int=8),
    ticket_id=TICKET,
    channel=Channel.EMAIL,
    attempts=1,
    planned_at=START,
    mail_id=f"{UUID(int=9)}@loket.example",
    kind=NoticeKind.ACKNOWLEDGEMENT,
    occurred_at=START,
    body=None,
    agent_name=None,
    until=None,
    reference="L-7K3M9-QX2C5",
    language=Language.NL,
    email="anna@customer.example",
    domain="customer.example",
    phone="06 12345678",
    street="Dorpsstraat",
    house_number="1",
    postcode="3511 AB",
    city="Utrecht",
    is_urgent=False,
    person_id=PERSON,
    answer_by=START + timedelta(hours=22),
    solve_by=START + timedelta(days=8),
    incident=None,
    earlier_mail_ids=[],
    device=None,
    situation=SITUATION,
)
REPLY = replace(CLAIMED, kind=NoticeKind.REPLY, body="Het is gedaan.", agent_name="Piet")
