"""Pages: the reader's language, headers that keep them safe, and nothing a customer typed gets loose."""

import re
import sys
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError
from starlette.requests import Request

from common.brand import ACCENT, Brand, UnreadableAccent, contrast
from common.pages import Link, Pages, language_links, language_of
from common.settings import Settings, load
from common.vocabulary import Language
from counter import branded_pages, counter, pages_at_the_counter

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06X}")


def asked(query: str = "", **headers: str) -> Request:
    encoded = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": query.encode(), "headers": encoded}
    return Request({**scope, "server": ("counter.example", 80), "scheme": "http"})


@pytest.fixture
async def browser() -> httpx.AsyncClient:
    transport = httpx.ASGITransport(counter(pages_at_the_counter()))
    return httpx.AsyncClient(transport=transport, base_url="https://counter.example")


def test_the_address_beats_the_cookie_beats_the_browser_beats_dutch() -> None:
    assert language_of(asked("lang=fr", cookie="loket_language=de", accept_language="en")) is Language.FR
    assert language_of(asked(cookie="loket_language=de", accept_language="en")) is Language.DE
    assert language_of(asked(accept_language="pl, en-GB;q=0.3, fr-BE;q=0.8, de;q=0")) is Language.FR
    assert language_of(asked(accept_language="DE-at")) is Language.DE
    assert language_of(asked(accept_language="pl")) is Language.NL
    assert language_of(asked("lang=xx", cookie="loket_language=<b>")) is Language.NL


TAGS = st.sampled_from(["nl", "NL-be", "x", "*", "fr;q=", "de;q=0.5", "en;q=²", "de;q=1.1.1", "i-klingon"])


