"""The sender: claims what is due on one channel, brings it outside any transaction, records what became of it."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from common import clock
from common.db import Database
from common.log import logger
from common.rhythm import Rhythm
from common.vocabulary import Channel as Means
from common.wakeup import Wakeups
from notifications import choice, deliveries
from notifications.channels import Channel
from notifications.choice import Bring, Elsewhere, Hold, Leave, Wait
from notifications.claims import Claimed, Room
from notifications.deliveries import Outcome
from notifications.queries import CHANNEL
from notifications.retries import PROBE_EVERY, Answer, DeliveryState, Verdict, after
from notifications.telemetry import DELIVERIES, DELIVERY_AGE
from notifications.writers import UnusableAddress, Writer

log = logger(__name__)

LOOK_EVERY_SECONDS = 1.0
APART_SECONDS = (0.03, 0.1)
APART_SECONDS_OF_OTHERS = (0.5, 0.5)  # every hint wakes all senders, and most of what they hear of is mail
GATHER_SECONDS = 0.02  # mails that are ready within this time are recorded together
LANDING_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Way:
    """One way to people: who writes what the channel brings."""

    means: Means
    channel: Channel
    writer: Writer


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What senders of all channels share."""

    open_ways: Collection[Means]  # the channels that this organisation has
    zone: ZoneInfo
    mail_domain: str  # of Message-IDs


class Sender:
    """Keeps a bounded number of parcels under way. Any number of senders may share a database."""

    def __init__(
        self,
        database: Database,
        way: Way,
        around: Surroundings,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._database = database
        self._means = way.means
        self._channel = way.channel
        self._writer = way.writer
        self._around = around
        self._now = now
        self._under_way: dict[asyncio.Task[Outcome], Claimed] = {}
        self._away_since: datetime | None = None  # when the channel was last found to be away

    async def run(self, wakeups: Wakeups) -> None:
        """Send for ever: at once when woken, and once a second for what became due by itself."""
        hint = asyncio.create_task(wakeups.wait(CHANNEL, LOOK_EVERY_SECONDS))
        carried = 0
        rhythm = Rhythm(*(APART_SECONDS if self._means is Means.EMAIL else APART_SECONDS_OF_OTHERS))
        try:
            while True:
                await rhythm.turn(carried)
                carried = await self.turn()
                if hint.done():
                    hint = asyncio.create_task(wakeups.wait(CHANNEL, LOOK_EVERY_SECONDS))
                await asyncio.wait({*self._under_way, hint}, return_when=asyncio.FIRST_COMPLETED)
                await self._gather(GATHER_SECONDS)
        except asyncio.CancelledError:
            hint.cancel()
            await self._land()
            raise

    async def drain(self) -> int:
        """Send until nothing is due: how many outcomes were recorded."""
        recorded = 0
        while True:
            recorded += await self.turn()
            if not self._under_way:
                return recorded
            await self._gather(None)

    async def turn(self) -> int:
        """One transaction: record what has come back and claim what is next; how many outcomes counted.

        Whatever is claimed is under way afterwards. When the transaction fails, what came back is kept for the next.
        """
        done = [task for task in self._under_way if task.done()]
        now = self._now()
        async with self._database.transaction() as session:
            counted = await deliveries.record(session, [task.result() for task in done], now)
            room, domain = self._room(done, now), self._around.mail_domain
            claimed = await deliveries.claim(session, room, domain, now) if room.most > 0 else []
        for task in done:
            del self._under_way[task]
        for each in claimed:
            self._under_way[asyncio.create_task(self._attempt(each))] = each
        for outcome in counted:
            _report(outcome)
        return len(counted)

    def _room(self, done: list[asyncio.Task[Outcome]], now: datetime) -> Room:
        flying = [claimed.domain for task, claimed in self._under_way.items() if task not in done]
        domains = Counter(domain for domain in flying if domain) if self._means is Means.EMAIL else Counter()
        if self._away_since is None:
            most = self._channel.at_once - len(flying)
        else:
            # One mail finds out whether the channel is back; the others stay planned and lose no attempt.
            most = 0 if flying or now < self._away_since + PROBE_EVERY else 1
        return Room(
            channel=self._means,
            most=most,
            a_domain=self._channel.a_domain,
            busy_domains=[domain for domain, count in domains.items() if count >= self._channel.a_domain],
        )

    async def _attempt(self, claimed: Claimed) -> Outcome:
        now = self._now()
        match choice.decide(claimed.situation, self._around.open_ways, now.astimezone(self._around.zone)):
            case Leave(why):
                return Outcome(claimed, DeliveryState.SUPPRESSED, now, why.value)
            case Hold(why):
                return Outcome(claimed, DeliveryState.HELD, now, why.value)
            case Wait(until, why):
                return Outcome(claimed, DeliveryState.PLANNED, until, why.value)
            case Elsewhere(channel):
                return Outcome(claimed, DeliveryState.PLANNED, now, choice.Why.OTHER_WAY.value, channel=channel)
            case Bring():
                return await self._bring(claimed)

    async def _bring(self, claimed: Claimed) -> Outcome:
        answer = await self._answer(claimed)
        self._away_since = self._now() if answer.verdict is Verdict.AWAY else None
        state, due_at = after(answer, claimed.attempts, claimed.planned_at, self._now())
        has_next = state is DeliveryState.FAILED and choice.next_way(claimed.situation, self._around.open_ways)
        is_gone = answer.verdict is Verdict.GONE
        return Outcome(claimed, state, due_at, answer.detail, is_gone=is_gone, has_next=bool(has_next))

    async def _answer(self, claimed: Claimed) -> Answer:
        try:
            return await self._channel.send(self._writer.write(claimed, self._now()))
        except UnusableAddress as error:
            return Answer(Verdict.GONE, str(error))
        except Exception as error:
            # One mail that cannot be made must not stop the others; it is tried again and given up where people see it.
            log.exception("a notice could not be written", delivery_id=str(claimed.delivery_id))
            return Answer(Verdict.TRY_LATER, f"the notice could not be written: {type(error).__name__}")

    async def _gather(self, most_seconds: float | None) -> None:
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=most_seconds)

    async def _land(self) -> None:
        """Let what is under way arrive and record it, so that a clean stop sends nothing twice."""
        await self._gather(LANDING_SECONDS)
        done = [task.result() for task in self._under_way if task.done() and not task.cancelled()]
        for task in self._under_way:
            task.cancel()
        self._under_way.clear()
        async with self._database.transaction() as session:
            await deliveries.record(session, done, self._now())


def _report(outcome: Outcome) -> None:
    means, state = outcome.claimed.channel.value, outcome.state
    DELIVERIES.labels(means, state.value).inc()
    if state is DeliveryState.SENT:
        DELIVERY_AGE.labels(means).observe((outcome.due_at - outcome.claimed.planned_at).total_seconds())
    if state in {DeliveryState.RETRYING, DeliveryState.FAILED}:
        log.warning(
            "delivery did not arrive",
            channel=means,
            state=state.value,
            delivery_id=str(outcome.claimed.delivery_id),
            ticket_id=str(outcome.claimed.ticket_id),
            attempts=outcome.claimed.attempts,
            detail=outcome.detail,
        )
