"""The worker that turns stored mails into tickets and messages: read in a child, judged, settled, batch after batch."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from common import clock
from common.auth import Seal
from common.db import DATABASE_ERRORS, Database
from common.errors import Unavailable
from common.log import frames, logger
from common.singly import together_or_singly
from common.wakeup import Wakeups
from intake import incoming, knowing, settling
from intake.attachments import AttachmentStore
from intake.incoming import CHANNEL, MOST_ATTEMPTS, UNKNOWN_SENDER, Claimed
from intake.joining import Thread
from intake.judging import Judge
from intake.mail.inbound import InboundMail, Unreadable
from intake.mail.plainly import plainly
from intake.mailroom.checkers import Checkers
from intake.mailroom.readers import ReaderDied, Readers
from intake.senders.verdicts import Brought, Verdict
from intake.settling import House, LostLease, Placed, ReadMail, Unread
from intake.telemetry import MAIL_SECONDS, MAILS, READERS_ENDED

MOST_AT_ONCE = 32
LOOK_EVERY_SECONDS = 2.0
AGAIN_AFTER = timedelta(seconds=5)
log = logger(__name__)


@dataclass(frozen=True)
class Desk:
    """What the worker works with."""

    database: Database
    judge: Judge
    store: AttachmentStore
    seal: Seal
    house: House


class Worker:
    """Settles mails; several may run on one database."""

    def __init__(self, desk: Desk, readers: Readers, checkers: Checkers | None = None) -> None:
        self._desk = desk
        self._readers = readers
        self._checkers = checkers
        self._is_ready = False

    async def run(self, wakeups: Wakeups) -> None:
        """Settle what comes in, for ever."""
        while True:
            if not await self.once():
                await wakeups.wait(CHANNEL, LOOK_EVERY_SECONDS)

    async def once(self) -> int:
        """Settle one batch: how many mails were claimed."""
        async with self._desk.database.transaction() as session:
            claimed = await incoming.claim(session, MOST_AT_ONCE, clock.now())
        if claimed:
            await self._work(claimed)
        return len(claimed)

    async def drain(self) -> int:
        """Settle until nothing waits: how many mails there were."""
        total = 0
        while number := await self.once():
            total += number
        return total

    async def _work(self, claimed: Sequence[Claimed]) -> None:
        read = await asyncio.gather(*map(self._read, claimed))
        try:
            await together_or_singly([each for each in read if each], self._settle, self._set_aside)
        except DATABASE_ERRORS:
            await self._put_back(claimed)
            raise

    async def _set_aside(self, mail: ReadMail | Unread, error: Exception) -> None:
        """Put back a mail that could not be judged: the judge is away or it is too much for it, three tries tell.

        Any other that cannot be settled is kept for a person.
        """
        if isinstance(error, Unavailable):
            return await self._put_back([mail.claimed])
        log.warning("a mail could not be settled", error=type(error).__name__, frames=frames(error)[-4:])
        return await self._settle([Unread(mail.claimed, "failed")])

    async def _put_back(self, claimed: Sequence[Claimed]) -> None:
        async with self._desk.database.transaction() as session:
            await incoming.put_back(session, claimed, clock.now() + AGAIN_AFTER)

    async def _read(self, claimed: Claimed) -> ReadMail | Unread | None:
        """What the mail says; None when it is to be tried again after its lease."""
        if claimed.attempts > MOST_ATTEMPTS:
            return Unread(claimed, "failed")
        try:
            known = None if claimed.envelope_sender == UNKNOWN_SENDER else claimed.envelope_sender
            mail, contents = await self._readers.read(claimed.raw, known)
        except Unreadable as error:
            if error.reason == "too_costly":
                READERS_ENDED.labels(error.reason).inc()
            if not claimed.is_released:
                return Unread(claimed, error.reason)
            mail, contents = plainly(claimed.raw, claimed.envelope_sender)
        except ReaderDied as error:
            READERS_ENDED.labels("died").inc()
            log.warning("a reader died", error=str(error))
            return None
        files = await self._desk.store.keep_bytes(_named(mail, contents))
        return ReadMail(claimed, mail, files, await self._checked(claimed, mail))

    async def _checked(self, claimed: Claimed, mail: InboundMail) -> Verdict | None:
        """What our own check says of the sender; None where the border is asked instead."""
        if self._checkers is None:
            return None
        known = None if claimed.envelope_sender == UNKNOWN_SENDER else claimed.envelope_sender
        return await self._checkers.check(claimed.raw, mail, Brought(claimed.client, claimed.hello or "", known))

    async def _settle(self, mails: Sequence[ReadMail | Unread]) -> None:
        """Settle them all in one transaction; none when another worker took one over meanwhile."""
        desk, now = self._desk, clock.now()
        reads = [each for each in mails if isinstance(each, ReadMail)]
        unread = [each for each in mails if isinstance(each, Unread)]
        async with desk.database.reading() as session:
            known = await knowing.know(session, [(read.mail, read.named) for read in reads], now)
        placed = settling.place_all(reads, known, desk.house, desk.seal, now)
        placed = await self._judged(placed)
        try:
            async with desk.database.transaction() as session:
                settled = await settling.settle(session, placed, unread, now)
        except LostLease:
            return
        for each in settled:
            MAILS.labels(each.thread or each.state).inc()
            MAIL_SECONDS.observe((clock.now() - each.claimed.received_at).total_seconds())

    async def _judged(self, placed: Sequence[Placed]) -> list[Placed]:
        """The same, judged where they become tickets."""
        house = self._desk.house
        if not self._is_ready:
            await self._desk.judge.ready()
            self._is_ready = True
        coming = [each for each in placed if each.place.thread in {Thread.NEW, Thread.LINKED}]
        judged = await self._desk.judge.judge([settling.draft_of(each, house) for each in coming]) if coming else []
        mailboxes = [each.read.claimed.mailbox for each in coming]
        topical = [settling.with_topic(each, box, house) for each, box in zip(judged, mailboxes, strict=True)]
        by_mail = {each.read.claimed.mail_id: found for each, found in zip(coming, topical, strict=True)}
        return [replace(each, judged=by_mail.get(each.read.claimed.mail_id)) for each in placed]


def _named(mail: InboundMail, contents: Sequence[bytes]) -> list[tuple[str, bytes]]:
    return [(file.name, content) for file, content in zip(mail.files, contents, strict=True)]
