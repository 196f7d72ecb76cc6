"""Mails as they were sent: their layout and their own pictures, and nothing that runs, fetches or costs."""

from base64 import b64encode
from io import BytesIO
from zlib import compress, crc32

import pytest
from PIL import Image
from selectolax.lexbor import LexborHTMLParser

from hostile_markup import ELSEWHERE, MARKUP
from intake.mail.inbound import Unreadable
from intake.mail.markup import text_of
from intake.mailroom.viewers import Viewers
from intake.showing.layout import STYLES, TAGS, AsSent, as_sent
from intake.showing.pictures import LONGEST_SIDE, MOST_PIXELS, drawn_anew
from letterbox import ANNA, letter

HTML = "Content-Type: text/html; charset=utf-8"


def html_mail(html: str) -> bytes:
    return letter(html, HTML)


def with_pictures(html: str, *pictures: tuple[str, bytes], kind: str = "image/png") -> bytes:
    """A mail whose HTML stands beside pictures, each under its Content-ID."""
    parts = [f"{HTML}\n\n{html}"]
    for name, content in pictures:
        encoded = b64encode(content).decode()
        wrapped = "\n".join(encoded[at : at + 76] for at in range(0, len(encoded), 76))
        parts.append(f"Content-Type: {kind}\nContent-ID: <{name}>\nContent-Transfer-Encoding: base64\n\n{wrapped}")
    body = "".join(f"--b\n{part}\n" for part in parts)
    return f"From: {ANNA}\nContent-Type: multipart/related; boundary=b\n\n{body}--b--\n".encode()


def picture(size: tuple[int, int] = (40, 30), mode: str = "RGB", kind: str = "PNG") -> bytes:
    written = BytesIO()
    Image.new(mode, size, 128 if mode in {"L", "P"} else (200, 30, 30, 255)[: len(mode)]).save(written, kind)
    return written.getvalue()


def is_harmless(html: str) -> bool:
    """Whether a browser finds only elements, attributes, styles and addresses that we let through."""
    body = LexborHTMLParser(html).body
    assert body
    for node in body.css("*"):
        attributes = {name: value or "" for name, value in node.attributes.items()}
        if node.tag != "body" and node.tag not in TAGS:
            return False
        if any(name.startswith("on") or name in {"srcset", "ping", "background", "formaction"} for name in attributes):
            return False
        if not attributes.get("src", "data:image/").startswith("data:image/"):
            return False
        if not attributes.get("href", "https:").startswith(("https:", "http:", "mailto:", "tel:")):
            return False
        named = {each.partition(":")[0].strip() for each in attributes.get("style", "").split(";") if each.strip()}
        if not named <= STYLES or "url(" in attributes.get("style", "").lower():
            return False
    return True


def test_a_layout_stays_as_it_was() -> None:
    html = as_sent(html_mail("<h1 style='color: #c00; position: fixed'>Gas</h1><table border=1><tr><td>A</table>")).html

    assert '<h1 style="color:#c00">Gas</h1>' in html
    assert '<table border="1"><tbody><tr><td>A' in html


@pytest.mark.parametrize("markup", MARKUP)
def test_what_wants_to_run_or_fetch_is_gone(markup: str) -> None:
    try:
        shown = as_sent(html_mail(f"<p>Voor</p>{markup}<p>Na</p>"))
    except Unreadable:
        return

    assert is_harmless(shown.html), shown.html
    assert "Voor" in text_of(shown.html)


def test_all_of_it_together_is_harmless_too() -> None:
    assert is_harmless(as_sent(html_mail("\r\n".join(MARKUP))).html)
    assert is_harmless(as_sent(html_mail("\r\n".join(reversed(MARKUP)))).html)


def test_links_open_elsewhere_and_say_nothing_of_us() -> None:
    html = as_sent(html_mail("<a href='https://a.example/x' target=_top>klik</a>")).html

    assert 'target="_blank"' in html
    assert 'rel="noopener noreferrer nofollow"' in html


def test_hidden_directions_are_seen() -> None:
    shown = as_sent(html_mail("<b>a\u202eb&#x202d;</b>")).html

    assert "\ufffd" in shown
    assert "\u202e" not in shown
    assert "\u202d" not in shown


