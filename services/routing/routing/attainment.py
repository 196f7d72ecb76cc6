"""What became of promises: as the supplier counts and as customers lived it; forecasts held against the outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

_KEPT = text("""
SELECT queue_id, kind, coalesce(share, 1) AS share,
    count(*) FILTER (WHERE state = 'met') AS kept,
    count(*) FILTER (WHERE state = 'missed') AS broken,
    count(*) FILTER (WHERE stopped_at IS NULL) AS late,
    count(*) FILTER (WHERE stopped_at - started_at <= allowed) AS lived,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY spent) FILTER (WHERE stopped_at IS NOT NULL) AS half_open,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY stopped_at - started_at) AS half_lived,
    percentile_cont(0.95) WITHIN GROUP (ORDER BY stopped_at - started_at) AS most_lived
FROM clock
WHERE kind <> 'internal'
  AND ((stopped_at >= :since AND state IN ('met', 'missed'))
    OR (stopped_at IS NULL AND state = 'running' AND due_at < :now))
GROUP BY queue_id, kind, coalesce(share, 1)
ORDER BY queue_id, kind, share
""")
_CALIBRATION = text("""
SELECT width_bucket(f.chance, 0, 1, 5) AS bucket, count(*) AS forecasts, avg(f.chance) AS said,
    avg(CASE c.state WHEN 'missed' THEN 1.0 ELSE 0.0 END) AS broken,
    avg((f.chance - CASE c.state WHEN 'missed' THEN 1 ELSE 0 END) ^ 2) AS squared
FROM fired f JOIN clock c ON c.clock_id = f.clock_id
WHERE f.fired_at >= :since AND f.chance IS NOT NULL AND c.state IN ('met', 'missed')
GROUP BY bucket ORDER BY bucket
""")
_NEW_DATES = text("""
SELECT count(*) AS told, count(*) FILTER (WHERE c.stopped_at <= d.expected_by) AS kept,
    count(*) FILTER (WHERE c.stopped_at > d.expected_by OR (c.stopped_at IS NULL AND d.expected_by < :now)) AS broken,
    count(*) FILTER (WHERE c.state = 'met') AS needless
FROM delay d JOIN clock c ON c.clock_id = d.clock_id WHERE d.told_at >= :since
""")
# A department caused a breach when the promise was broken by no more than the department was late with its answers,
# and was asked before the promise broke: with answers in time it would have been kept.
_DEPARTMENTS = text("""
WITH asked AS (
    SELECT t.queue_id, t.ticket_id, t.asked_at, t.due_at, t.answered_at,
        coalesce(t.answered_at, least(:now, coalesce(k.resolved_at, k.closed_at, :now))) AS ended_at
    FROM internal_task t JOIN ticket k ON k.ticket_id = t.ticket_id WHERE t.asked_at >= :since
), late AS (
    SELECT queue_id, ticket_id, sum(ended_at - due_at) AS late_by, min(asked_at) AS asked_at
    FROM asked WHERE ended_at > due_at GROUP BY queue_id, ticket_id
), caused AS (
    SELECT l.queue_id, count(*) AS breaches, count(DISTINCT l.ticket_id) AS tickets
    FROM late l JOIN clock c ON c.ticket_id = l.ticket_id AND c.kind <> 'internal' AND l.asked_at < c.due_at
    WHERE (c.state = 'missed' OR (c.state = 'running' AND c.due_at < :now))
      AND coalesce(c.stopped_at, :now) - c.due_at <= l.late_by
    GROUP BY l.queue_id
), held AS (
    SELECT queue_id, sum(ended_at - began_at) AS held FROM stretch
    WHERE holder_kind = 'department' AND ended_at >= :since GROUP BY queue_id
)
SELECT a.queue_id, count(*) AS asked, count(*) FILTER (WHERE answered_at IS NOT NULL) AS answered,
    count(*) FILTER (WHERE ended_at > due_at) AS late,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY answered_at - a.asked_at) AS half,
    percentile_cont(0.95) WITHIN GROUP (ORDER BY answered_at - a.asked_at) AS most,
    max(h.held) AS held, coalesce(max(c.breaches), 0) AS breaches, coalesce(max(c.tickets), 0) AS tickets
