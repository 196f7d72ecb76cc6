"""Where a mail belongs: only who proves to be the customer joins a ticket; the rest makes its own, linked or held."""

# ruff: noqa: E501, FBT001 - mails have long lines

from datetime import timedelta
from uuid import UUID

import pytest

from automatic_replies import kinds
from common.clock import now
from common.events import (
    DeliveryRecorded,
    MailBounced,
    MessageReceived,
    TicketClosed,
    TicketMerged,
    TicketResolved,
    TicketSubmitted,
)
from common.vocabulary import Channel, TicketState
from intake.mail.inbound import InboundMail, Mailbox
from intake.mail.reading import read
from intake.mail.results import Trust, trust
from letterbox import ANNA, BORDER, PASSED, US, Letterbox, Row, letter

FAILED = PASSED.replace("pass", "fail")
DELIVERY = UUID(int=77)


async def ticket(letterbox: Letterbox) -> Row:
    """A ticket of Anna's."""
    return (await letterbox.bring(letter("Het lekt.", "Message-ID: <first@example.org>")))[-1]


async def sent(letterbox: Letterbox, ticket_id: UUID | None) -> None:
    """A mail of ours on the ticket went out."""
    assert ticket_id
    await letterbox.loket.hear(
        DeliveryRecorded(
            ticket_id=ticket_id,
            delivery_id=DELIVERY,
            notice="reply",
            channel=Channel.EMAIL,
            state="sent",
            attempts=1,
            recorded_at=now(),
        )
    )


async def solved(letterbox: Letterbox, ticket_id: UUID | None, ago: timedelta) -> None:
    assert ticket_id
    await letterbox.loket.hear(
        TicketResolved(ticket_id=ticket_id, outcome="answered", agent_name="Piet", resolved_at=now() - ago)
    )


async def test_an_answer_to_the_reply_address_joins(letterbox: Letterbox) -> None:
    first = await ticket(letterbox)
    to = letterbox.reply_to(first.ticket_id)
    answer = letter(
        "Het lekt erger.\r\n\r\nOp ma 23 nov 2026 om 10:15 schreef Loket <help@loket.example>:\r\n> oud", to=to
    )

    row = await letterbox.last(answer, recipient=to)

    assert (row.thread, row.ticket_id) == ("joined", first.ticket_id)
    assert await letterbox.said(first.ticket_id) == ["Het lekt.", "Het lekt erger."]
    told = [event for event in await letterbox.loket.emitted() if isinstance(event, MessageReceived)]
    assert told[0].is_sender_verified is True


@pytest.mark.parametrize("header", ["References", "In-Reply-To"])
async def test_an_answer_that_refers_to_the_thread_joins(letterbox: Letterbox, header: str) -> None:
    first = await ticket(letterbox)
    assert first.ticket_id
    root = letterbox.seal.thread_id(first.ticket_id, ANNA, "loket.example")

    row = await letterbox.last(letter("Nog iets.", f"{header}: <x@y> <{root}>"))

    assert (row.thread, row.ticket_id) == ("joined", first.ticket_id)


async def test_the_same_answer_twice_is_one_message(letterbox: Letterbox) -> None:
    first = await ticket(letterbox)
    to = letterbox.reply_to(first.ticket_id)

    await letterbox.bring(letter("Nog iets.", to=to), recipient=to)
    row = await letterbox.last(letter("Nog iets.", to=to), recipient=to.upper())
    again = await letterbox.last(letter("Nog iets.", "Received: from x", to=to), recipient=US)

    assert (row.thread, again.thread) == ("repeat", "repeat")
    assert len(await letterbox.said(first.ticket_id)) == 2


@pytest.mark.parametrize("refers_to", ["first@example.org", f"{DELIVERY}@loket.example"])
@pytest.mark.parametrize(("found", "thread"), [(PASSED, "joined"), (FAILED, "linked"), ("X: y", "linked")])
async def test_a_known_message_id_counts_only_from_a_verified_customer(
    letterbox: Letterbox, refers_to: str, found: str, thread: str
) -> None:
    first = await ticket(letterbox)
    await sent(letterbox, first.ticket_id)

    row = await letterbox.last(letter("Nog iets.", found, f"In-Reply-To: <{refers_to}>"))

    assert row.thread == thread
    assert (row.ticket_id == first.ticket_id) == (thread == "joined")


async def test_a_ticket_number_in_a_subject_proves_nothing(letterbox: Letterbox) -> None:
    first = await ticket(letterbox)
    submitted = (await letterbox.loket.emitted())[0]
    assert isinstance(submitted, TicketSubmitted)

    row = await letterbox.last(letter("Nog iets.", PASSED, subject=f"Re: {submitted.reference}"))

    assert row.thread == "new"
    assert row.ticket_id != first.ticket_id


