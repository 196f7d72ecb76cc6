"""The frame around mails: values that are refused when nobody could read them, in use until they are taken back."""

import re

import pytest

from common.brand import Brand
from common.clock import now
from common.db import Database
from common.errors import Conflict, NotFound
from common.vocabulary import Channel, Language
from notifications import framing
from notifications.frames import BadFrame, Frame
from notifications.framing import Author
from notifications.notices import NoticeKind
from notifications.upkeep import read_words
from notifications.versions import Change, save
from notifications.wording import Key, Templates

BRAND = Brand("Waterbedrijf", "#0B5A6B", "https://water.example/logo.png")
VALUES = {
    "brand": "Waterbedrijf <b>",
    "reference": "L-7K3M9-QX2C5",
    "status_url": "https://loket.example/t/L",
    "preferences_url": "https://loket.example/preferences/1",
    "agent_name": "Piet",
    "has_words": "yes",
}
BLUE = {"accent": "#1a3c8f", "accent_ground": "#E7ECF8", "width": "600", "corners": "0", "align": "center"}


def html(templates: Templates, frame: Frame | None = None) -> str:
    return templates.letter(NoticeKind.REPLY, Language.NL, VALUES, "Het is gedaan.", frame=frame).html


def test_a_mail_has_the_frame_that_was_typed() -> None:
    shown = html(Templates(BRAND), Frame.typed(BLUE | {"has_logo": "yes"}, BRAND))

    assert "#1A3C8F" in shown
    assert "#0B5A6B" not in shown
    assert 'width="600"' in shown or "600px" in shown
    assert '<img src="https://water.example/logo.png" alt="Waterbedrijf"' in shown
    assert "[[" not in shown


def test_without_being_asked_for_the_logo_loads_nothing() -> None:
    assert "<img" not in html(Templates(BRAND))


@pytest.mark.parametrize("logo", ["", "/static/logo.png", "http://water.example/logo.png"])
def test_a_logo_that_mail_programs_could_not_load_safely_is_left_out(logo: str) -> None:
    brand = Brand("Waterbedrijf", logo_url=logo)
    assert "<img" not in html(Templates(brand), Frame.typed(BLUE | {"has_logo": "yes"}, brand))


def test_nothing_in_a_logo_or_name_becomes_markup_or_a_template() -> None:
    brand = Brand('"><script>', logo_url='https://x.example/"><script>{{ brand }}')
    shown = html(Templates(brand), Frame.typed(BLUE | {"has_logo": "yes"}, brand))

    assert "<script" not in shown
    assert "{{ brand }}" in shown
    assert "Waterbedrijf &lt;b&gt;" in shown


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"ink": "#999999"}, "cannot be read on"),
        ({"night_ink": "#333333"}, "cannot be read on"),
        ({"on_accent": "#1A3C8F"}, "contrast is 1.0"),
        ({"ink": "red"}, "reads like"),
        ({"ink": "#12345;}"}, "reads like"),
        ({"line": "#000000;background:url(x)"}, "reads like"),
        ({"width": "5000"}, "400 to 700"),
        ({"width": "x"}, "400 to 700"),
        ({"corners": "-1"}, "400 to 700"),
        ({"align": "right;x"}, "left or in the middle"),
    ],
)
def test_what_nobody_could_read_or_is_no_value_is_refused_with_a_sentence(wrong: dict[str, str], why: str) -> None:
    with pytest.raises(BadFrame, match=why):
        Frame.typed(BLUE | wrong, BRAND)


def test_every_accent_a_brand_may_have_makes_a_frame_that_can_be_read() -> None:
    for accent in ("#0B5A6B", "#B3261E", "#000000", "#5B21B6", "#7A4A00", "#006644"):
        assert Frame.of(Brand(accent=accent)).accent == accent


async def change(database: Database, frame: Frame, seen: int = 0) -> int:
    async with database.transaction() as session:
        return await framing.save(session, Author("admin", seen, now()), frame)


async def test_a_changed_frame_is_used_after_the_next_look_and_until_it_is_taken_back(database: Database) -> None:
    templates = Templates(BRAND)
    await change(database, Frame.typed(BLUE, BRAND))
    await read_words(database, templates)
    assert "#1A3C8F" in html(templates)

    async with database.transaction() as session:
        await framing.take_back(session, Author("admin", 1, now()), 0)
    await read_words(database, templates)
    assert "#1A3C8F" not in html(templates)


async def test_every_version_is_kept_and_can_be_used_again(database: Database) -> None:
    templates = Templates(BRAND)
    await change(database, Frame.typed(BLUE, BRAND))
    await change(database, Frame.typed(BLUE | {"accent": "#5B21B6"}, BRAND), seen=1)
    async with database.transaction() as session:
        await framing.take_back(session, Author("admin", 2, now()), 1)
    await read_words(database, templates)

    assert "#1A3C8F" in html(templates)
    async with database.reading() as session:
        assert [row.version for row in await framing.history(session)] == [3, 2, 1]


async def test_two_people_cannot_change_it_at_once_and_there_is_no_version_nine(database: Database) -> None:
    await change(database, Frame.of(BRAND))
    with pytest.raises(Conflict):
        await change(database, Frame.of(BRAND))
    with pytest.raises(NotFound):
        async with database.transaction() as session:
            await framing.take_back(session, Author("admin", 1, now()), 9)


async def test_a_frame_that_a_new_brand_cannot_bear_is_passed_over(database: Database) -> None:
    await change(database, Frame.typed(BLUE, BRAND))
    async with database.transaction() as session:
        row = (await framing.history(session))[0]
        row.document = {"accent": "#FFFFFF", "unknown": 1}
    templates = Templates(BRAND)

    await read_words(database, templates)

    assert "#0B5A6B" in html(templates)


async def test_the_head_is_words_in_each_language(database: Database) -> None:
    templates = Templates(BRAND)
    key = Key(Channel.EMAIL, Language.NL, "header")
    async with database.transaction() as session:
        await save(session, Change(key, 0, "admin", now()), "{{ brand }}, klantenservice")
    await read_words(database, templates)

    head = re.sub(r"<[^>]+>", " ", html(templates).partition("<body")[2])
    assert "Waterbedrijf &lt;b&gt;, klantenservice" in head
