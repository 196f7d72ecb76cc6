"""The words: every notice in every language, promises as people say them, an agent's words as they are."""

import re
from collections.abc import Iterator
from html import unescape
from importlib.resources import files

import pytest

from common.brand import Brand
from common.vocabulary import Channel, Language
from notifications.blocks import as_text
from notifications.grammar import BadTemplate
from notifications.notices import NoticeKind
from notifications.wording import FOLDERS, Key, Templates, every_key, original

TEMPLATES = Templates(Brand())
VALUES = {
    "brand": "Loket",
    "reference": "L-7K3M9-QX2C5",
    "status_url": "https://loket.example/t/L-7K3M9-QX2C5?key=abc",
    "feedback_url": "https://loket.example/t/L-7K3M9-QX2C5?key=abc#feedback",
    "answer_by": "(answer by)",
    "solve_by": "(solve by)",
    "until": "(until)",
    "incident": "(incident).",
    "preferences_url": "https://loket.example/preferences/1?key=abc",
    "agent_name": "Piet Bakker",
    "split_from": "",
    "has_words": "yes",
}
EVERY = [(kind, language) for kind in NoticeKind for language in Language]
BARE = VALUES | {"answer_by": "", "solve_by": "", "until": "", "incident": "", "has_words": ""}
LINK = re.compile(r"https://\S+")
VALUE = re.compile(r"{{ (\w+) }}")
SHORT = (Channel.SMS, Channel.PUSH)
TEXT_CHARACTERS = 160 * 3  # of a text message: three parts, with a link of the usual length


@pytest.fixture
def templates() -> Iterator[Templates]:
    yield TEMPLATES
    TEMPLATES.change({})


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_every_notice_speaks_every_language_with_a_link_and_the_reference(kind: NoticeKind, language: Language) -> None:
    letter = TEMPLATES.letter(kind, language, VALUES, "The agent's words.")

    assert "L-7K3M9-QX2C5" in letter.subject
    assert LINK.search(letter.text)
    assert f'lang="{language}"' in letter.html
    assert not re.search(r"<img|<script|<link|src=|url\(", letter.html)
    assert "\n\n\n" not in letter.text


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_text_and_html_say_the_same(kind: NoticeKind, language: Language) -> None:
    letter = TEMPLATES.letter(kind, language, VALUES, "The agent's words.")
    body = re.sub(r"</?span[^>]*>", "", letter.html.partition("<body")[2])
    shown = unescape(re.sub(r"<[^>]+>", " ", "<body" + body))

    words = LINK.sub("", letter.text).replace("-- ", "").split()
    missing = [word for word in words if word.rstrip(":") not in shown]

    assert missing == []


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_a_notice_without_promise_or_words_still_reads_well(kind: NoticeKind, language: Language) -> None:
    letter = TEMPLATES.letter(kind, language, BARE, None)

    assert "None" not in letter.text
    assert "@said" not in letter.text
    assert "  " not in letter.text.replace("-- ", "")


def test_each_language_has_its_own_words() -> None:
    for kind in NoticeKind:
        heads = {TEMPLATES.letter(kind, language, VALUES, "x").text.split("\n")[0] for language in Language}

        assert len(heads) == len(Language)


def test_no_template_lies_about_that_no_notice_uses() -> None:
    wanted = {(FOLDERS[key.channel], key.language.value, f"{key.name}.txt") for key in every_key()}
    root = files("notifications").joinpath("templates")
    found = {
        (folder, language, entry.name)
        for folder in FOLDERS.values()
        for language in Language
        for entry in root.joinpath(folder, language).iterdir()
    }

    assert found == wanted


@pytest.mark.parametrize("name", sorted({(key.channel, key.name) for key in every_key()}))
def test_every_language_is_told_the_same_values(name: tuple[Channel, str]) -> None:
    told = {
        frozenset(VALUE.findall(original(key))) - {"brand"} for key in every_key() if (key.channel, key.name) == name
    }

    assert len(told) == 1


@pytest.mark.parametrize("values", [VALUES, BARE])
@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_a_text_message_is_one_paragraph_with_the_link(
    kind: NoticeKind, language: Language, values: dict[str, str]
) -> None:
    words = " ".join(TEMPLATES.short(Channel.SMS, kind, language, values, "The agent's words."))

    assert words.endswith(VALUES["status_url"])
    assert "L-7K3M9-QX2C5" in words
    assert len(words) < TEXT_CHARACTERS


@pytest.mark.parametrize("values", [VALUES, BARE])
@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_a_notice_on_a_device_is_a_title_and_a_sentence(
    kind: NoticeKind, language: Language, values: dict[str, str]
) -> None:
    title, words = TEMPLATES.short(Channel.PUSH, kind, language, values, "The agent's words.")

    assert len(title) < 60
    assert words.endswith((".", "?", "!"))


