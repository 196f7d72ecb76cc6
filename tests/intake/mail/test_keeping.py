"""How long mails are kept: their words as the settings say, their print for a month, what waits until somebody acts."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from common.clock import now
from intake.mailroom.assembly import loops_of
from intake.mailroom.keeping import AT_ONCE, forget_old, forget_some
from intake.mailroom.worker import Desk
from intake.settings import IntakeSettings
from letterbox import Letterbox, arrived, letter

DAY = timedelta(days=1)
AWAY = letter("Ik ben weg.", "Auto-Submitted: auto-replied")


async def sizes(letterbox: Letterbox) -> list[tuple[str, int]]:
    """Every mail: how it stands, and how many of its bytes are there."""
    async with letterbox.database.reading() as session:
        rows = await session.execute(text("SELECT state, length(raw) FROM mail ORDER BY mail_id"))
        return [(row[0], row[1]) for row in rows]


async def after(letterbox: Letterbox, days: int, kept: timedelta) -> int:
    async with letterbox.database.transaction() as session:
        return await forget_some(session, kept, now() + days * DAY)


async def test_words_go_first_and_the_print_after_a_month(letterbox: Letterbox) -> None:
    await letterbox.bring(letter())

    assert await after(letterbox, 6, 7 * DAY) == 0
    assert await after(letterbox, 8, 7 * DAY) == 1
    [(state, size)] = await sizes(letterbox)
    [row] = await letterbox.rows()
    assert (state, size, row.subject) == ("settled", 0, None)
    assert await after(letterbox, 8, 7 * DAY) == 0
    assert await after(letterbox, 31, 7 * DAY) == 1
    assert await sizes(letterbox) == []


async def test_a_mail_without_words_is_still_known_when_it_comes_again(letterbox: Letterbox) -> None:
    await letterbox.bring(letter())
    await after(letterbox, 8, 7 * DAY)

    rows = await letterbox.bring(letter())

    assert len(rows) == 1
    assert await letterbox.loket.count("ticket") == 1


async def test_mails_may_be_kept_longer_than_a_month(letterbox: Letterbox) -> None:
    await letterbox.bring(letter())

    assert await after(letterbox, 89, 90 * DAY) == 0
    assert await after(letterbox, 91, 90 * DAY) == 1
    assert await sizes(letterbox) == []


@pytest.mark.parametrize("waits", [AWAY, letter("x" * 20_000)])
async def test_what_waits_for_a_person_stays_until_somebody_acts(letterbox: Letterbox, waits: bytes) -> None:
    await letterbox.bring(waits)

    assert await after(letterbox, 4_000, DAY) == 0
    [(state, size)] = await sizes(letterbox)
    assert (state, size) in {("held", len(waits)), ("quarantined", len(waits))}


async def test_a_mail_that_is_not_read_yet_stays(letterbox: Letterbox) -> None:
    await letterbox.door.keep(arrived(letter()))

    assert await after(letterbox, 4_000, DAY) == 0


async def test_many_go_a_batch_at_a_time(letterbox: Letterbox) -> None:
    number = AT_ONCE * 2 + 5
    for at in range(number):
        await letterbox.door.keep(arrived(letter(f"Vraag {at}")))
    async with letterbox.database.engine.begin() as connection:
        done = "UPDATE mail SET state = 'discarded', reason = 'spam', received_at = now() - interval '40 days'"
        await connection.execute(text(done))

    assert await forget_old(letterbox.database, 30 * DAY) == number
    assert await sizes(letterbox) == []


async def test_somebody_looks_every_hour(letterbox: Letterbox) -> None:
    desk = Desk(letterbox.database, letterbox.judge, letterbox.store, letterbox.seal, letterbox.house)

    names = [loop.name for loop in loops_of(desk, IntakeSettings(smtp_port=0, mail_kept_days=7), None)]  # type: ignore[arg-type]

    assert "old mail" in names


@pytest.mark.parametrize("days", [0, -1, 4_000])
def test_a_time_that_cannot_be_meant_is_refused(days: int) -> None:
    with pytest.raises(ValueError, match="mail_kept_days"):
        IntakeSettings(mail_kept_days=days)
