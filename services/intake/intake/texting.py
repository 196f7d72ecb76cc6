"""Where texts come in: judged first, then placed and stored in one transaction."""

from dataclasses import dataclass
from uuid import UUID

from common.clock import now
from common.db import Database
from common.telephone import UnusableNumber, dialled, last_digits
from intake import texted
from intake.judging import Judge
from intake.texted import Texted


@dataclass(frozen=True)
class Texting:
    """Takes texts in; it is safe when this returns."""

    database: Database
    judge: Judge
    own_number: str | None  # its last digits
    country: str

    async def take(self, text_id: str, number: str, body: str) -> None:
        """Make of the text what it is: a ticket, a message, or something a person looks at first.

        Raises Unavailable when the judge is away, and what the database raised: the provider then brings it again.
        """
        coming = Texted(text_id, as_dialled(number, self.country), body)
        [judged] = await self.judge.judge([coming.draft])
        async with self.database.transaction() as session:
            await texted.receive(session, coming, judged, self.own_number, now())

    async def release(self, text_message_id: UUID, by: UUID) -> None:
        """Take a held text all the same. Raises NoSuchText, Conflict."""
        async with self.database.transaction() as session:
            row = await texted.held_text(session, text_message_id)
            [judged] = await self.judge.judge([Texted(row.text_id, row.number, row.body).draft])
            await texted.release(session, row, judged, by, now())


def as_dialled(number: str, country: str) -> str:
    """The number as it is dialled; a name or a short number as it is. Providers often leave out the plus."""
    digits = number.strip()
    is_bare = digits.isdecimal() and not digits.startswith("0") and last_digits(digits) is not None
    try:
        return dialled(f"+{digits}" if is_bare else digits, country)
    except UnusableNumber:
        return digits


def own_digits(sender: str) -> str | None:
    """The last digits of our own number; None when we text under a name."""
    return last_digits(sender)
