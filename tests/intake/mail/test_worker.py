"""The worker and its readers: what ends a child ends nothing else, and each mail is settled once."""

import asyncio
import os
import signal
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy.exc import DBAPIError

from breaking import BUSY, refusing
from common.clock import now
from intake import incoming
from intake.incoming import LEASE, MOST_ATTEMPTS
from intake.mail.inbound import Unreadable
from intake.mailroom.readers import Reader, ReaderDied
from intake.mailroom.worker import AGAIN_AFTER
from intake.settling import LostLease, Unread, settle
from letterbox import ANNA, Letterbox, arrived, letter

LARGE = letter("x\r\n" * 5_000_000)


async def killed_while_reading(reader: Reader, number: signal.Signals) -> None:
    """A child that gets this signal while it reads."""
    await reader.read(letter(), ANNA)
    assert reader.pid
    reading = asyncio.create_task(reader.read(LARGE, ANNA))
    await asyncio.sleep(0)
    os.kill(reader.pid, number)
    await reading


async def test_a_child_over_its_limit_sets_its_mail_aside_and_the_next_child_reads_on() -> None:
    reader = Reader()
    with pytest.raises(Unreadable, match="too_costly"):
        await killed_while_reading(reader, signal.SIGXCPU)

    assert (await reader.read(letter(), ANNA))[0].sender.email == ANNA
    await reader.close()


async def test_a_child_that_is_killed_says_nothing_of_its_mail() -> None:
    reader = Reader()
    with pytest.raises(ReaderDied):
        await killed_while_reading(reader, signal.SIGKILL)

    await reader.close()


async def test_a_child_knows_no_secrets() -> None:
    reader = Reader()
    await reader.read(letter(), ANNA)
    with open(f"/proc/{reader.pid}/environ", "rb") as environment:  # noqa: ASYNC230, PTH123 - a file that is no file
        assert environment.read() == b""
    await reader.close()


async def test_a_large_mail_is_read_within_the_memory_of_a_child() -> None:
    reader = Reader()
    body = "A" * 76 + "\r\n"
    raw = letter(body * 320_000, "Content-Type: application/pdf; name=groot.pdf", "Content-Transfer-Encoding: base64")

    mail, [content] = await reader.read(raw, ANNA)

    assert (mail.files[0].name, len(content)) == ("groot.pdf", 57 * 320_000)
    await reader.close()


async def test_two_workers_settle_each_mail_once(letterbox: Letterbox) -> None:
    for number in range(60):
        await letterbox.door.keep(arrived(letter(f"Vraag {number}.", sender=f"klant{number}@example.org")))

    done = await asyncio.gather(letterbox.worker.drain(), letterbox.worker.drain())

    assert sum(done) == 60
    assert await letterbox.loket.count("ticket") == 60
    assert await letterbox.loket.told() == 60


async def test_a_worker_that_lost_its_lease_writes_nothing(letterbox: Letterbox) -> None:
    await letterbox.door.keep(arrived(letter()))
    later = now() + LEASE + timedelta(seconds=1)
    async with letterbox.database.transaction() as session:
        [early] = await incoming.claim(session, 1, now())
    async with letterbox.database.transaction() as session:
        assert await incoming.claim(session, 1, now()) == []
        [late] = await incoming.claim(session, 1, later)

    with pytest.raises(LostLease):
        async with letterbox.database.transaction() as session:
            await settle(session, [], [Unread(early, "broken")], now())
    async with letterbox.database.transaction() as session:
        await settle(session, [], [Unread(late, "too_deep")], now())

    assert [(row.state, row.reason) for row in await letterbox.rows()] == [("quarantined", "too_deep")]


async def test_a_mail_that_ends_every_reader_is_set_aside_in_the_end(letterbox: Letterbox) -> None:
    await letterbox.door.keep(arrived(letter()))
    at = now()
    for _ in range(MOST_ATTEMPTS):
        async with letterbox.database.transaction() as session:
            [claimed] = await incoming.claim(session, 1, at)
            await incoming.put_back(session, [claimed], at)

    await letterbox.worker.drain()

    assert [(row.state, row.reason) for row in await letterbox.rows()] == [("quarantined", "failed")]


async def test_a_mail_that_cannot_be_settled_is_kept_for_a_person_and_its_neighbours_go_on(
    letterbox: Letterbox,
) -> None:
    mails = [
        letter(f"Vraag {number}.", sender=f"klant{number}@example.org", subject=f"Nr {number}") for number in (1, 2)
    ]
    async with refusing(letterbox.database, "ticket", "NEW.subject = 'Nr 1'"):
        await letterbox.bring(*mails)

    assert [(row.state, row.reason) for row in await letterbox.rows()] == [
        ("quarantined", "failed"),
        ("settled", None),
    ]
    assert await letterbox.loket.count("ticket") == 1


async def test_while_the_database_is_busy_no_mail_is_set_aside(letterbox: Letterbox) -> None:
    for number in (1, 2):
        await letterbox.door.keep(arrived(letter(sender=f"klant{number}@example.org", subject=f"Nr {number}")))
    async with refusing(letterbox.database, "ticket", "NEW.subject = 'Nr 1'", BUSY):
        with pytest.raises(DBAPIError):
            await letterbox.worker.once()

    assert [row.state for row in await letterbox.rows()] == ["waiting", "waiting"]
    assert await letterbox.worker.once() == 0  # both are put back, for a little later
    with time_machine.travel(now() + AGAIN_AFTER, tick=False):
        assert await letterbox.worker.drain() == 2
    assert await letterbox.loket.count("ticket") == 2
