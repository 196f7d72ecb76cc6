"""Proofs made from the secret: each opens one thing and nothing else."""

from datetime import timedelta
from uuid import uuid4

import pytest

from common.auth import Seal, Staff, cookie_name, ticket_named
from common.clock import now
from common.vocabulary import Role

SEAL = Seal("a secret of at least thirty-two characters")
OTHER = Seal("another secret of thirty-two characters!")


def anna() -> Staff:
    return Staff(uuid4(), uuid4(), Role.LEAD, "anna", "nl")


def test_a_status_key_opens_its_own_ticket_only() -> None:
    key = SEAL.status_key("L7K3M9QX2C")

    assert SEAL.opens_status("L7K3M9QX2C", key)
    assert not SEAL.opens_status("L7K3M9QX2D", key)
    assert not OTHER.opens_status("L7K3M9QX2C", key)
    assert len(key) * 6 >= 128


@pytest.mark.parametrize("key", ["", "x", "é", "\x00", "A" * 10_000])
def test_garbage_opens_nothing(key: str) -> None:
    assert not SEAL.opens_status("L7K3M9QX2C", key)
    assert SEAL.open_session(key) is None
    assert not SEAL.is_form_token("session", key)


def test_a_session_token_says_who_it_speaks_for() -> None:
    staff = anna()

    assert SEAL.open_session(SEAL.session_token(staff)) == staff
    assert OTHER.open_session(SEAL.session_token(staff)) is None


def test_a_key_for_one_purpose_is_worth_nothing_for_another() -> None:
    assert SEAL.status_key("one") != SEAL.form_token("one")
    assert not SEAL.is_form_token("one", SEAL.status_key("one"))


def test_a_file_link_works_until_its_time() -> None:
    attachment, until = uuid4(), now() + timedelta(minutes=5)
    link = SEAL.file_link("", attachment, until)
    proof = link.rpartition("proof=")[2]

    assert SEAL.opens_file(attachment, int(until.timestamp()), proof, now())
    assert not SEAL.opens_file(attachment, int(until.timestamp()), proof, now() + timedelta(minutes=6))
    assert not SEAL.opens_file(uuid4(), int(until.timestamp()), proof, now())
    assert not SEAL.opens_file(attachment, int(until.timestamp()) + 60, proof, now())


def test_cookies_are_bound_to_the_host_wherever_there_is_tls() -> None:
    assert cookie_name("loket", "https://loket.example") == "__Host-loket"
    assert cookie_name("loket", "http://127.0.0.1:8080") == "loket"


def test_a_reply_token_proves_one_ticket_to_one_reader() -> None:
    ticket = uuid4()
    token = SEAL.reply_token(ticket, "Anna@Customer.example")

    assert SEAL.answered_ticket(token.upper(), "anna@customer.example") == ticket
    assert SEAL.answered_ticket(token, "eve@customer.example") is None
    assert OTHER.answered_ticket(token, "anna@customer.example") is None
    assert SEAL.thread_id(ticket, "anna@customer.example", "loket.example") == f"{token}@loket.example"


def test_a_reply_token_names_its_ticket_even_where_it_proves_nothing() -> None:
    ticket = uuid4()

    assert ticket_named(OTHER.reply_token(ticket, "anna@customer.example")) == ticket
    assert ticket_named("help") is None
    assert ticket_named("é" * 44) is None