@pytest.mark.parametrize("source", ["cid:a@b", "CID:a@b", "cid:a%40b", " cid:a@b "])
def test_a_picture_of_the_mail_is_drawn_anew_where_the_mail_names_it(source: str) -> None:
    given = picture() + b"<script>trailing</script>"
    shown = as_sent(with_pictures(f"<p>x<img src='{source}' alt=lek></p>", ("a@b", given)))

    assert shown.left_out == 0
    assert 'src="data:image/jpeg;base64,' in shown.html
    assert b64encode(given).decode()[:40] not in shown.html


@pytest.mark.parametrize(
    "source", ["cid:other", "cid:", f"{ELSEWHERE}/a.gif", "data:image/png;base64,AAAA", "/x.png", "x", "javascript:x"]
)
def test_pictures_from_elsewhere_are_counted_and_not_shown(source: str) -> None:
    shown = as_sent(with_pictures(f"<p>x<img src='{source}' alt=lek></p>", ("a", picture())))

    assert (shown.left_out, "src=" in shown.html, 'alt="lek"' in shown.html) == (1, False, True)


def test_many_pictures_are_told_apart_and_some_are_too_many() -> None:
    named = [(f"p{n}", picture((n + 1, 1))) for n in range(25)]
    shown = as_sent(with_pictures("".join(f"<img src=cid:p{n}>" for n in range(25)), *named))

    assert shown.left_out == 5
    assert shown.html.count("data:image/") == 20
    assert len(set(shown.html.split("<img"))) == 22


def test_a_mail_cannot_name_the_place_of_a_picture_itself() -> None:
    shown = as_sent(with_pictures('<p>"cid:0" src="cid:a"</p><img src=cid:a>', ("a", picture())))

    assert '<p>"cid:0" src="cid:a"</p>' in shown.html


@pytest.mark.parametrize(("mode", "kind", "becomes"), [
    ("RGB", "JPEG", "image/jpeg"), ("L", "PNG", "image/jpeg"), ("P", "GIF", "image/jpeg"), ("RGBA", "PNG", "image/png"),
    ("RGBA", "WEBP", "image/jpeg"), ("RGB", "BMP", "image/jpeg"),
])  # fmt: skip
def test_usual_pictures_are_drawn(mode: str, kind: str, becomes: str) -> None:
    drawn = drawn_anew(picture(mode=mode, kind=kind))

    assert drawn
    assert drawn[0] == becomes
    assert Image.open(BytesIO(drawn[1])).size == (40, 30)


def test_a_large_picture_becomes_as_large_as_a_page() -> None:
    drawn = drawn_anew(picture((3_000, 1_000)))

    assert drawn
    assert max(Image.open(BytesIO(drawn[1])).size) == LONGEST_SIDE


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is huge."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return len(content).to_bytes(4) + kind + content + crc32(kind + content).to_bytes(4)

    head = width.to_bytes(4) + height.to_bytes(4) + b"\x08\x02\0\0\0"
    data = compress(b"\0" * 9_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("content", [
    bomb(50_000, 50_000), bomb(MOST_PIXELS, 2), bomb(2**31 - 1, 2**31 - 1), bomb(0, 0), b"", b"GIF89a",
    b"\x89PNG\r\n\x1a\n", picture()[:60],
    b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.4", b"x" * (11 * 1024 * 1024),
    b"II*\0" + b"\xff" * 200, b"8BPS" + b"\0" * 90, picture(kind="TIFF"), picture(kind="ICO"),
])  # fmt: skip
def test_bombs_broken_pictures_and_odd_kinds_are_not_shown(content: bytes) -> None:
    assert drawn_anew(content) is None


def test_a_mail_without_layout_is_shown_as_its_text() -> None:
    assert as_sent(letter("Het lekt <b>erg</b>.")) == AsSent(html="", text="Het lekt <b>erg</b>.")


@pytest.mark.parametrize(
    "html",
    ["<div>" * 60_000, "<div>" * 60_000 + "</div>" * 60_000, "<b><i><u>" * 20_000, "<table><tr><td>" * 20_000,
     "<p>x" * 150_000, "<font size=1>" * 30_000 + "</font>" * 30_000, "&lt;" * 400_000],
)  # fmt: skip
async def test_markup_that_is_built_to_cost_ends_its_child_at_most(html: str) -> None:
    async with Viewers() as viewers:
        wrapped = "\r\n".join(html[at : at + 900] for at in range(0, len(html), 900))
        try:
            assert is_harmless((await viewers.show(html_mail(wrapped))).html)
        except Unreadable as refused:
            assert refused.reason in {"too_costly", "broken"}  # noqa: PT017 - either is well

        assert (await viewers.show(html_mail("<p>Daarna</p>"))).html == "<p>Daarna</p>\n"
