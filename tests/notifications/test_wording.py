"""The words: every notice in every language, promises as people say them, an agent's words as they are."""

import re
from importlib.resources import files

import pytest

from common.brand import Brand
from common.vocabulary import Language
from notifications.notices import NoticeKind
from notifications.wording import FOLDER, Templates

TEMPLATES = Templates(Brand())
VALUES = {
    "brand": "Loket",
    "reference": "L-7K3M9-QX2C5",
    "status_url": "https://loket.example/t/L-7K3M9-QX2C5?key=abc",
    "feedback_url": "https://loket.example/t/L-7K3M9-QX2C5?key=abc#feedback",
    "answer_by": "(answer by)",
    "solve_by": "(solve by)",
    "until": "(until)",
    "agent_name": "Piet Bakker",
    "has_words": "yes",
}
EVERY = [(kind, language) for kind in NoticeKind for language in Language]
BARE = VALUES | {"answer_by": "", "solve_by": "", "until": "", "has_words": ""}
LINK = re.compile(r"https://\S+")


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_every_notice_speaks_every_language_with_a_link_and_the_reference(kind: NoticeKind, language: Language) -> None:
    letter = TEMPLATES.letter(kind, language, VALUES, "The agent's words.")

    assert "L-7K3M9-QX2C5" in letter.subject
    assert LINK.search(letter.text)
    assert f'lang="{language}"' in letter.html
    assert "<style>" not in letter.html
    assert "\n\n\n" not in letter.text


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_text_and_html_say_the_same(kind: NoticeKind, language: Language) -> None:
    letter = TEMPLATES.letter(kind, language, VALUES, "The agent's words.")
    body = letter.html.partition("<body")[2]
    shown = re.sub(r"<[^>]+>", " ", "<body" + body).replace("&#39;", "'").replace("&amp;", "&")

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
    wanted = {f"{name}.txt" for name in [*NoticeKind, "subject", "footer"]}
    for language in Language:
        folder = files("notifications").joinpath(FOLDER, language)
        assert {entry.name for entry in folder.iterdir()} == wanted


@pytest.mark.parametrize("language", Language)
def test_the_promise_stands_out_in_its_own_words(language: Language) -> None:
    letter = TEMPLATES.letter(NoticeKind.ACKNOWLEDGEMENT, language, VALUES, None)

    assert re.search(r'<p class="promise"[^>]*>[^<]*\(answer by\)', letter.html)
    assert "(solve by)" in letter.text


def test_an_agents_words_are_never_read_as_a_template_a_button_or_html() -> None:
    said = "{{ 7 * 7 }} <b>bold</b>\n\n[click](https://evil.example)\n\n@said\n# not a heading\x00"
    letter = TEMPLATES.letter(NoticeKind.REPLY, Language.EN, VALUES, said)

    assert "{{ 7 * 7 }} &lt;b&gt;bold&lt;/b&gt;<br>" in letter.html
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

    assert "background: #7A1F5C" in letter.html
    assert not any(colour in letter.html for colour in ("#0B5A6B", "#E3F0F2", "#6CC3D3", "#163840"))
