"""The mail room put together: its loops, and what the organisation's settings say about mail."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from email.utils import parseaddr
from functools import partial

from common.log import logger
from common.run import Loop
from common.settings import Settings
from common.wakeup import Wakeups
from intake.joining import plain
from intake.mailroom.checkers import NUMBER, Checkers
from intake.mailroom.imap import Fetcher
from intake.mailroom.keeping import keep_no_longer
from intake.mailroom.listener import Door, Listener, Store
from intake.mailroom.readers import Readers
from intake.mailroom.worker import Desk, Worker
from intake.settings import IntakeSettings
from intake.settling import House

AGAIN_AFTER_SECONDS = 5.0
log = logger(__name__)


def house_of(settings: Settings, own: IntakeSettings) -> House:
    """What the settings say about mail."""
    address = plain(parseaddr(settings.mail_address)[1])
    colleagues = own.mail_colleagues or (address.rpartition("@")[2],)
    return House(
        own_addresses=frozenset({address, *(plain(box.address) for box in own.mailboxes)}),
        colleagues=frozenset(each.lower().lstrip("@") for each in colleagues),
        border=own.mail_border,
        border_hops=own.mail_border_hops,
        is_checked_here=own.mail_check == "own",
        languages=tuple((box.name, box.language) for box in own.mailboxes if box.language),
        topics=tuple((box.name, box.topic) for box in own.mailboxes if box.topic),
    )


def loops_of(desk: Desk, own: IntakeSettings, wakeups: Wakeups) -> Sequence[Loop]:
    """The loops through which mail comes in."""
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd writes addresses of people at INFO
    door = Door(desk.house.own_addresses, own.tls(), is_lmtp=own.smtp_protocol == "lmtp", relays=own.mail_relays)
    kept = timedelta(days=own.mail_kept_days)
    loops = [
        Loop("mail", partial(_work, desk, own, wakeups)),
        Loop("old mail", partial(keep_no_longer, desk.database, kept)),
    ]
    if own.smtp_port:
        listener = Listener(Store(desk.database), door)
        loops.append(Loop("smtp", partial(_listen, listener, own.smtp_host, own.smtp_port)))
    return [*loops, *(Loop(f"imap {box.name}", Fetcher(box, desk.database).run) for box in own.mailboxes)]


async def _work(desk: Desk, own: IntakeSettings, wakeups: Wakeups) -> None:
    async with Readers() as readers, checkers_of(own) as checkers:
        await Worker(desk, readers, checkers).run(wakeups)


@asynccontextmanager
async def checkers_of(own: IntakeSettings, number: int = NUMBER) -> AsyncIterator[Checkers | None]:
    """Children that check senders, where the settings want that; none is started before it has something to do."""
    if own.mail_check == "border":
        yield None
        return
    async with Checkers(own.mail_resolver, number) as checkers:
        yield checkers


async def _listen(listener: Listener, host: str, port: int) -> None:
    """Listen for ever; a port that is taken is asked for again until it is free."""
    is_told = False
    while True:
        try:
            await listener.serve(host, port)
        except OSError as error:
            if not is_told:
                log.warning("no mail can come in: the port cannot be used", port=port, error=error.strerror)
            is_told = True
        await asyncio.sleep(AGAIN_AFTER_SECONDS)
