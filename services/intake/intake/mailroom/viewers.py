"""Children that make mails harmless to look at, apart from those that read: a page never waits for the pile."""

import asyncio

from intake.mail.inbound import Unreadable
from intake.mailroom.children import Child, ChildEnded, Children
from intake.pieces import next_piece
from intake.showing.layout import AsSent

WALL_SECONDS = 8.0
WAIT_SECONDS = 12.0  # for a free child and its answer together


class Viewers(Children):
    """So many children, started when the first mail is looked at."""

    def __init__(self, number: int = 1) -> None:
        super().__init__([Child("intake.showing.child", seconds=WALL_SECONDS) for _ in range(number)])

    async def show(self, raw: bytes) -> AsSent:
        """How the mail looks, harmless. Raises Unreadable."""
        try:
            async with asyncio.timeout(WAIT_SECONDS), self.one() as child:
                said = await child.ask([b"", raw], next_piece)
        except (TimeoutError, ChildEnded) as error:
            raise Unreadable("too_costly") from error
        if said.startswith(b'{"reason"'):
            raise Unreadable("broken")
        return AsSent.model_validate_json(said)
