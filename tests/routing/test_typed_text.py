"""What staff type is stored as it reads: no hidden character turns it around, in a form or through the API."""

import pytest
from pydantic import ValidationError

from routing.inputs import HandOver, Question, Words


def test_a_reply_shows_what_would_turn_it_around() -> None:
    sent = Words(version=1, body="Wij betalen \u202e001 ORUE\u202c terug\r\nGroet")

    assert sent.body == "Wij betalen \N{REPLACEMENT CHARACTER}001 ORUE\N{REPLACEMENT CHARACTER} terug\nGroet"


def test_accents_are_stored_in_one_way() -> None:
    assert Words(version=1, body="cafe\u0301").body == "café"


def test_a_reason_stays_one_line() -> None:
    sent = HandOver(version=1, reason="needs\na\texpert", note="see\r\nthe file")

    assert (sent.reason, sent.note) == ("needs a expert", "see\nthe file")


@pytest.mark.parametrize("text", ["", "  ", "\r\n", "a\0b", "\ud800"])
def test_nothing_and_what_cannot_be_stored_are_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        Question(version=1, queue="triage", question=text)
