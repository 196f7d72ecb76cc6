"""`loket audit` counts parts that were split off: each has its ticket, or waits where it can be seen."""

from uuid import UUID, uuid4

from common.events import ROUTING_WORK
from embedded.audit import Books, Line, compare


def books(splits: dict[UUID, UUID | None] | None = None, *, unsent: bool = False) -> Books:
    waiting = {(ROUTING_WORK, uuid4()): 1} if unsent else {}
    return Books({}, {}, waiting, {}, {}, {}, [], splits or {})


def line(routing: Books, intake: Books) -> Line:
    found = compare({"routing": routing, "intake": intake, "notifications": books()})
    return next(each for each in found if each.what == "parts split off → tickets")


def test_a_part_that_became_a_ticket_is_there_and_one_that_waits_is_explained() -> None:
    made, waits = uuid4(), uuid4()
    told = line(books({made: None, waits: None}), books({made: uuid4(), waits: None}))
    assert (told.expected, told.found, told.waiting, told.missing) == (2, 1, 1, [])


def test_a_part_on_its_way_to_intake_is_explained_and_a_lost_one_is_named() -> None:
    lost = uuid4()
    assert line(books({lost: None}, unsent=True), books()).waiting == 1
    told = line(books({lost: None}), books())
    assert not told.is_right
    assert told.missing == [str(lost)]
