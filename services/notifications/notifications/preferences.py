"""How a person wants to be reached: their own choice, by the link in their mail, and what it does to later notices."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import BadInput
from common.vocabulary import Channel, Language
from notifications.tables import Device, Preference, Ticket

MOST_DEVICES = 10
LONGEST_ENDPOINT = 1000

_CHOOSE = text("""
INSERT INTO preference (person_id, channel, language, quiet_from, quiet_until, stopped_at, changed_at)
VALUES (:person_id, :channel, :language, :quiet_from, :quiet_until, cast(:stopped_at AS timestamptz), :now)
ON CONFLICT (person_id) DO UPDATE SET channel = excluded.channel, language = excluded.language,
    quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until,
    stopped_at = CASE WHEN excluded.stopped_at IS NULL THEN NULL
                      ELSE coalesce(preference.stopped_at, excluded.stopped_at) END,
    changed_at = excluded.changed_at
""")
_STOP = text("""
INSERT INTO preference (person_id, stopped_at, changed_at) VALUES (:person_id, :now, :now)
ON CONFLICT (person_id) DO UPDATE SET stopped_at = coalesce(preference.stopped_at, :now), changed_at = :now
""")
_ADD_DEVICE = text("""
INSERT INTO device (endpoint, person_id, p256dh, auth, added_at) VALUES (:endpoint, :person_id, :p256dh, :auth, :now)
ON CONFLICT (endpoint) DO UPDATE SET person_id = :person_id, p256dh = :p256dh, auth = :auth, added_at = :now
""")
_FORGET_OLDEST = text("""
DELETE FROM device WHERE person_id = :person_id AND endpoint NOT IN (
    SELECT endpoint FROM device WHERE person_id = :person_id ORDER BY added_at DESC LIMIT :most)
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What somebody chose; None and false where they left it to us."""

    channel: Channel | None
    language: Language | None
    quiet: tuple[time, time] | None
    has_stopped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What the page shows: the choice, the language of the person's last ticket, and the ways they can choose."""

    choice: Choice
    language: Language
    ways: Collection[Channel]


async def reach(session: AsyncSession, person_id: UUID) -> Reach | None:
    """How this person can be reached; None when nobody of that id ever wrote."""
    ticket = await session.scalar(
        select(Ticket).where(Ticket.person_id == person_id).order_by(Ticket.submitted_at.desc()).limit(1)
    )
    if ticket is None:
        return None
    kept = await session.get(Preference, person_id)
    device = await session.scalar(select(Device.endpoint).where(Device.person_id == person_id).limit(1))
    has = {
        Channel.EMAIL: ticket.email,
        Channel.SMS: ticket.phone,
        Channel.PUSH: device,
        Channel.LETTER: ticket.postcode and ticket.house_number and ticket.city,
    }
    return Reach(choice=_choice(kept), language=ticket.language, ways=[way for way, address in has.items() if address])


def _choice(kept: Preference | None) -> Choice:
    if kept is None:
        return Choice(channel=None, language=None, quiet=None, has_stopped=False)
    quiet = (kept.quiet_from, kept.quiet_until) if kept.quiet_from and kept.quiet_until else None
    return Choice(
        channel=kept.channel and Channel(kept.channel),
        language=kept.language and Language(kept.language),
        quiet=quiet,
        has_stopped=kept.stopped_at is not None,
    )


async def choose(session: AsyncSession, person_id: UUID, choice: Choice, now: datetime) -> None:
    """Keep what somebody chose; it holds for every notice whose turn comes after this."""
    quiet_from, quiet_until = choice.quiet or (None, None)
    await session.execute(
        _CHOOSE,
        {
            "person_id": person_id,
            "channel": choice.channel,
            "language": choice.language,
            "quiet_from": quiet_from,
            "quiet_until": quiet_until,
            "stopped_at": now if choice.has_stopped else None,
            "now": now,
        },
    )


async def stop(session: AsyncSession, person_id: UUID, now: datetime) -> None:
    """Send this person nothing any more but what belongs to a question of theirs."""
    await session.execute(_STOP, {"person_id": person_id, "now": now})


async def add_device(session: AsyncSession, person_id: UUID, device: Device, now: datetime) -> None:
    """Send notices to this browser too; of many, the newest ten are kept. Raises BadInput."""
    if not device.endpoint.startswith("https://") or len(device.endpoint) > LONGEST_ENDPOINT:
        raise BadInput("This browser cannot be reached.")
    row = {"endpoint": device.endpoint, "p256dh": device.p256dh, "auth": device.auth}
    await session.execute(_ADD_DEVICE, row | {"person_id": person_id, "now": now})
    await session.execute(_FORGET_OLDEST, {"person_id": person_id, "most": MOST_DEVICES})


async def forget_device(session: AsyncSession, endpoint: str) -> None:
    """Send nothing to this browser any more."""
    await session.execute(delete(Device).where(Device.endpoint == endpoint))
