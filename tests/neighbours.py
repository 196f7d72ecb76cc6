"""People of one house who write about the same leak, in other words or in the same."""

from typing import Any
from uuid import uuid4

from bureau import submitted
from common.events import Customer, TicketSubmitted
from common.vocabulary import Language

ANNA = Customer(person_id=uuid4(), name="Anna Jansen", email="anna@example.org", language=Language.NL)
BUREN = Customer(person_id=uuid4(), name="Piet Buur", email="piet@example.org", language=Language.NL)
LEAK: dict[str, Any] = {
    "subject": "Lekkage in de keuken",
    "body": "Er komt water door het plafond van de keuken, het druppelt al uren.",
}
AGAIN: dict[str, Any] = {
    "subject": "Nog steeds lekkage keuken",
    "body": "Het water komt nog steeds door het plafond van de keuken.",
}


def wrote(customer: Customer = ANNA, **changed: Any) -> TicketSubmitted:  # noqa: ANN401 - fields of the event
    return submitted(customer=customer, **{**LEAK, **changed})
