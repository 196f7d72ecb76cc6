"""Children that read mails, kept warm: what one of them cannot stand ends it, and nothing else."""

import asyncio
import json

from intake.mail.inbound import InboundMail, Unreadable
from intake.mailroom.children import Child, ChildEnded, Children
from intake.pieces import next_piece

WALL_SECONDS = 10.0  # the limit is five seconds of processor time; a busy machine gets twice that

Read = tuple[InboundMail, tuple[bytes, ...]]


class ReaderDied(Exception):
    """The child ended for a reason that is not known to be the mail's."""


class Reader(Child):
    """One child process that reads."""

    def __init__(self) -> None:
        super().__init__("intake.mail.child", seconds=WALL_SECONDS)

    async def read(self, raw: bytes, envelope_sender: str | None) -> Read:
        """What the mail says, and the bytes of its files. Raises Unreadable, ReaderDied."""
        return await _read(self, raw, envelope_sender)


class Readers(Children):
    """So many children that read."""

    def __init__(self, number: int = 2) -> None:
        super().__init__([Reader() for _ in range(number)])

    async def read(self, raw: bytes, envelope_sender: str | None = None) -> Read:
        """What the mail says, as soon as a child is free. Raises Unreadable, ReaderDied."""
        async with self.one() as child:
            return await _read(child, raw, envelope_sender)


async def _read(child: Child, raw: bytes, envelope_sender: str | None) -> Read:
    job = json.dumps({"envelope_sender": envelope_sender}).encode()
    try:
        answer = await child.ask([job, raw], _heard)
    except TimeoutError as error:
        raise Unreadable("too_costly") from error
    except ChildEnded as error:
        raise (Unreadable("too_costly") if error.is_costly else ReaderDied(str(error))) from error
    if isinstance(answer, tuple):
        return answer
    if answer == "too_costly":
        await child.close()  # with all the memory it took
    raise Unreadable(answer)


async def _heard(answers: asyncio.StreamReader) -> Read | str:
    """What the mail says, or why it cannot be read."""
    said = await next_piece(answers)
    if said.startswith(b'{"reason"'):
        return str(json.loads(said)["reason"])
    mail = InboundMail.model_validate_json(said)
    return mail, tuple([await next_piece(answers) for _ in mail.files])
