"""One thing that many customers are told: each once, in their own language, at a pace that others can bear."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from common.bulk import Bulk, plain
from common.errors import BadInput, NotFound
from common.vocabulary import Channel, Language
from notifications.notices import NoticeKind
from notifications.queries import wake_sender
from notifications.retries import DeliveryState
from notifications.tables import Broadcast, Delivery, Notice

LONGEST_WORDS = 4000
FASTEST = 60_000  # a minute

# One notice a person, for the ticket they wrote last. Whether they can be reached is asked when the turn comes.
_MEANT = text("""
SELECT ticket_id, language FROM (
    SELECT DISTINCT ON (coalesce(t.person_id, t.ticket_id)) t.ticket_id, t.submitted_at,
        coalesce(p.language, t.language) AS language
    FROM ticket t LEFT JOIN preference p USING (person_id)
    WHERE t.reference = ANY (cast(:references AS text[]))
    ORDER BY coalesce(t.person_id, t.ticket_id), t.submitted_at DESC) meant
ORDER BY submitted_at, ticket_id
""")
_STOP = text("""
WITH stopped AS (
    UPDATE broadcast SET stopped_at = :now WHERE broadcast_id = :id AND stopped_at IS NULL RETURNING broadcast_id
)
UPDATE delivery d SET state = 'suppressed', detail = 'broadcast_stopped', recorded_at = :now
FROM notice n, stopped WHERE n.notice_id = d.notice_id AND n.broadcast_id = stopped.broadcast_id AND d.state = 'planned'
""")
_PROGRESS = text("""
SELECT n.broadcast_id, d.state, count(*) AS number FROM notice n JOIN delivery d USING (notice_id)
WHERE n.broadcast_id = ANY (cast(:ids AS uuid[])) GROUP BY 1, 2
""")


@dataclass(frozen=True, slots=True)
class Progress:
    """A broadcast and how many deliveries of it are in each state."""

    broadcast: Broadcast
    numbers: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What to tell, and to whom."""

    title: str
    words: Mapping[str, str]  # language → words
    references: Sequence[str]
    per_minute: int


async def tell(session: AsyncSession, news: News, by: str, now: datetime) -> tuple[Broadcast, int]:
    """The broadcast and how many people it is for; the first mails leave at once. Raises BadInput."""
    words = {language.value: news.words.get(language, "").strip() for language in Language}
    if not all(words.values()) or max(map(len, words.values())) > LONGEST_WORDS:
        raise BadInput("Write the news in all four languages, in at most %(most)s characters.", most=LONGEST_WORDS)
    if not 1 <= news.per_minute <= FASTEST:
        raise BadInput("Choose a pace between 1 and %(most)s a minute.", most=FASTEST)
    broadcast = Broadcast(
        broadcast_id=uuid7(),
        title=news.title.strip() or words[Language.NL][:60],
        words=words,
        per_minute=news.per_minute,
        created_by=by,
        created_at=now,
    )
    session.add(broadcast)
    await session.flush()
    meant = (await session.execute(_MEANT, {"references": list(news.references)})).all()
    if not meant:
        raise BadInput("None of these numbers belongs to a message we know.")
    apart = timedelta(minutes=1) / news.per_minute
    rows = Bulk()
    for nth, (ticket_id, language) in enumerate(meant):
        rows.add_all(_rows(broadcast, ticket_id, words[language], now + nth * apart))
    await rows.write(session)
    await wake_sender(session)
    return broadcast, len(meant)


def _rows(broadcast: Broadcast, ticket_id: UUID, words: str, due_at: datetime) -> tuple[Notice, Delivery]:
    notice = plain(Notice)(
        notice_id=uuid7(),
        ticket_id=ticket_id,
        kind=NoticeKind.NEWS,
        occurred_at=due_at,  # for this reader: an answer given meanwhile must not wait behind it
        body=words,
        agent_name=None,
        message_id=None,
        until=None,
        broadcast_id=broadcast.broadcast_id,
    )
    delivery = plain(Delivery)(
        delivery_id=uuid7(),
        notice_id=notice.notice_id,
        ticket_id=ticket_id,
        channel=Channel.EMAIL,
        state=DeliveryState.PLANNED,
        occurred_at=due_at,
        planned_at=broadcast.created_at,
        due_at=due_at,
        promise_since=None,
    )
    return notice, delivery


async def stop(session: AsyncSession, broadcast_id: UUID, now: datetime) -> None:
    """Tell nobody any more who was not told yet. Raises NotFound."""
    if await session.get(Broadcast, broadcast_id) is None:
        raise NotFound("There is no such broadcast.")
    await session.execute(_STOP, {"id": broadcast_id, "now": now})


async def newest(session: AsyncSession, most: int) -> list[Progress]:
    """The last broadcasts with their progress, newest first."""
    found = (await session.scalars(select(Broadcast).order_by(Broadcast.broadcast_id.desc()).limit(most))).all()
    rows = await session.execute(_PROGRESS, {"ids": [each.broadcast_id for each in found]})
    numbers: dict[UUID, dict[str, int]] = {each.broadcast_id: {} for each in found}
    for broadcast_id, state, number in rows:
        numbers[broadcast_id][state] = number
    return [Progress(each, numbers[each.broadcast_id]) for each in found]
