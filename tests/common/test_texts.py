"""Texts: plural forms, labels without jargon, and times as people say them."""

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from inspect import getmembers, isclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import vocabulary
from common.texts import mark, words
from common.texts.extraction import texts_of, update
from common.texts.labels import label
from common.texts.spoken import Spoken
from common.vocabulary import Channel, HandlingClass, Language, Role, TaskType, TicketState, Tier, Topic

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOON = datetime(2026, 12, 2, 12, tzinfo=AMSTERDAM)  # a Wednesday
KINDS = [kind for _, kind in getmembers(vocabulary, isclass) if issubclass(kind, StrEnum) and kind is not StrEnum]


def spoken(language: Language, now: datetime = NOON) -> Spoken:
    return Spoken(words("common", language), AMSTERDAM, lambda: now)


def said(act: Callable[[Spoken], str]) -> list[str]:
    return [act(spoken(language)).replace("\N{NO-BREAK SPACE}", " ") for language in Language]


def test_each_language_counts_in_its_own_way() -> None:
    french, dutch = words("common", Language.FR), words("common", Language.NL)

    assert french.ngettext("%(num)s hour", "%(num)s hours", 0) == "0 heure"
    assert french.ngettext("%(num)s hour", "%(num)s hours", 2) == "2 heures"
    assert dutch.ngettext("%(num)s day", "%(num)s days", 0) == "0 dagen"
    assert words("common", Language.EN).ngettext("%(num)s day", "%(num)s days", 1) == "1 day"


def test_a_text_without_a_translation_is_said_in_english() -> None:
    assert words("common", Language.DE).gettext("100% not translated") == "100% not translated"
    assert words("common", Language.DE).gettext(mark("Only %(share)s"), share="5 %") == "Only 5 %"


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", KINDS)
def test_every_word_of_the_vocabulary_has_a_label_for_everyone(kind: type[StrEnum], language: Language) -> None:
    for value in kind:
        assert label(value, language)
        assert label(value, language, "customer")


@pytest.mark.parametrize("language", Language)
def test_customers_read_no_words_of_our_organisation(language: Language) -> None:
    kinds = (HandlingClass, Topic, TaskType, TicketState, Tier, Role, Channel)
    read = " ".join(label(value, language, "customer").lower() for kind in kinds for value in kind)

    for jargon in (
        "front",
        "back",
        "office",
        "routine",
        "triage",
        "queue",
        "wachtrij",
        "file d’attente",
        "warteschlange",
    ):
        assert jargon not in read


def test_equal_words_of_two_lists_keep_their_own_labels() -> None:
    assert label(TaskType.INFORMATION, Language.NL) == "Vraag"
    assert label(Topic.INFORMATION, Language.NL) == "Informatie"


def test_a_promise_for_tomorrow() -> None:
    assert said(lambda say: say.before(NOON + timedelta(days=1))) == [
        "morgen voor 12:00",
        "tomorrow before 12:00",
        "demain avant 12 h",
        "morgen vor 12 Uhr",
    ]


def test_a_promise_for_another_day() -> None:
    assert said(lambda say: say.before(datetime(2026, 12, 8, 9, 30, tzinfo=AMSTERDAM))) == [
        "dinsdag 8 december voor 9:30",
        "on Tuesday 8 December before 09:30",
        "mardi 8 décembre avant 9 h 30",
        "am Dienstag, 8. Dezember vor 9:30 Uhr",
    ]


def test_a_promise_for_the_end_of_the_day_is_for_that_day() -> None:
    assert said(lambda say: say.before(datetime(2026, 12, 3, tzinfo=AMSTERDAM))) == [
        "vandaag voor middernacht",
        "today before midnight",
        "aujourd’hui avant minuit",
        "heute vor Mitternacht",
    ]


def test_an_appointment() -> None:
    start = datetime(2027, 1, 1, 8, tzinfo=AMSTERDAM)
    assert said(lambda say: say.window(start, start + timedelta(hours=2))) == [
        "vrijdag 1 januari 2027 tussen 8:00 en 10:00",
        "on Friday 1 January 2027 between 08:00 and 10:00",
        "vendredi 1er janvier 2027 entre 8 h et 10 h",
        "am Freitag, 1. Januar 2027 zwischen 8 Uhr und 10 Uhr",
    ]


def test_yesterday_and_plain_dates() -> None:
    assert said(lambda say: say.at(NOON - timedelta(hours=20, minutes=55)))[0] == "gisteren om 15:05"
    assert said(lambda say: say.day(date(2026, 12, 2))) == ["vandaag", "today", "aujourd’hui", "heute"]


def test_days_are_those_of_the_place_and_not_of_greenwich() -> None:
    late = datetime(2026, 12, 2, 23, 30, tzinfo=UTC)  # 0:30 on the 3rd in Amsterdam
    assert spoken(Language.EN).day(late) == "tomorrow"


def test_the_night_the_clock_goes_back_has_its_hours_told_as_on_the_wall() -> None:
    say = spoken(Language.NL, datetime(2026, 10, 24, 12, tzinfo=AMSTERDAM))
    assert say.at(datetime(2026, 10, 25, 0, 30, tzinfo=UTC)) == "morgen om 2:30"
    assert say.at(datetime(2026, 10, 25, 1, 30, tzinfo=UTC)) == "morgen om 2:30"


