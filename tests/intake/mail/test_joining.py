"""Where a mail belongs, as a rule: nobody gets onto another's ticket, and what loops or floods waits for a person."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.joining import (
    MOST_ALIKE_AN_HOUR,
    MOST_ANSWERED_AN_HOUR,
    MOST_HOPS,
    MOST_NEW_AN_HOUR,
    MOST_SAID_AN_HOUR,
    REOPENS_FOR,
    Circumstances,
    Known,
    Thread,
    place,
    place_text,
    plain,
    tag,
)
from intake.mail.inbound import Bounced, InboundMail, Mailbox, Nature
from intake.mail.results import Trust

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ANNA, MALLORY = "anna@example.org", "mallory@evil.example"
OURS = UUID(int=7)

knowns = st.none() | st.builds(
    Known,
    ticket_id=st.uuids(),
    email=st.sampled_from([ANNA, MALLORY, None]),
    is_void=st.booleans(),
    resolved_at=st.none() | st.integers(0, 40).map(lambda days: NOW - timedelta(days=days)),
)
mails = st.builds(
    InboundMail,
    sender=st.sampled_from([ANNA, MALLORY]).map(lambda email: Mailbox(email=email)),
    senders=st.sampled_from([1, 1, 1, 0, 2]),
    nature=st.sampled_from(Nature),
    hops=st.sampled_from([0, 3, MOST_HOPS, MOST_HOPS + 1]),
    bounced=st.none() | st.builds(Bounced, delivery_id=st.none() | st.uuids(), is_permanent=st.booleans()),
)
circumstances = st.builds(
    Circumstances,
    proven=knowns,
    named=knowns,
    trust=st.sampled_from(Trust),
    own_addresses=st.sampled_from([(), ("help@loket.example",), (ANNA,)]),
    new_this_hour=st.integers(0, MOST_NEW_AN_HOUR + 1),
    said_this_hour=st.integers(0, MOST_SAID_AN_HOUR + 1),
    alike_this_hour=st.integers(0, MOST_ALIKE_AN_HOUR + 1),
    is_reachable=st.booleans(),
    is_our_own=st.booleans(),
    is_released=st.booleans(),
)


@given(mails, circumstances)
def test_only_a_proof_brings_a_mail_onto_a_ticket(mail: InboundMail, seen: Circumstances) -> None:
    found = place(mail, seen, NOW)
    if found.thread is not Thread.JOINED:
        return
    assert found.ticket
    assert found.ticket.takes_more(NOW)
    assert seen.trust is not Trust.FAILED
    if found.ticket is not seen.proven:
        assert found.ticket == seen.named
        assert seen.trust is Trust.VERIFIED
        assert found.ticket.email == mail.sender.email


@given(mails, circumstances)
def test_a_program_never_gets_an_answer_and_a_person_does_until_they_bring_too_many(
    mail: InboundMail, seen: Circumstances
) -> None:
    found = place(mail, seen, NOW)
    if found.thread is Thread.JOINED:
        assert found.may_be_answered == (mail.nature is Nature.PERSON)
    elif found.thread in {Thread.NEW, Thread.LINKED}:
        few = seen.new_this_hour < MOST_ANSWERED_AN_HOUR
        assert found.may_be_answered == (few and mail.nature is Nature.PERSON)


@given(mails, circumstances)
def test_what_loops_or_floods_is_held_unless_a_person_released_it(mail: InboundMail, seen: Circumstances) -> None:
    floods = (
        seen.alike_this_hour >= MOST_ALIKE_AN_HOUR
        or seen.said_this_hour >= MOST_SAID_AN_HOUR
        or mail.hops > MOST_HOPS
        or mail.senders != 1
    )
    held, released = (place(mail, replace(seen, is_released=is_released), NOW).thread for is_released in (False, True))
    if floods:
        assert held in {Thread.HELD, Thread.NOTED}
    assert released is not Thread.HELD


@given(mails, circumstances)
def test_what_is_held_says_why(mail: InboundMail, seen: Circumstances) -> None:
    found = place(mail, seen, NOW)

    assert (found.thread in {Thread.NEW, Thread.JOINED}) == (found.reason == "")


@given(mails, circumstances)
def test_a_mail_that_names_a_ticket_is_never_lost_from_its_sight(mail: InboundMail, seen: Circumstances) -> None:
    if seen.proven or seen.named:
        assert place(mail, replace(seen, is_released=True), NOW).ticket in (seen.proven, seen.named)


@given(circumstances)
def test_a_text_is_never_proof_of_who_sent_it(seen: Circumstances) -> None:
    found = place_text(seen, NOW)

    assert not found.is_verified
    if found.thread is Thread.JOINED:
        assert found.ticket == seen.proven
        assert found.ticket
        assert found.ticket.takes_more(NOW)


@pytest.mark.parametrize(
    ("days", "is_void", "takes"), [(0, False, True), (14, False, True), (15, False, False), (0, True, False)]
)
def test_a_solved_ticket_takes_more_words_for_a_fortnight(days: int, *, is_void: bool, takes: bool) -> None:
    known = Known(OURS, ANNA, is_void=is_void, resolved_at=NOW - timedelta(days=days))

    assert known.takes_more(NOW) is takes
    assert timedelta(days=14) == REOPENS_FOR


@pytest.mark.parametrize(
    ("email", "without", "behind"),
    [
        ("Help+abc@Loket.example", "help@loket.example", "abc"),
        ("help@loket.example", "help@loket.example", ""),
        ("a+b+c@x.example", "a@x.example", "b+c"),
        ('"odd@local"+tag@x.example', '"odd@local"@x.example', "tag"),
        ("+tag@x.example", "@x.example", "tag"),
    ],
)
def test_a_plus_address_is_the_address_and_a_tag(email: str, without: str, behind: str) -> None:
    assert (plain(email), tag(email)) == (without, behind)