@pytest.mark.parametrize("values", [VALUES, BARE])
@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_a_letter_names_the_reference_and_holds_no_link(
    kind: NoticeKind, language: Language, values: dict[str, str]
) -> None:
    words = as_text(TEMPLATES.paper(kind, language, values, "The agent's words."))

    assert "L-7K3M9-QX2C5" in words
    assert not LINK.search(words)
    assert words.endswith("\nLoket")


def test_changed_words_are_used_until_they_are_changed_back(templates: Templates) -> None:
    key = Key(Channel.EMAIL, Language.NL, "reopened")

    templates.change({key: "# Daar zijn wij weer\n\n[Bekijk]({{ status_url }})\n"})
    assert templates.letter(NoticeKind.REOPENED, Language.NL, VALUES, None).text.startswith("Daar zijn wij weer\n")

    templates.change({})
    assert "Wij gaan weer aan de slag" in templates.letter(NoticeKind.REOPENED, Language.NL, VALUES, None).text


def test_changed_words_that_no_longer_fit_do_not_stop_the_notice(templates: Templates) -> None:
    templates.change({Key(Channel.EMAIL, Language.NL, "reopened"): "{{ a_value_of_long_ago }}"})

    assert "Wij gaan weer aan de slag" in templates.letter(NoticeKind.REOPENED, Language.NL, VALUES, None).text


def test_a_change_can_be_looked_at_before_it_is_made(templates: Templates) -> None:
    tried = templates.letter(NoticeKind.REPLY, Language.NL, VALUES, "Dag", trial="# Nieuw\n\n@said")

    assert tried.text.startswith("Nieuw\n\nDag\n")
    with pytest.raises(BadTemplate):
        templates.letter(NoticeKind.REPLY, Language.NL, VALUES, "Dag", trial="{% for a in b %}{% endfor %}")


@pytest.mark.parametrize("language", Language)
def test_the_promise_stands_out_in_its_own_words(language: Language) -> None:
    letter = TEMPLATES.letter(NoticeKind.ACKNOWLEDGEMENT, language, VALUES, None)

    assert re.search(r'class="promise"[^>]*>(<[^>]*>)*[^<]*\(answer by\)', letter.html)
    assert "(solve by)" in letter.text


def test_an_agents_words_are_never_read_as_a_template_a_button_or_html() -> None:
    said = "{{ 7 * 7 }} <b>bold</b>\n\n[click](https://evil.example)\n\n@said\n# not a heading\x00"
    letter = TEMPLATES.letter(NoticeKind.REPLY, Language.EN, VALUES, said)

    assert re.search(r"{{ 7 \* 7 }} &lt;b&gt;bold&lt;/b&gt;\s*<br", letter.html)
    assert "evil.example</a>" not in letter.html
    assert said.removesuffix("\x00") in letter.text
    assert "\x00" not in letter.text


def test_a_value_cannot_start_a_line_or_a_tag() -> None:
    letter = TEMPLATES.letter(NoticeKind.REPLY, Language.EN, VALUES | {"agent_name": "P\r\n# <i>et</i>"}, "x")

    assert "# P # <i>et</i>" not in letter.text
    assert letter.text.startswith("P # <i>et</i> has answered you")
    assert "&lt;i&gt;" in letter.html
    assert "<i>" not in letter.html


def test_an_organisations_colour_is_that_of_its_mails() -> None:
    letter = Templates(Brand(accent="#7A1F5C")).letter(NoticeKind.ACKNOWLEDGEMENT, Language.NL, VALUES, None)

    assert "background:#7A1F5C" in letter.html
    assert not any(colour in letter.html for colour in ("#0B5A6B", "#E3F0F2", "#6CC3D3", "#163840"))


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("promise", [{}, {"answer_by": "", "solve_by": ""}])
def test_the_acknowledgement_of_a_part_names_both_tickets(language: Language, promise: dict[str, str]) -> None:
    values, kind = {**VALUES, "split_from": "L-AAAAA-BBBB", **promise}, NoticeKind.ACKNOWLEDGEMENT
    letter = TEMPLATES.letter(kind, language, values, None)
    paper = as_text(TEMPLATES.paper(kind, language, values, None))
    short = [" ".join(TEMPLATES.short(channel, kind, language, values)) for channel in SHORT]
    for words in (letter.text, letter.html, paper, *short):
        assert "L-AAAAA-BBBB" in words
        assert "L-7K3M9-QX2C5" in words
    assert "\n\n\n" not in letter.text
    assert letter.text.split("\n")[0] != TEMPLATES.letter(kind, language, VALUES, None).text.split("\n")[0]
    assert len(TEMPLATES.short(Channel.PUSH, kind, language, values)) == 2
