"""HTML as a reader sees it: every visible word, in order; nothing that is hidden; and an end to what is too much."""

import re
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.mail.inbound import Unreadable
from intake.mail.markup import BLOCKS, DEEPEST, MOST_HTML_BYTES, MOST_LEFT_OPEN, text_of

INLINE = ("b", "i", "span", "a", "em", "font", "u")
NESTING = ("div", "section", "blockquote", "article", "center", "ul", "fieldset")
HIDDEN = (
    "<div style='display:none'>{}</div>",
    "<p style='color:red; DISPLAY : none'>{}</p>",
    "<span hidden>{}</span>",
    "<span style='mso-hide:all'>{}</span>",
    "<style>{}</style>",
    "<script>{}</script>",
    "<!-- {} -->",
    "<template>{}</template>",
)


@dataclass(frozen=True)
class Piece:
    """Some HTML, and the words a reader sees of it."""

    html: str
    words: tuple[str, ...]


words = st.integers(0, 10**6).map(lambda number: f"woord{number}")
visible = words.map(lambda word: Piece(word, (word,)))
hidden = st.builds(lambda shape, word: Piece(shape.format(word), ()), st.sampled_from(HIDDEN), words)


def around(tag: str, inside: list[Piece]) -> Piece:
    joined = " ".join(piece.html for piece in inside)
    return Piece(f"<{tag}>{joined}</{tag}>", tuple(word for piece in inside for word in piece.words))


def grown(inner: st.SearchStrategy[Piece]) -> st.SearchStrategy[Piece]:
    return st.builds(around, st.sampled_from(INLINE + NESTING), st.lists(inner, min_size=1, max_size=5))


pages = st.recursive(st.one_of(visible, visible, hidden), grown, max_leaves=25)


@given(pages)
def test_every_visible_word_is_there_once_and_in_order_and_no_hidden_one(page: Piece) -> None:
    assert tuple(re.findall(r"woord\d+", text_of(f"<html><body>{page.html}</body></html>"))) == page.words


@given(st.text(max_size=3000))
def test_any_text_at_all_has_a_text_or_is_too_much(html: str) -> None:
    try:
        text = text_of(html)
    except Unreadable:
        return
    assert "\0" not in text
    assert "\n\n\n" not in text
    assert text == text.strip()


@given(st.lists(st.sampled_from([*sorted(BLOCKS), "td", "b", "br", "/div", "/blockquote", "/pre", "/p"]), max_size=60))
def test_tags_that_close_nothing_break_nothing(tags: list[str]) -> None:
    html = "eerst " + "".join(f"<{tag}>" for tag in tags) + " laatst"

    assert "eerst" in text_of(html)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Een</p><p>Twee</p>", "Een\n\nTwee"),
        ("Een<br>Twee<br/>Drie", "Een\nTwee\nDrie"),
        ("<div>Een</div><div>Twee</div>", "Een\nTwee"),
        ("<blockquote>Toen</blockquote>Nu", "> Toen\n>\nNu"),
        ("<ul><li>Een</li><li>Twee</li></ul>", "- Een\n- Twee"),
        ("<pre>a\n  b\n\nc</pre>", "a\n  b\n\nc"),
        ("Een<hr>Twee", f"Een\n{'_' * 20}\nTwee"),
        ("<img src=x alt='Foto van de lekkage'>", "[Foto van de lekkage]"),
        ("<table><tr><td>Een</td><td>Twee</td></tr></table>", "Een Twee"),
        ("Een   \n  twee\tdrie", "Een twee drie"),
        ("&lt;b&gt; &amp; &euro; 5", "<b> & € 5"),
        ("<title>Titel</title>Tekst", "Tekst"),
        ("a\0b", "a\N{REPLACEMENT CHARACTER}b"),
    ],
)
def test_lines_stand_where_a_reader_sees_them(html: str, text: str) -> None:
    assert text_of(html) == text


@pytest.mark.parametrize(
    "html",
    [
        "x" * (MOST_HTML_BYTES + 1),
        "<div>" * (MOST_LEFT_OPEN + 1),
        "<div>" * (DEEPEST + 10) + "</div>" * (DEEPEST + 10),
        "<i></i>" * 250_000,
    ],
    ids=["long", "left open", "deep", "many"],
)
def test_what_is_built_to_be_too_much_is_refused(html: str) -> None:
    with pytest.raises(Unreadable, match="too_much_markup"):
        text_of(html)