@pytest.mark.parametrize(
    ("ago", "dutch", "german"),
    [
        (timedelta(seconds=30), "nu", "jetzt"),
        (timedelta(minutes=59), "59 min", "59 Min."),
        (timedelta(hours=3, minutes=50), "3 u", "3 Std."),
        (timedelta(hours=48), "2 d", "2 T."),
        (timedelta(days=30), "4 wk", "4 Wo."),
    ],
)
def test_ages_fit_in_a_list(ago: timedelta, dutch: str, german: str) -> None:
    assert spoken(Language.NL).age(NOON - ago) == dutch
    assert spoken(Language.DE).age(NOON - ago) == german


def test_a_clock_says_what_is_left_and_what_is_late() -> None:
    assert said(lambda say: say.left(NOON + timedelta(hours=2))) == ["nog 2 u", "2 h left", "encore 2 h", "noch 2 Std."]
    assert said(lambda say: say.left(NOON - timedelta(hours=1))) == [
        "1 u te laat",
        "1 h late",
        "1 h de retard",
        "1 Std. zu spät",
    ]


def test_a_clock_is_at_risk_from_the_warning_on_and_late_only_after_it_is_due() -> None:
    say = spoken(Language.NL)
    assert say.pace(NOON + timedelta(hours=2), warn_at=NOON + timedelta(minutes=1)) == "on-time"
    assert say.pace(NOON + timedelta(hours=2), warn_at=NOON) == "at-risk"
    assert say.pace(NOON + timedelta(minutes=29)) == "at-risk"
    assert say.pace(NOON) == "at-risk"
    assert say.pace(NOON - timedelta(seconds=1)) == "late"


def test_spans_in_words() -> None:
    assert said(lambda say: say.span(timedelta(hours=2, minutes=10))) == [
        "2 uur en 10 minuten",
        "2 hours and 10 minutes",
        "2 heures et 10 minutes",
        "2 Stunden und 10 Minuten",
    ]
    assert spoken(Language.NL).span(timedelta()) == "0 minuten"
    assert spoken(Language.NL).span(timedelta(days=1, minutes=5)) == "1 dag"


@given(st.timedeltas(min_value=timedelta(), max_value=timedelta(days=4000)))
def test_every_span_has_words(span: timedelta) -> None:
    assert spoken(Language.FR).span(span)
    assert spoken(Language.FR).short(span) == spoken(Language.FR).short(-span)


def test_numbers_money_and_sizes_by_language() -> None:
    assert said(lambda say: say.money(Decimal("1234.5"))) == [
        "€ 1.234,50",
        "€1,234.50",
        "1\u202f234,50 €",
        "1.234,50 €",
    ]
    assert said(lambda say: say.number(1234.5)) == ["1.234,5", "1,234.5", "1\u202f234,5", "1.234,5"]
    assert said(lambda say: say.percent(0.95)) == ["95%", "95%", "95 %", "95 %"]
    assert said(lambda say: say.size(2_345_678)) == ["2,3 MB", "2.3 MB", "2,3 MB", "2,3 MB"]
    assert spoken(Language.NL).size(10) == "1\N{NO-BREAK SPACE}kB"
    assert said(lambda say: say.listing(["a", "b", "c"])) == ["a, b en c", "a, b and c", "a, b et c", "a, b und c"]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package `winkel` with texts in code, refusals and templates."""
    folder = tmp_path / "winkel"
    (folder / "templates").mkdir(parents=True)
    (folder / "__init__.py").write_text(
        "from common.errors import NotFound\n\n\nclass NoSuchShop(NotFound):\n    pass\n\n\n"
        "def open_shop(_):\n    _('Welcome')\n    raise NoSuchShop('There is no shop at %(place)s.', place=1)\n\n\n"
        "def close_shop():\n    raise ValueError('the key is lost')\n"
    )
    (folder / "templates" / "shop.html").write_text(
        "{{ _('Close') }} {% trans %}Bread{% endtrans %} {{ _('Welcome') }}"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    sys.modules.pop("winkel", None)


def test_texts_are_found_in_code_refusals_and_templates_but_not_in_other_errors(shop: Path) -> None:
    assert shop.is_dir()
    assert texts_of("winkel") == [
        (None, "Bread"),
        (None, "Close"),
        (None, "There is no shop at %(place)s."),
        (None, "Welcome"),
    ]


def test_an_update_keeps_translations_and_drops_what_is_no_longer_said(shop: Path) -> None:
    assert set(update("winkel").values()) == {3}  # "Close" is common's
    file = shop / "locale" / "nl" / "LC_MESSAGES" / "messages.po"
    file.write_text(file.read_text().replace('msgid "Welcome"\nmsgstr ""', 'msgid "Welcome"\nmsgstr "Welkom"'))
    (shop / "templates" / "shop.html").write_text("")

    assert update("winkel")[Language.NL] == 1
    assert 'msgstr "Welkom"' in file.read_text()
    assert "Bread" not in file.read_text()
    before = file.read_text()
    update("winkel")
    assert file.read_text() == before


def test_a_package_speaks_its_own_words_over_the_common_ones(shop: Path) -> None:
    update("winkel")
    file = shop / "locale" / "nl" / "LC_MESSAGES" / "messages.po"
    file.write_text(file.read_text().replace('msgid "Welcome"\nmsgstr ""', 'msgid "Welcome"\nmsgstr "Welkom"'))
    words.cache_clear()
    say = words("winkel", Language.NL)

    assert say.gettext("Welcome") == "Welkom"
    assert say.gettext("Close") == "Sluiten"
    words.cache_clear()