async def test_a_stranger_on_a_thread_gets_a_ticket_beside_it(letterbox: Letterbox) -> None:
    first = await ticket(letterbox)
    to = letterbox.reply_to(first.ticket_id)

    row = await letterbox.last(letter("Ik ben de buurman.", sender="buur@example.org", to=to), recipient=to)

    made = (await letterbox.loket.emitted())[-1]
    assert row.thread == "linked"
    assert isinstance(made, TicketSubmitted)
    assert (made.linked_to, made.customer.email, made.is_sender_verified) == (
        first.ticket_id,
        "buur@example.org",
        False,
    )


@pytest.mark.parametrize(("ago", "thread"), [(timedelta(days=13), "joined"), (timedelta(days=15), "linked")])
async def test_a_solved_ticket_takes_answers_for_fourteen_days(
    letterbox: Letterbox, ago: timedelta, thread: str
) -> None:
    first = await ticket(letterbox)
    await solved(letterbox, first.ticket_id, ago)
    to = letterbox.reply_to(first.ticket_id)

    row = await letterbox.last(letter("Het lekt weer.", to=to), recipient=to)

    assert row.thread == thread
    assert row.reason == (None if thread == "joined" else "late")


async def test_an_answer_to_a_ticket_that_went_up_in_another_arrives_there(letterbox: Letterbox) -> None:
    old, new, newest = await letterbox.bring(letter("Een."), letter("Twee."), letter("Drie."))
    assert old.ticket_id
    assert new.ticket_id
    assert newest.ticket_id
    for ticket_id, into in ((old.ticket_id, new.ticket_id), (new.ticket_id, newest.ticket_id)):
        merged = TicketMerged(
            ticket_id=ticket_id, into_ticket_id=into, into_reference="L", agent_name="Piet", merged_at=now()
        )
        await letterbox.loket.hear(merged)
    to = letterbox.reply_to(old.ticket_id)

    row = await letterbox.last(letter("Vier.", to=to), recipient=to)

    assert (row.thread, row.ticket_id) == ("joined", newest.ticket_id)
    assert await letterbox.said(newest.ticket_id) == ["Drie.", "Vier."]


async def spoof_states(letterbox: Letterbox) -> list[Row]:
    """A thread in each of six states."""
    rows = await letterbox.bring(*[letter(f"Vraag {n}.", f"Message-ID: <q{n}@example.org>") for n in "abcdef"])
    _, sent_one, fresh, late, void, closed = [row.ticket_id for row in rows]
    await sent(letterbox, sent_one)
    await solved(letterbox, fresh, timedelta(days=1))
    await solved(letterbox, late, timedelta(days=20))
    await solved(letterbox, closed, timedelta(days=13))
    assert void
    assert closed
    states = {void: TicketState.VOID, closed: TicketState.CLOSED}
    for ticket_id, state in states.items():
        final = TicketClosed.model_validate(
            {"ticket_id": ticket_id, "final_state": state, "reason": "spam", "closed_at": now()}
        )
        await letterbox.loket.hear(final)
    return rows


def spoofs(letterbox: Letterbox, row: Row, number: int) -> list[tuple[bytes, str]]:
    """Forty ways to pretend to be Anna on a ticket of hers, each with the address it is sent to."""
    token = letterbox.reply_to(row.ticket_id)
    stolen = letterbox.reply_to(row.ticket_id, "eve@evil.example")
    changed = token.replace("help+", "help+a" if token[5] != "a" else "help+b", 1).replace("ab", "b", 1)
    root = token.partition("+")[2]
    refers = [f"In-Reply-To: <q{'abcdef'[number]}@example.org>", f"References: <{DELIVERY}@loket.example>"]
    forged = [FAILED, "Authentication-Results: evil.example; dmarc=pass", f"Authentication-Results: {BORDER}; spf=pass",
              "Received: from x\r\nReceived: from y\r\n" + PASSED, PASSED.replace("example.org", "evil.example"),
              f"{FAILED}\r\n{PASSED}", "X-Loket-Ticket: " + str(row.ticket_id), "X-Loket-Verified: yes"]  # fmt: skip
    mails = []
    for at, mark in enumerate(forged):
        mails += [(letter(f"Betaal {at}.", mark, refer), US) for refer in refers]
    for at, froms in enumerate(
        ["From: anna@example.org\r\nFrom: eve@evil.example", "From: anna@example.org, eve@evil.example"]
    ):
        mails += [(letter(f"Twee {at}.", PASSED, froms, refer), US) for refer in refers]
    for at, sender in enumerate(['"anna@example.org" <eve@evil.example>', "anna@example.org.evil.example", "Anna <eve@evil.example>",
                                 "anna@exаmple.org", "<anna@evil.example>", "Anna <anna+x@example.org>"]):  # fmt: skip
        mails.append((letter(f"Naam {at}.", PASSED, sender=sender, to=token), token))
        mails.append((letter(f"Draad {at}.", PASSED, f"References: <{root}>", sender=sender), US))
    for at, to in enumerate([stolen, changed]):
        mails += [(letter(f"Adres {at}.", mark, to=to), to) for mark in (FAILED, "X: y")]
    mails += [(letter("Toch.", FAILED, to=token), token), (letter("Toch 2.", FAILED, f"References: <{root}>"), US)]
    mails += [
        (letter("Via CC.", f"Cc: {token}", sender="eve@evil.example"), US),
        (letter("Nummer.", subject="Re: L-12345"), US),
    ]
    return mails


