"""Text messages that come in: onto the ticket that their number wrote last."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import NotFound
from common.vocabulary import Channel
from intake import messages
from intake.drafts import Repeatable, Said
from intake.messages import Added

SAME_DIGITS = 9  # what is left of a number without its country code and leading zeros

_LAST = text(r"""
SELECT ticket_id FROM ticket
WHERE phone IS NOT NULL AND right(regexp_replace(phone, '\D', '', 'g'), 9) = :digits
ORDER BY received_at DESC LIMIT 1
""")


@dataclass(frozen=True, slots=True)
class Texted:
    """One text message as the provider gives it."""

    text_id: str
    number: str
    body: str


async def receive(session: AsyncSession, texted: Texted, now: datetime) -> Added:
    """Put the words on the ticket; the same text twice changes nothing. Raises NotFound when the number is unknown.

    Numbers are easily forged, so staff see that the sender is not verified.
    """
    digits = "".join(filter(str.isdigit, texted.number))[-SAME_DIGITS:]
    ticket_id = await session.scalar(_LAST, {"digits": digits}) if len(digits) == SAME_DIGITS else None
    if ticket_id is None:
        raise NotFound("Nobody wrote to us from this number.")
    repeatable = Repeatable("sms", f"sms {texted.text_id}", sha256(texted.body.encode()).digest())
    said = Said(texted.body, Channel.SMS, repeatable=repeatable, is_sender_verified=False)
    return await messages.receive(session, ticket_id, said, now)