FROM asked a LEFT JOIN caused c ON c.queue_id = a.queue_id LEFT JOIN held h ON h.queue_id = a.queue_id
GROUP BY a.queue_id ORDER BY breaches DESC, late DESC, a.queue_id
""")


@dataclass(frozen=True)
class Attained:
    """One kind of promise in one queue, over a window."""

    queue_id: str
    kind: str
    share: float  # promised
    kept: int
    broken: int  # answered or solved too late
    late: int  # too late already and still going
    lived: int  # done within the promised time on the customer's clock, nights and weekends counted
    half_open: timedelta | None  # the median in open time
    half_lived: timedelta | None  # the median for the customer
    most_lived: timedelta | None  # 95 % of the customers waited no longer

    @property
    def all(self) -> int:
        """How many promises came to their end."""
        return self.kept + self.broken + self.late

    @property
    def attained(self) -> float:
        """The share that was kept."""
        return self.kept / self.all if self.all else 1.0

    @property
    def is_attained(self) -> bool:
        """Whether at least the promised share was kept."""
        return self.attained >= self.share

    @property
    def lived_share(self) -> float:
        """The share that was kept as the customer lived it."""
        return self.lived / self.all if self.all else 1.0

    @property
    def gap(self) -> timedelta | None:
        """The service gap: how much longer half of the customers waited than the supplier's clock says."""
        return self.half_lived - self.half_open if self.half_lived is not None and self.half_open is not None else None


@dataclass(frozen=True)
class Calibrated:
    """Forecasts that said about the same, and how often it came true."""

    bucket: int  # 1: up to a chance of 20 % … 5: above 80 %; 6: certain
    forecasts: int
    said: float
    broken: float
    squared: float


@dataclass(frozen=True)
class NewDates:
    """What became of the dates that customers were given in place of a promise."""

    told: int
    kept: int
    broken: int
    needless: int  # the first promise was kept after all


@dataclass(frozen=True)
class Department:
    """How one department answers the others."""

    queue_id: str
    asked: int
    answered: int
    late: int
    half: timedelta | None
    most: timedelta | None
    held: timedelta | None  # how long tickets waited for it altogether
    breaches: int  # promises to customers that its lateness broke
    tickets: int


async def attainment(session: AsyncSession, since: datetime, now: datetime) -> list[Attained]:
    """What became of the promises of each queue that came to their end since then."""
    return [Attained(**row) for row in await _read(session, _KEPT, since, now)]


async def calibration(session: AsyncSession, since: datetime, now: datetime) -> list[Calibrated]:
    """How often promises were broken, by the chance that was forecast."""
    found = await _read(session, _CALIBRATION, since, now)
    return [
        Calibrated(row["bucket"], row["forecasts"], float(row["said"]), float(row["broken"]), float(row["squared"]))
        for row in found
    ]


def brier(buckets: Sequence[Calibrated]) -> float | None:
    """The mean squared error of all forecasts: 0 is perfect, 0.25 is what saying "fifty-fifty" always gets."""
    number = sum(each.forecasts for each in buckets)
    return sum(each.squared * each.forecasts for each in buckets) / number if number else None


async def new_dates(session: AsyncSession, since: datetime, now: datetime) -> NewDates:
    """What became of new dates told since then."""
    [row] = await _read(session, _NEW_DATES, since, now)
    return NewDates(**row)


async def departments(session: AsyncSession, since: datetime, now: datetime) -> list[Department]:
    """How the departments answered questions asked since then, those that broke most promises first."""
    return [Department(**row) for row in await _read(session, _DEPARTMENTS, since, now)]


async def _read(session: AsyncSession, query: TextClause, since: datetime, now: datetime) -> list[dict[str, Any]]:
    values = {"since": since, "now": now} if ":now" in query.text else {"since": since}
    return [dict(row) for row in (await session.execute(query, values)).mappings()]