async def test_forty_spoofs_on_six_threads_never_join(letterbox: Letterbox) -> None:
    rows = await spoof_states(letterbox)
    before = {row.ticket_id: await letterbox.said(row.ticket_id) for row in rows}
    total = 0
    for number, row in enumerate(rows):
        mails = spoofs(letterbox, row, number)
        total += len(mails)
        for raw, recipient in mails:
            await letterbox.bring(raw, recipient=recipient, envelope_sender="eve@evil.example")

    assert total >= 240
    assert {row.ticket_id: await letterbox.said(row.ticket_id) for row in rows} == before
    assert not [row for row in await letterbox.rows() if row.thread == "joined"]
    assert not [e for e in await letterbox.loket.emitted() if isinstance(e, MessageReceived)]


async def test_sixty_automatic_replies_make_no_ticket_and_no_message(letterbox: Letterbox) -> None:
    first = await ticket(letterbox)
    to = letterbox.reply_to(first.ticket_id)
    for number, kind in enumerate(kinds()):
        raw = letter(f"{kind.body} {number}", *kind.headers, subject=kind.subject, sender=kind.sender, to=to)
        row = await letterbox.last(raw, recipient=to, envelope_sender=kind.envelope_sender)
        assert row.state == "held", kind
        assert row.ticket_id == first.ticket_id

    assert await letterbox.loket.told() == 1


@pytest.mark.parametrize("header", ["Auto-Submitted: auto-generated", "List-Id: <x.example.org>", "Precedence: bulk"])
async def test_what_a_program_or_list_wrote_is_a_ticket_that_nobody_answers(letterbox: Letterbox, header: str) -> None:
    row = await letterbox.last(letter("Druk te laag", header))

    made = (await letterbox.loket.emitted())[0]
    assert row.thread == "new"
    assert isinstance(made, TicketSubmitted)
    assert made.may_be_answered is False


async def test_a_mail_of_ours_that_came_back_is_told(letterbox: Letterbox) -> None:
    first = await ticket(letterbox)
    await sent(letterbox, first.ticket_id)
    report = "\r\n".join([
        "--b", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; x", "", "Action: failed", "Status: 5.1.1", "",
        "--b", "Content-Type: message/rfc822", "", f"Message-ID: <{DELIVERY}@loket.example>", "", "x", "--b--",
    ])  # fmt: skip
    raw = letter(
        report,
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
        sender="MAILER-DAEMON@x.example",
    )

    row = await letterbox.last(raw, envelope_sender="")

    told = (await letterbox.loket.emitted())[-1]
    assert (row.thread, row.ticket_id) == ("noted", first.ticket_id)
    assert isinstance(told, MailBounced)
    assert (told.delivery_id, told.is_permanent, told.status) == (DELIVERY, True, "5.1.1")


@pytest.mark.parametrize(
    ("subject", "body", "is_permanent", "status"),
    [
        (
            "failure notice",
            f"Sorry, 550 5.1.1 no such user\r\n\r\n> Message-ID: <{DELIVERY}@loket.example>",
            True,
            "5.1.1",
        ),
        ("Undeliverable: x", f"550 mailbox unavailable\r\nMessage-Id: <{DELIVERY}@loket.example>", True, "5.0.0"),
        ("Delivery delayed", f"will be retried\r\nMessage-ID: <{DELIVERY}@loket.example>", False, None),
        ("Onbestelbaar: x", f"452 4.2.2 over quota\r\nMessage-ID: <{DELIVERY}@loket.example>", False, "4.2.2"),
    ],
)
async def test_servers_that_write_as_they_like_are_understood(
    letterbox: Letterbox, subject: str, body: str, is_permanent: bool, status: str | None
) -> None:
    first = await ticket(letterbox)
    await sent(letterbox, first.ticket_id)

    await letterbox.last(letter(body, subject=subject, sender="mailer-daemon@x.example"), envelope_sender="")

    told = (await letterbox.loket.emitted())[-1]
    assert isinstance(told, MailBounced)
    assert (told.is_permanent, told.status) == (is_permanent, status)


