"""Finding tickets: by words, by reference, by e-mail address, by telephone number."""

import re
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from common.telephone import SAME_DIGITS, last_digits
from routing.queries import visible_to
from routing.tables import Ticket
from routing.viewer import Viewer

MOST_WORDS = 8
_NUMBER = re.compile(r"\+?[\d\s\-./()]{9,25}")
_ENDS = func.right(func.regexp_replace(Ticket.customer_phone, r"\D", "", "g"), SAME_DIGITS)  # as the index has it


@dataclass(frozen=True)
class Search:
    """What somebody looks for; everything given must hold."""

    words: str | None = None  # in the subject, or who it is from; beginnings of words count
    reference: str | None = None
    email: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is looked for."""
        return not (self.words or self.reference or self.email)


async def found_by(session: AsyncSession, search: Search, viewer: Viewer, most: int = 50) -> list[Ticket]:
    """The tickets that the search means and the viewer may see, the latest first."""
    wanted = select(Ticket).where(visible_to(viewer), *_conditions(search))
    return list(await session.scalars(wanted.order_by(Ticket.submitted_at.desc(), Ticket.ticket_id).limit(most)))


def _conditions(search: Search) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if search.words:
        conditions.append(_means(search.words))
    if search.reference:
        conditions.append(Ticket.reference.in_({search.reference, canonical(search.reference)}))
    if search.email:
        conditions.append(func.lower(Ticket.customer_email) == search.email.strip().lower())
    return conditions


def _means(words: str) -> ColumnElement[bool]:
    if "@" in words:
        return func.lower(Ticket.customer_email) == words.strip().lower()
    terms = re.findall(r"\w+", words)[:MOST_WORDS]
    matched = Ticket.searched.bool_op("@@")(func.to_tsquery("simple", " & ".join(f"'{term}':*" for term in terms)))
    found = matched | (Ticket.reference == canonical(words)) if terms else Ticket.reference == words
    digits = last_digits(words) if _NUMBER.fullmatch(words.strip()) else None
    return found | _ENDS.in_([digits]) if digits else found


def canonical(reference: str) -> str:
    """The reference without what people put between its characters: "l-7k3m9 qx2c" is "L7K3M9QX2C"."""
    return re.sub(r"[\s-]", "", reference).upper()