@given(st.lists(TAGS | st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"))).map(", ".join))
def test_no_wish_for_a_language_breaks_the_page(header: str) -> None:
    assert language_of(asked(accept_language=header)) in set(Language)


async def test_a_language_that_was_chosen_is_remembered(browser: httpx.AsyncClient) -> None:
    chosen = await browser.get("/?lang=de&q=1")
    again = await browser.get("/")

    assert "Secure" in chosen.headers["set-cookie"]
    assert "HttpOnly" in chosen.headers["set-cookie"]
    assert '<html lang="de">' in again.text
    assert "set-cookie" not in again.headers
    assert 'href="/?lang=fr&amp;q=1"' in chosen.text or 'href="/?q=1&amp;lang=fr"' in chosen.text


async def test_links_to_other_languages_stay_here_whatever_was_asked(browser: httpx.AsyncClient) -> None:
    odd = Request({**asked().scope, "path": "//elsewhere.example/ä", "query_string": b"q=\xff&q=%ff&lang=fr&lang=nl"})

    assert language_links(odd)[0].href.startswith("/elsewhere.example/%C3%A4?q=")
    assert sum(link.href.count("lang=") for link in language_links(odd)) == len(Language)
    assert (await browser.get("/failure/404?q=<script>")).text.count("<script>") == 0


async def test_each_page_has_a_strict_policy_with_a_nonce_of_its_own(browser: httpx.AsyncClient) -> None:
    first, second = await browser.get("/"), await browser.get("/")
    policy = first.headers["content-security-policy"]

    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert re.search("'nonce-([^']+)'", policy) != re.search(
        "'nonce-([^']+)'", second.headers["content-security-policy"]
    )
    assert policy != second.headers["content-security-policy"]
    assert first.headers["referrer-policy"] == "same-origin"
    assert first.headers["x-content-type-options"] == "nosniff"
    assert first.headers["cache-control"] == "no-store"
    assert "camera=()" in first.headers["permissions-policy"]


async def test_static_files_are_kept_for_ever_under_the_hash_of_their_content(browser: httpx.AsyncClient) -> None:
    address = pages_at_the_counter().static.url("loket.css")
    today = await browser.get(address)
    old = await browser.get(re.sub("/[0-9a-f]{12}/", "/000000000000/", address))

    assert today.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in today.headers["cache-control"]
    assert old.content == today.content
    assert old.headers["cache-control"] == "no-cache"
    assert (await browser.get("/static/common/x/../../pages.py")).status_code == 404
    assert (await browser.get("/static/common/x/vendor/README.md")).status_code == 404
    assert (await browser.post(address)).status_code == 404


def test_a_missing_static_file_is_noticed_when_the_page_is_made() -> None:
    with pytest.raises(KeyError):
        pages_at_the_counter().static.url("no-such.css")


def test_a_variable_that_was_not_given_is_an_error_and_not_an_empty_place() -> None:
    with pytest.raises(UndefinedError):
        pages_at_the_counter().render(asked(), "styleguide.html")


@pytest.mark.parametrize("status_code", [400, 401, 403, 404, 405, 409, 413, 418, 422, 423, 429, 500, 503])
@pytest.mark.parametrize("language", Language)
def test_each_failure_has_a_sentence_and_a_way_on(status_code: int, language: Language) -> None:
    page = pages_at_the_counter().error(asked(f"lang={language}"), status_code)
    text = bytes(page.body).decode()

    assert page.status_code == status_code
    assert f'<html lang="{language}">' in text
    assert "button-primary" in text


def test_a_refusal_is_said_in_full_and_what_it_quotes_stays_text() -> None:
    pages = pages_at_the_counter()
    page = pages.error(asked(), 404, "Ticket %(reference)s is not here.", {"reference": "<script>"})
    plain = pages.error(asked(), 409, "100% of <this> was taken.")

    assert "Ticket &lt;script&gt; is not here." in bytes(page.body).decode()
    assert "100% of &lt;this&gt; was taken." in bytes(plain.body).decode()


def test_what_the_page_says_itself_is_not_said_twice() -> None:
    page = pages_at_the_counter().error(asked(), 404, "There is nothing here.")

    assert "There is nothing here." not in bytes(page.body).decode()


def test_who_comes_at_a_bad_moment_is_told_when_to_come_back() -> None:
    assert pages_at_the_counter().error(asked(), 503).headers["retry-after"] == "5"
    assert "retry-after" not in pages_at_the_counter().error(asked(), 404).headers


def test_customers_are_never_sent_to_a_team_lead() -> None:
    staff = branded_pages(Brand(), shared=lambda _: {"viewer_name": "Piet"})

    assert "team lead" not in bytes(pages_at_the_counter().error(asked("lang=en"), 403).body).decode()
    assert "team lead" in bytes(staff.error(asked("lang=en"), 403).body).decode()


def test_a_pale_accent_is_refused_with_a_sentence() -> None:
    with pytest.raises(UnreadableAccent, match="too pale to read"):
        Brand(accent="#FFCC00")
    with pytest.raises(UnreadableAccent, match="a colour like"):
        Brand(accent="red; } body { display: none")


def test_a_wrong_accent_in_the_settings_stops_the_start_with_that_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOKET_DEMO", "true")
    monkeypatch.setenv("LOKET_ACCENT", "#FFCC00")
    with pytest.raises(SystemExit) as stopped:
        load(Settings)

    assert stopped.value.code == 2
    assert "LOKET_ACCENT: The accent #FFCC00 is too pale to read" in capsys.readouterr().err


@given(COLOURS)
def test_every_accent_that_is_accepted_can_be_read_by_day_and_by_night(colour: str) -> None:
    try:
        brand = Brand(accent=colour)
    except UnreadableAccent:
        return
    assert contrast(brand.accent, "#FFFFFF") >= 4.5
    assert contrast(brand.accent, brand.accent_ground) >= 4.5
    assert contrast("#1F2428", brand.accent_ground) >= 4.5
    assert contrast(brand.night_accent, "#1D2125") >= 4.5
    assert contrast(brand.night_accent, "#15181B") >= 4.5
    assert contrast(brand.night_accent, brand.night_accent_ground) >= 4.5
    assert contrast("#E8E6E1", brand.night_accent_ground) >= 4.5


async def test_an_organisation_gives_its_name_colour_and_logo() -> None:
    brand = Brand("Waterschap De Linge", "#7A1F5C", "https://linge.example/logo.svg")
    page = branded_pages(brand).render(asked(), "error.html", {"status_code": 404, "sentence": ""})
    text = bytes(page.body).decode()

    assert "--accent: #7A1F5C" in text
    assert 'alt="Waterschap De Linge"' in text
    assert "img-src https://linge.example 'self'" in page.headers["content-security-policy"]
    assert ACCENT not in text


def test_a_service_replaces_templates_and_adds_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service = tmp_path / "winkel"
    (service / "templates").mkdir(parents=True)
    (service / "__init__.py").touch()
    (service / "templates" / "hello.html").write_text(
        '{% extends "customer.html" %}{% block title %}Hello{% endblock %}{% block content %}{{ who }}{% endblock %}'
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    page = Pages("winkel").render(asked("lang=en"), "hello.html", {"who": "<b>Anna</b>"}, status_code=201)
    del sys.modules["winkel"]

    assert page.status_code == 201
    assert "&lt;b&gt;Anna&lt;/b&gt;" in bytes(page.body).decode()
    assert "Skip to the content" in bytes(page.body).decode()


def test_staff_see_who_they_are_and_where_they_can_go() -> None:
    shared = {
        "viewer_name": "Piet & Co",
        "csrf_token": 'a"b',
        "navigation": [Link("Mijn werk", "/desk", is_current=True)],
    }
    page = branded_pages(Brand(), shared=lambda _: shared).render(asked(), "staff.html")
    text = bytes(page.body).decode()

    assert "Piet &amp; Co" in text
    assert 'href="/desk" aria-current="page"' in text
    assert 'action="/logout"' in text
    assert 'name="csrf_token" value="a&#34;b"' in text