async def test_what_came_back_and_is_not_ours_waits_for_a_person(letterbox: Letterbox) -> None:
    row = await letterbox.last(
        letter("550 no", subject="failure notice", sender="mailer-daemon@x.example"), envelope_sender=""
    )

    assert (row.state, row.reason) == ("held", "bounce")


async def test_a_colleague_who_forwards_lends_no_name(letterbox: Letterbox) -> None:
    text = "Graag oppakken\r\n\r\n---------- Forwarded message ---------\r\nVan: Klant <klant@example.com>\r\nDate: ma\r\nSubject: Gas\r\n\r\nIk ruik gas."
    mark = PASSED.replace("example.org", "loket.example")

    await letterbox.bring(letter(text, mark, sender="piet@loket.example", subject="Fwd: Gas"))
    await letterbox.bring(letter(text, PASSED, sender=ANNA, subject="Fwd: Gas"))

    by_colleague, by_other = [e for e in await letterbox.loket.emitted() if isinstance(e, TicketSubmitted)]
    assert (by_colleague.customer.email, by_colleague.subject, by_colleague.body) == (
        "klant@example.com",
        "Gas",
        "Ik ruik gas.",
    )
    assert by_other.customer.email == ANNA


@pytest.mark.parametrize(
    ("headers", "sender", "reason"),
    [
        (["Received: from x"] * 51, ANNA, "loop"),
        ([], US, "own_address"),
        ([], "help+abc@loket.example", "own_address"),
        (["From: a@example.org", "From: b@example.org"], ANNA, "several_senders"),
    ],
)
async def test_what_would_loop_or_deceive_is_held(
    letterbox: Letterbox, headers: list[str], sender: str, reason: str
) -> None:
    row = await letterbox.last(letter("x", *headers, sender=sender))

    assert (row.state, row.reason) == ("held", reason)


async def test_too_many_new_tickets_from_one_address_are_held_not_dropped(letterbox: Letterbox) -> None:
    words = ["een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht"]
    rows = await letterbox.bring(*[letter(f"Vraag {a} {b}") for a in words for b in words[:3]])

    assert [row.state for row in rows] == ["settled"] * 20 + ["held"] * 4
    assert {row.reason for row in rows[20:]} == {"too_many"}


async def test_two_programs_that_answer_each_other_stop_within_five_rounds(letterbox: Letterbox) -> None:
    rounds = [
        letter(
            f"Wij hebben uw bericht ontvangen. Uw nummer is L-7K3M9-QX{n}C5. Antwoord voor {n}:00.",
            sender="help@other.example",
            subject=f"Uw bericht (L-7K3M9-QX{n}C5)",
        )
        for n in range(10)
    ]

    rows = await letterbox.bring(*rounds)

    assert sum(row.state == "settled" for row in rows) <= 5
    assert {row.reason for row in rows if row.state == "held"} == {"loop"}


def mail_from(sender: str, *headers: str) -> InboundMail:
    return read(letter("x", *headers, sender=sender), None)[0]


@pytest.mark.parametrize(
    ("headers", "believed"),
    [
        ([PASSED], Trust.VERIFIED),
        (["Received: from x", PASSED], Trust.VERIFIED),
        (["Received: from x", "Received: from y", PASSED], Trust.UNKNOWN),
        ([FAILED], Trust.FAILED),
        ([PASSED, FAILED], Trust.FAILED),
        ([PASSED.replace("pass", "none")], Trust.UNKNOWN),
        ([PASSED.replace(BORDER, "other.example")], Trust.UNKNOWN),
        ([PASSED.replace("example.org", "evil.example")], Trust.FAILED),
        ([f"Authentication-Results: {BORDER} 1; (dmarc=pass) dmarc=fail header.from=example.org"], Trust.FAILED),
        (
            [f"Authentication-Results: {BORDER};\r\n dkim=pass;\r\n dmarc=pass (p=none) header.from=example.org"],
            Trust.VERIFIED,
        ),
        ([], Trust.UNKNOWN),
    ],
)
def test_only_what_the_border_says_is_believed(headers: list[str], believed: Trust) -> None:
    assert trust(mail_from(ANNA, *headers), BORDER, 1) is believed


def test_without_a_border_nobody_is_believed() -> None:
    assert trust(mail_from(ANNA, PASSED), "", 1) is Trust.UNKNOWN


def test_an_address_is_compared_in_lower_case() -> None:
    assert mail_from("ANNA@Example.ORG").sender == Mailbox(email=ANNA)
