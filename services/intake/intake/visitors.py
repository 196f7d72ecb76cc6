"""Who may see a ticket from outside: whoever holds its key."""

from dataclasses import dataclass

from common.auth import Seal
from common.errors import NotFound
from intake import references


class NoSuchTicket(NotFound):
    """There is no such ticket, or not for whoever asks: the two look the same."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Someone who proved to hold the key of one ticket."""

    reference: str


def admit(seal: Seal, typed: str, key: str) -> Visitor:
    """The visitor with this key; raises NoSuchTicket.

    Nothing is looked up, so the answer and its time tell nothing about which tickets exist.
    """
    reference = references.parse(typed)
    if not seal.opens_status(reference or "", key) or reference is None:
        raise NoSuchTicket("There is nothing here.")
    return Visitor(reference)
