"""Children that check who sent a mail; where none can say in time, the sender is unverified and the mail goes on."""

import asyncio
import json

from intake.mail.inbound import InboundMail
from intake.mail.results import Trust
from intake.mailroom.children import Child, ChildEnded, Children
from intake.pieces import next_piece
from intake.senders.verdicts import Brought, Verdict
from intake.telemetry import SENDERS

NUMBER = 4  # they mostly wait for the name server
WALL_SECONDS = 7.0  # five for all questions of a mail, and some to reckon
WAIT_SECONDS = 8.0  # for a free child and its answer together


class Checkers(Children):
    """So many children that check senders, all asking one name server: the machine's own when none is named."""

    def __init__(self, server: str = "", number: int = NUMBER) -> None:
        super().__init__([Child("intake.senders.child", server, seconds=WALL_SECONDS) for _ in range(number)])

    async def check(self, raw: bytes, mail: InboundMail, brought: Brought) -> Verdict:
        """Whether the mail is from whom it says; unknown when nobody could say in time."""
        found = await self._checked(raw, mail, brought)
        SENDERS.labels(found.trust).inc()
        return found

    async def _checked(self, raw: bytes, mail: InboundMail, brought: Brought) -> Verdict:
        if mail.senders != 1:
            return Verdict(Trust.FAILED, "several senders")
        given = {
            "domain": mail.sender.email.rpartition("@")[2],
            "client": brought.client,
            "hello": brought.hello,
            "envelope_sender": brought.envelope_sender,
        }
        try:
            async with asyncio.timeout(WAIT_SECONDS), self.one() as child:
                return await child.ask([json.dumps(given).encode(), raw], _heard)
        except (TimeoutError, ChildEnded):
            return Verdict(Trust.UNKNOWN, "no answer")


async def _heard(answers: asyncio.StreamReader) -> Verdict:
    said = json.loads(await next_piece(answers))
    return Verdict(Trust(said["trust"]), said["why"])
