"""Addresses at which nobody can be reached: marked when a channel says so, cleared by a person."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.vocabulary import Channel
from notifications.claims import Claimed
from notifications.preferences import forget_device

_MARK = text("""
INSERT INTO bad_address (channel, address, reason, marked_at) VALUES (:channel, :address, :reason, :now)
ON CONFLICT (channel, address) DO UPDATE SET reason = excluded.reason, marked_at = excluded.marked_at
""")
_CLEAR = text("""
DELETE FROM bad_address b USING ticket t
WHERE t.reference = :reference AND (b.channel = 'email' AND b.address = lower(t.email)
    OR b.channel = 'sms' AND b.address = t.phone)
""")


async def mark(session: AsyncSession, claimed: Claimed, reason: str, now: datetime) -> None:
    """Try the address of this delivery no more; a device is forgotten, since it cannot come back under its address."""
    if claimed.channel is Channel.PUSH and claimed.device:
        await forget_device(session, claimed.device[0])
    elif claimed.channel is Channel.EMAIL and claimed.email:
        await mark_address(session, Channel.EMAIL, claimed.email.lower(), reason, now)
    elif claimed.channel is Channel.SMS and claimed.phone:
        await mark_address(session, Channel.SMS, claimed.phone, reason, now)


async def mark_address(session: AsyncSession, channel: Channel, address: str, reason: str, now: datetime) -> None:
    """Try this address no more."""
    await session.execute(_MARK, {"channel": channel.value, "address": address, "reason": reason, "now": now})


async def clear(session: AsyncSession, reference: str) -> None:
    """Try the addresses of this ticket's customer again."""
    await session.execute(_CLEAR, {"reference": reference})
