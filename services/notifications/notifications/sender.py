"""The sender: claims what is due, brings it outside any transaction, records what became of it."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from common import clock
from common.db import Database
from common.log import logger
from common.rhythm import Rhythm
from common.wakeup import Wakeups
from notifications import deliveries
from notifications.channels import Channel
from notifications.deliveries import Outcome
from notifications.mail import UnusableAddress, Writer
from notifications.notices import Background, silence
from notifications.queries import CHANNEL, Claimed, Room
from notifications.retries import PROBE_EVERY, Answer, DeliveryState, Verdict, after
from notifications.telemetry import DELIVERIES

log = logger(__name__)

LOOK_EVERY_SECONDS = 1.0
APART_SECONDS = (0.03, 0.1)
GATHER_SECONDS = 0.02  # mails that are ready within this time are recorded together
LANDING_SECONDS = 10.0


class Sender:
    """Keeps a bounded number of mails under way. Any number of senders may share a database."""

    def __init__(
        self,
        database: Database,
        channel: Channel,
        writer: Writer,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._database = database
        self._channel = channel
        self._writer = writer
        self._now = now
        self._under_way: dict[asyncio.Task[Outcome], Claimed] = {}
        self._away_since: datetime | None = None  # when the channel was last found to be away

    async def run(self, wakeups: Wakeups) -> None:
        """Send for ever: at once when woken, and once a second for what became due by itself."""
        hint = asyncio.create_task(wakeups.wait(CHANNEL, LOOK_EVERY_SECONDS))
        carried = 0
        rhythm = Rhythm(*APART_SECONDS)
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
            room = self._room(done, now)
            claimed = await deliveries.claim(session, room, self._writer.domain, now) if room.most > 0 else []
        for task in done:
            del self._under_way[task]
        for each in claimed:
            self._under_way[asyncio.create_task(self._attempt(each))] = each
        for outcome in counted:
            _report(outcome)
        return len(counted)

    def _room(self, done: list[asyncio.Task[Outcome]], now: datetime) -> Room:
        flying = [claimed.domain for task, claimed in self._under_way.items() if task not in done]
        domains = Counter(domain for domain in flying if domain)
        if self._away_since is None:
            most = self._channel.at_once - len(flying)
        else:
            # One mail finds out whether the channel is back; the others stay planned and lose no attempt.
            most = 0 if flying or now < self._away_since + PROBE_EVERY else 1
        return Room(
            most=most,
            a_domain=self._channel.a_domain,
            busy_domains=[domain for domain, count in domains.items() if count >= self._channel.a_domain],
        )

    async def _attempt(self, claimed: Claimed) -> Outcome:
        background = Background(
            has_address=claimed.email is not None,
            replied_at=claimed.replied_at,
            occurred_at=claimed.occurred_at,
        )
        if reason := silence(claimed.kind, background):
            return Outcome(claimed, DeliveryState.SUPPRESSED, self._now(), reason.value)
        answer = await self._bring(claimed)
        self._away_since = self._now() if answer.verdict is Verdict.AWAY else None
        state, due_at = after(answer, claimed.attempts, claimed.planned_at, self._now())
        return Outcome(claimed, state, due_at, answer.detail)

    async def _bring(self, claimed: Claimed) -> Answer:
        try:
            return await self._channel.send(self._writer.write(claimed, self._now()))
        except UnusableAddress as error:
            return Answer(Verdict.REFUSED, str(error))
        except Exception as error:
            # One mail that cannot be made must not stop the others; it is tried again and given up where people see it.
            log.exception("a mail could not be made", delivery_id=str(claimed.delivery_id))
            return Answer(Verdict.TRY_LATER, f"the mail could not be made: {type(error).__name__}")

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
    DELIVERIES.labels("email", outcome.state.value).inc()
    if outcome.state in {DeliveryState.RETRYING, DeliveryState.FAILED}:
        log.warning(
            "delivery did not arrive",
            state=outcome.state.value,
            delivery_id=str(outcome.claimed.delivery_id),
            ticket_id=str(outcome.claimed.ticket_id),
            attempts=outcome.claimed.attempts,
            detail=outcome.detail,
        )
