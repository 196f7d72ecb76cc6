"""What became of offers: taken, declined and why, or run out; counted per queue."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from routing.tables import Offer


@dataclass
class Answers:
    """How the offers of a queue ended."""

    accepted: int = 0
    declined: int = 0
    timed_out: int = 0
    reasons: dict[str, int] = field(default_factory=dict)  # of who declined, most frequent first

    @property
    def offered(self) -> int:
        """How many somebody could have answered."""
        return self.accepted + self.declined + self.timed_out


async def answers_since(session: AsyncSession, since: datetime) -> Mapping[str, Answers]:
    """How offers that ended since then did, by queue."""
    counted = select(Offer.queue_id, Offer.state, Offer.reason, func.count().label("offers"))
    ended = counted.where(Offer.ended_at >= since, Offer.state.in_(("accepted", "declined", "timed_out")))
    by = ended.group_by(Offer.queue_id, Offer.state, Offer.reason).order_by(func.count().desc(), Offer.reason)
    found: defaultdict[str, Answers] = defaultdict(Answers)
    for queue_id, state, reason, offers in await session.execute(by):
        answers = found[queue_id]
        setattr(answers, state, getattr(answers, state) + offers)
        if reason:
            answers.reasons[reason] = offers
    return found
