"""IMAP mailboxes: every mail is stored before it is flagged, and none is stored twice, whatever breaks in between."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from imaplib import IMAP4
from typing import Any

from imap_tools import BaseMailBox, ImapToolsError, MailBox, MailBoxStartTls, MailBoxUnencrypted, MailMessageFlags
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock
from common.db import Database
from common.log import logger
from intake import incoming
from intake.incoming import UNKNOWN_SENDER, Arrived
from intake.mail.limits import MOST_BYTES, head_length
from intake.mail_rows import MailboxPlace
from intake.settings import ImapMailbox

AT_ONCE = 20
IDLE_SECONDS = 20
POLL_SECONDS = 30
ANSWER_SECONDS = 60
AGAIN_AFTER_SECONDS = 15.0
LOOK_BACK = timedelta(days=25)  # within the thirty days in which a mail that comes again is recognised
AWAY = (OSError, IMAP4.error, ImapToolsError)
_RETURN_PATH = re.compile(rb"^return-path:[ \t]{0,9}<([^>\r\n]{0,254})>", re.IGNORECASE | re.MULTILINE)
log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """How far a mailbox was taken in."""

    uid_validity: int
    last_uid: int


def wanted(place: Place | None, uid_validity: int, now: datetime) -> str:
    """The search for what is not taken in yet: by number; by time where the numbers were dealt out anew."""
    if place is None:
        return "UNSEEN"
    if place.uid_validity != uid_validity:
        return f"SINCE {(now - LOOK_BACK).strftime('%d-%b-%Y')}"
    return f"UID {place.last_uid + 1}:*"


class _Connection:
    """One connection; every method waits for the server and runs in a thread."""

    def __init__(self, box: ImapMailbox) -> None:
        kinds = {"tls": MailBox, "starttls": MailBoxStartTls, "none": MailBoxUnencrypted}
        self._mailbox: BaseMailBox = kinds[box.security](box.host, box.port, timeout=ANSWER_SECONDS)
        if box.token_file:
            self._mailbox.xoauth2(box.user, box.token_file.read_text().strip(), box.folder)
        else:
            self._mailbox.login(box.user, box.password.get_secret_value() if box.password else "", box.folder)
        self._folder = box.folder

    def status(self) -> tuple[int, int]:
        """The UIDVALIDITY, and the number the next mail will get."""
        found = self._mailbox.folder.status(self._folder, ["UIDVALIDITY", "UIDNEXT"])
        return found["UIDVALIDITY"], found["UIDNEXT"]

    def search(self, criteria: str) -> list[int]:
        """The numbers of the mails that match, lowest first."""
        return sorted(map(int, self._mailbox.uids(criteria, charset=None)))

    def fetch(self, uid: int) -> bytes | None:
        """The mail, byte for byte, and not more than may be; None when it is gone."""
        status, data = self._mailbox.client.uid("fetch", str(uid), f"(BODY.PEEK[]<0.{MOST_BYTES + 1}>)")
        parts: Sequence[Any] = data if status == "OK" and data else ()
        return next((bytes(part[1]) for part in parts if isinstance(part, tuple)), None)

    def flag(self, uids: Sequence[int]) -> None:
        """Show people that these were taken in."""
        self._mailbox.flag([str(uid) for uid in uids], MailMessageFlags.SEEN, True)  # noqa: FBT003 - the library's way

    def wait(self) -> bool:
        """Return at once when something comes in, where the server can tell; whether it can."""
        if "IDLE" not in self._mailbox.client.capabilities:
            return False
        self._mailbox.idle.wait(timeout=IDLE_SECONDS)
        return True

    def close(self) -> None:
        """Hang up, whatever waits."""
        self._mailbox.client.shutdown()


class Fetcher:
    """Takes in what comes to one mailbox."""

    def __init__(self, box: ImapMailbox, database: Database) -> None:
        self._box = box
        self._database = database

    async def run(self) -> None:
        """Take in for ever; a server that is away is asked again."""
        is_told = False
        while True:
            try:
                await self._stay()
            except AWAY as error:
                if not is_told:
                    log.warning("a mailbox cannot be read", mailbox=self._box.name, error=type(error).__name__)
                is_told = True
            await asyncio.sleep(AGAIN_AFTER_SECONDS)

    async def once(self) -> int:
        """Take in what lies there now: how many mails that was. Raises what the server or the network raises."""
        connection = await asyncio.to_thread(_Connection, self._box)
        try:
            return await self._take(connection)
        finally:
            connection.close()

    async def _stay(self) -> None:
        connection = await asyncio.to_thread(_Connection, self._box)
        try:
            while True:
                await self._take(connection)
                if not await asyncio.to_thread(connection.wait):
                    await asyncio.sleep(POLL_SECONDS)
        finally:
            connection.close()

    async def _take(self, connection: _Connection) -> int:
        place = await self._place()
        validity, next_uid = await asyncio.to_thread(connection.status)
        found = await asyncio.to_thread(connection.search, wanted(place, validity, clock.now()))
        is_same = place is not None and place.uid_validity == validity
        # A server answers "from 8 on" with the last mail even when that is number 7.
        uids = [uid for uid in found if not (is_same and place and uid <= place.last_uid)]
        for at in range(0, len(uids), AT_ONCE):
            await self._take_some(connection, uids[at : at + AT_ONCE], validity)
        if not is_same:
            await self._remember(Place(validity, max(next_uid - 1, *uids, 0)))
        return len(uids)

    async def _take_some(self, connection: _Connection, uids: Sequence[int], validity: int) -> None:
        """Fetch, commit, and only then flag."""
        raws = [await asyncio.to_thread(connection.fetch, uid) for uid in uids]
        arrived = [self._arrived(raw) for raw in raws if raw is not None]
        async with self._database.transaction() as session:
            if arrived:
                await incoming.keep(session, arrived, clock.now())
            await _set_place(session, self._box.name, Place(validity, uids[-1]))
        await asyncio.to_thread(connection.flag, uids)

    def _arrived(self, raw: bytes) -> Arrived:
        found = _RETURN_PATH.search(raw[: head_length(raw)])
        sender = found[1].decode("ascii", "replace").lower() if found else UNKNOWN_SENDER
        return Arrived(self._box.name, self._box.address.lower(), sender, raw)

    async def _place(self) -> Place | None:
        async with self._database.reading() as session:
            row = await session.get(MailboxPlace, self._box.name)
            return Place(row.uid_validity, row.last_uid) if row else None

    async def _remember(self, place: Place) -> None:
        async with self._database.transaction() as session:
            await _set_place(session, self._box.name, place)


async def _set_place(session: AsyncSession, mailbox: str, place: Place) -> None:
    row = {"mailbox": mailbox, "uid_validity": place.uid_validity, "last_uid": place.last_uid}
    await session.execute(insert(MailboxPlace).values(row).on_conflict_do_update(index_elements=["mailbox"], set_=row))
