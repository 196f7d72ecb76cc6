"""Mails whose senders are checked here instead of at the border: what joins, what is beside, what is told to agents."""

from collections.abc import AsyncIterator
from ipaddress import ip_network

import pytest

from common.clock import now
from common.events import TicketSubmitted
from intake.mailroom.assembly import checkers_of, house_of
from intake.mailroom.checkers import Checkers
from intake.mailroom.listener import outsider
from intake.mailroom.trying import try_mail
from intake.mailroom.worker import Desk
from intake.settings import IntakeSettings
from intake.settling import House
from letterbox import ANNA, BORDER, PASSED, US, Letterbox, letter
from name_server import NameServer
from signing import KEY, Signer

CLIENT = "203.0.114.7"
SIGNER = Signer("example.org", KEY)


@pytest.fixture(scope="module")
async def zone() -> AsyncIterator[NameServer]:
    async with NameServer() as server:
        server.text("_dmarc.example.org", "v=DMARC1; p=reject")
        server.text(SIGNER.name, SIGNER.record)
        yield server


@pytest.fixture(scope="module")
async def checkers(zone: NameServer) -> AsyncIterator[Checkers]:
    async with checkers_of(IntakeSettings(mail_check="own", mail_resolver=zone.address), 2) as checkers:
        assert checkers
        yield checkers


@pytest.fixture
def checked(letterbox: Letterbox, checkers: Checkers) -> Letterbox:
    """The mail room with a check of its own; a border that is named too is not asked."""
    letterbox.checkers = checkers
    letterbox.house = House(frozenset({US}), frozenset({"loket.example"}), border=BORDER, is_checked_here=True)
    return letterbox


async def verified(letterbox: Letterbox) -> list[bool | None]:
    """What agents are told of the senders, in order."""
    told = await letterbox.loket.emitted()
    return [event.is_sender_verified for event in told if isinstance(event, TicketSubmitted)]


async def test_agents_are_told_what_was_found(checked: Letterbox) -> None:
    await checked.bring(SIGNER.sign(letter("Een.")), letter("Twee.", sender="x@nowhere.example"), client=CLIENT)
    await checked.bring(letter("Drie."), client=CLIENT)

    assert await verified(checked) == [True, None, False]


async def test_a_signed_answer_to_a_known_mail_joins_and_a_forged_one_does_not(checked: Letterbox) -> None:
    [first] = await checked.bring(letter("Het lekt.", "Message-ID: <first@example.org>"))
    answer = letter("Nog iets.", "In-Reply-To: <first@example.org>")

    forged = await checked.last(answer.replace(b"iets", b"meer"), client=CLIENT)
    proven = await checked.last(SIGNER.sign(answer), client=CLIENT)

    assert (forged.thread, forged.reason) == ("linked", "stranger")
    assert (proven.thread, proven.ticket_id) == ("joined", first.ticket_id)


async def test_what_others_say_they_found_is_not_believed(checked: Letterbox) -> None:
    await checked.bring(letter("Een.", PASSED), client=CLIENT)

    assert await verified(checked) == [False]


async def test_only_a_proven_colleague_lends_a_name(checked: Letterbox) -> None:
    text = "---------- Forwarded message ---------\r\nVan: K <k@example.com>\r\nDate: ma\r\nSubject: Gas\r\n\r\nGas."

    await checked.bring(letter(text, sender="piet@loket.example", subject="Fwd: Gas"))

    [made] = [event for event in await checked.loket.emitted() if isinstance(event, TicketSubmitted)]
    assert made.customer.email == "piet@loket.example"


async def test_with_a_silent_name_server_every_mail_arrives_unverified(letterbox: Letterbox) -> None:
    letterbox.house = House(frozenset({US}), is_checked_here=True)
    async with NameServer(is_silent=True) as silent, Checkers(silent.address, 2) as checkers:
        letterbox.checkers = checkers
        rows = await letterbox.bring(*[SIGNER.sign(letter(f"Vraag {word}.")) for word in ("een", "twee", "drie")])

    assert [row.thread for row in rows] == ["new"] * 3
    assert await verified(letterbox) == [None] * 3


async def test_a_mail_that_is_tried_out_is_checked_too(checked: Letterbox) -> None:
    desk = Desk(checked.database, checked.judge, checked.store, checked.seal, checked.house)

    tried = await try_mail(SIGNER.sign(letter()), desk, checked.readers, now(), checkers=checked.checkers)

    assert "sender verified (dkim=example.org)" in tried.why


async def test_the_border_is_asked_unless_the_settings_say_otherwise(letterbox: Letterbox) -> None:
    settings = letterbox.loket.settings

    async with checkers_of(IntakeSettings()) as nobody:
        assert nobody is None
    assert not house_of(settings, IntakeSettings()).is_checked_here
    assert house_of(settings, IntakeSettings(mail_check="own")).is_checked_here


@pytest.mark.parametrize(
    ("peer", "client"),
    [
        (("198.41.0.4", 25), "198.41.0.4"),
        (("::ffff:198.41.0.4", 25, 0, 0), "198.41.0.4"),
        (("2001:503:ba3e::2:30", 25, 0, 0), "2001:503:ba3e::2:30"),
        (("193.0.14.129", 25), None),
        (("127.0.0.1", 25), None),
        (("10.1.2.3", 25), None),
        (("fe80::1", 25, 0, 0), None),
        ("/run/socket", None),
        ((), None),
        (None, None),
    ],
)
def test_a_server_of_our_own_is_no_sender(peer: object, client: str | None) -> None:
    assert outsider(peer, [ip_network("193.0.14.0/24")]) == client


@pytest.mark.parametrize("server", ["ns.example.org", "192.0.2.1:x", "192.0.2"])
def test_a_name_server_that_is_none_is_refused_at_the_start(server: str) -> None:
    with pytest.raises(ValueError, match="mail_resolver"):
        IntakeSettings(mail_check="own", mail_resolver=server)


async def test_an_address_of_ours_in_from_is_held_as_ever(checked: Letterbox) -> None:
    row = await checked.last(letter("x", sender=US), client=CLIENT, envelope_sender=ANNA)

    assert (row.state, row.reason) == ("held", "own_address")
