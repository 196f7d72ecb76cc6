"""Why a ticket is where it is, in one to three sentences of the reader's own language."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import uuid4

import pytest

from common.texts import words
from common.vocabulary import HandlingClass, Language, Topic
from routing.tables import Audit, Decision, Ticket
from routing.transitions import Act
from routing.web.reasons import MOST_WORDS, why

T = TypeVar("T")
AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
EN = words("routing", Language.EN)


def row(of: type[T], **known: object) -> T:
    """A row of which only this is known."""
    needed = {each.name: None for each in fields(of) if each.init}  # type: ignore[arg-type] # rows are dataclasses
    return of(**{**needed, **known})


def ticket(*evidence: str, topic: Topic | None = Topic.BILLING) -> Ticket:
    return row(Ticket, topic=topic, judgement={"reasons": [{"evidence": each} for each in evidence]})


def decision(judged: HandlingClass | None, confidence: float = 0.876) -> Decision:
    return row(Decision, inputs={"handling_class": judged, "confidence": confidence})


def moved(act: Act, cause: str = "", **after: Any) -> Audit:  # noqa: ANN401 - as the audit holds it
    return Audit(
        ticket_id=uuid4(),
        version=2,
        actor_name="Fatima de Wit",
        act=act,
        cause=cause,
        before={},
        after={"queue_id": "back-office"} | after,
        acted_at=AT,
    )


def test_what_the_classifier_thought_is_said_with_how_sure_it_was() -> None:
    [said] = why(ticket(), decision(HandlingClass.SPECIALIST), [], EN)

    assert said == "It was judged to be specialist work (88% sure), about billing."


def test_without_a_topic_none_is_named() -> None:
    [said] = why(ticket(topic=None), decision(HandlingClass.ROUTINE, 0.5), [], EN)

    assert said == "It was judged to be routine work (50% sure)."


def test_an_unsure_classifier_is_no_shame() -> None:
    [said] = why(ticket(), decision(None), [], EN)

    assert "not clear yet" in said


@pytest.mark.parametrize("act", [Act.ESCALATE, Act.RETURN, Act.TRANSFER, Act.RECLASSIFY])
def test_who_moved_it_last_is_named_in_place_of_the_classifier(act: Act) -> None:
    said = why(ticket(), decision(HandlingClass.ROUTINE), [moved(Act.TRANSFER), moved(act, "too difficult")], EN)

    assert len(said) == 1
    assert "Fatima de Wit" in said[0]
    assert ("too difficult" in said[0]) == (act is not Act.TRANSFER)


def test_a_change_that_moved_nothing_is_no_reason() -> None:
    stayed = moved(Act.RECLASSIFY)
    stayed.after = {"topic": "outage"}

    [said] = why(ticket(), decision(HandlingClass.ROUTINE), [stayed, moved(Act.REPLY)], EN)

    assert "judged" in said


def test_the_words_that_counted_are_quoted_once_each_and_not_too_many() -> None:
    evidence = ["lekt", "lekt", "plafond", "water", "kelder", "gang"]

    said = why(ticket(*evidence), None, [], EN)

    assert said == ["Words that counted: “lekt”, “plafond”, “water”."]
    assert len(evidence[:MOST_WORDS]) == 4


@pytest.mark.parametrize("language", [Language.NL, Language.FR, Language.DE])
def test_every_reason_has_words_in_every_language(language: Language) -> None:
    theirs = words("routing", language)
    for history in ([], *([moved(act, "too difficult")] for act in (Act.ESCALATE, Act.RETURN, Act.RECLASSIFY))):
        told = decision(HandlingClass.TECHNICAL)
        assert not set(why(ticket("lekt"), told, history, theirs)) & set(why(ticket("lekt"), told, history, EN))
