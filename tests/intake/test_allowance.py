"""What one address may bring: generous, per address, given back with time, and never at the cost of what was typed."""

from collections.abc import AsyncIterator

import httpx
import pytest

from common.settings import Settings
from front_desk import ANNA, Loket, bearer, hidden
from intake.allowance import MOST_ADDRESSES, Allowance, networks
from intake.settings import IntakeSettings

HOME, NEIGHBOUR = "198.51.100.7", "198.51.100.8"


class Watch:
    """A clock that goes on when told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def allowance(burst: int = 3, per_minute: int = 6, exempt: str = "", watch: Watch | None = None) -> Allowance:
    return Allowance(burst, per_minute, networks(exempt), watch or Watch())


def test_an_address_has_its_turns_at_once_and_then_hears_how_long_to_wait() -> None:
    three = allowance()
    assert [three.take(HOME) for _ in range(3)] == [0, 0, 0]
    assert three.take(HOME) == pytest.approx(10)


def test_turns_come_back_with_time_and_never_more_than_there_were() -> None:
    watch = Watch()
    three = allowance(watch=watch)
    for _ in range(4):
        three.take(HOME)

    watch.seconds += 10
    assert [three.take(HOME) > 0 for _ in range(2)] == [False, True]
    watch.seconds += 3600
    assert [three.take(HOME) > 0 for _ in range(4)] == [False, False, False, True]


def test_being_refused_does_not_make_the_wait_longer() -> None:
    three = allowance()
    waits = [three.take(HOME) for _ in range(50)]
    assert waits[3:] == pytest.approx([10] * 47)


def test_neighbours_have_turns_of_their_own_and_a_household_shares_them() -> None:
    one = allowance(burst=1)
    assert one.take(HOME) == one.take(NEIGHBOUR) == 0
    assert one.take("2001:db8:1:2::1") == 0
    assert one.take("2001:db8:1:2:ffff::9") > 0
    assert one.take("2001:db8:1:3::1") == 0
    assert one.take(f"::ffff:{HOME}") > 0, "the same address, written in the other way"


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "10.1.2.3", "172.20.0.1", "192.168.1.9", "fd00::1", "", "unix:"]
)
def test_this_machine_and_private_networks_have_no_limit(address: str) -> None:
    one = allowance(burst=1, exempt=IntakeSettings().limit_exempt)
    assert [one.take(address) for _ in range(5)] == [0] * 5
    assert [one.take(HOME) > 0 for _ in range(2)] == [False, True]


def test_no_turns_a_minute_means_no_limit() -> None:
    unlimited = allowance(burst=1, per_minute=0)
    assert not any(unlimited.take(HOME) for _ in range(1000))


def test_however_many_addresses_come_few_are_remembered_and_the_busiest_stay_known() -> None:
    watch = Watch()
    one = allowance(burst=2, watch=watch)
    for number in range(MOST_ADDRESSES + 10):
        watch.seconds += 0.0001
        one.take(f"2001:db8:{number >> 16:x}:{number & 0xFFFF:x}::1")
        if number % 1000 == 0:
            one.take(HOME)
    assert len(one._whole_again) <= MOST_ADDRESSES  # noqa: SLF001 - what is kept is the point
    assert one.take(HOME) > 0


@pytest.mark.parametrize("wrong", ["here", "10.0.0.0/99", "10.0.0.1/8"])
def test_networks_that_are_none_are_refused_when_it_starts(wrong: str) -> None:
    with pytest.raises(ValueError, match="with commas"):
        IntakeSettings(limit_exempt=wrong)
    with pytest.raises(ValueError, match="with commas"):
        Settings(trusted_proxies=wrong, demo=True)


@pytest.fixture
async def visitor(loket: Loket, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody on the internet, at a Loket that gives each address two turns."""
    monkeypatch.setenv("LOKET_LIMIT_BURST", "2")
    monkeypatch.setenv("LOKET_LIMIT_PER_MINUTE", "1")
    transport = httpx.ASGITransport(loket.another().app, client=(HOME, 50_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
        yield client


async def test_a_program_hears_when_to_come_again(loket: Loket, visitor: httpx.AsyncClient) -> None:
    answers = [await visitor.post("/api/tickets", json=ANNA) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert answers[2].headers["content-type"] == "application/problem+json"
    assert 50 <= int(answers[2].headers["retry-after"]) <= 60
    assert "once more" in answers[2].json()["detail"]
    assert await loket.count("ticket") == 2
    more = await visitor.post(
        f"/api/tickets/{answers[0].json()['reference']}/messages",
        json={"body": "Meer"},
        headers=bearer(answers[0].json()),
    )
    assert more.status_code == 429


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("nl", "nog een keer"), ("en", "once more"), ("fr", "une nouvelle fois"), ("de", "noch einmal")],
)
async def test_a_person_gets_the_form_back_as_it_was_filled_in(
    visitor: httpx.AsyncClient, language: str, sentence: str
) -> None:
    for _ in range(2):
        await visitor.post("/api/tickets", json=ANNA)
    fields = hidden((await visitor.get("/")).text)

    page = await visitor.post(
        f"/?lang={language}",
        data=fields | {"body": "Geen warm water", "name": "Bert de Boer", "email": "bert@example.org"},
        files={"attachments": ("", b"")},
    )

    assert page.status_code == 429
    assert int(page.headers["retry-after"]) > 0
    assert sentence in page.text
    for typed in ("Geen warm water", "Bert de Boer", "bert@example.org"):
        assert typed in page.text


async def test_reading_is_never_limited(visitor: httpx.AsyncClient) -> None:
    assert {(await visitor.get("/")).status_code for _ in range(10)} == {200}
