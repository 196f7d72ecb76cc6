"""Hostile and odd mails: none raises, none is lost, none takes long, and each ends where it may."""

import time
from collections import Counter

from intake.mailroom.worker import MOST_AT_ONCE
from intake.reasons import REASONS
from letterbox import Letterbox, arrived, letter
from odd_mails import TABLE, odd_mails

LONGEST_SECONDS = 5.0
MAILS = list(odd_mails())


def test_the_table_is_long_and_always_the_same() -> None:
    assert len(MAILS) >= 400
    assert [odd.raw for odd in odd_mails()] == [odd.raw for odd in MAILS]
    assert len(MAILS) == sum(number for number, _, _ in TABLE.values())


async def test_every_odd_mail_ends_where_it_may(letterbox: Letterbox) -> None:
    door, worker, slow = letterbox.door, letterbox.worker, []
    for number, odd in enumerate(MAILS):
        began = time.perf_counter()
        await door.keep(arrived(odd.raw, f"help+{number}@loket.example", odd.envelope_sender))
        assert await worker.drain() == 1
        spent = time.perf_counter() - began
        slow += [(odd.name, spent)] if spent > LONGEST_SECONDS else []
    rows = {row.recipient: row for row in await letterbox.rows()}
    ended = [(odd, rows[f"help+{number}@loket.example"]) for number, odd in enumerate(MAILS)]

    assert [(odd.name, row.end, row.reason) for odd, row in ended if row.end not in odd.ends | {"repeat"}] == []
    assert {row.reason for _, row in ended if row.state in {"held", "quarantined"}} <= REASONS.keys() - {"failed"}
    assert slow == []
    assert Counter(row.end for _, row in ended)["new"] == await letterbox.loket.count("ticket")


async def test_a_good_mail_after_all_that_is_a_ticket(letterbox: Letterbox) -> None:
    for odd in MAILS[:MOST_AT_ONCE]:
        await letterbox.door.keep(arrived(odd.raw))
    await letterbox.door.keep(arrived(letter()))
    await letterbox.worker.drain()

    assert (await letterbox.rows())[-1].thread == "new"


def test_every_kind_has_a_way_to_end() -> None:
    assert all(ends for _, ends, _ in TABLE.values())
