"""The look: colours that can be read, and pages that can be used, in a real browser."""

import os
import re
from collections.abc import AsyncIterator
from importlib.resources import files
from shutil import which

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from chromium import CHROMIUM, chromium, served
from common import brand
from common.brand import contrast
from counter import counter, pages_at_the_counter

STYLE = (files("common") / "static" / "loket.css").read_text("utf-8")
LAPTOP, PHONE = (1366, 768), (390, 844)
SCHEMES = ("light", "dark")
TEXT_ON_GROUNDS = {
    ("paper", "card"): "ink soft accent routine specialist technical on-time at-risk late",
    ("accent-ground",): "ink soft accent routine specialist technical",
    ("on-time-ground",): "ink on-time accent",
    ("at-risk-ground",): "ink at-risk accent",
    ("late-ground",): "ink late accent",
    ("accent",): "on-accent",
}


def tokens(scheme: str) -> dict[str, str]:
    """The colours of the style sheet by day or by night."""
    light, dark = re.findall(r":root\s*\{(.*?)\n\s*\}", STYLE, re.DOTALL)[:2]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light if scheme == "light" else dark))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_text_can_be_read_on_every_ground_it_stands_on(scheme: str) -> None:
    colours = tokens(scheme)
    for grounds, texts in TEXT_ON_GROUNDS.items():
        for ground in grounds:
            for text in texts.split():
                assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    assert contrast(colours["line-strong"], colours["card"]) >= 3  # the edge of a field


def test_the_check_of_a_chosen_accent_knows_the_colours_of_the_style_sheet() -> None:
    day, night = tokens("light"), tokens("dark")
    written = [day["paper"], day["card"], day["ink"], day["accent"], night["paper"], night["card"], night["ink"]]

    known = [brand.PAPER, brand.WHITE, brand.INK, brand.ACCENT, brand.NIGHT, brand.NIGHT_CARD, brand.NIGHT_INK]
    assert [colour.upper() for colour in written] == known


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    if not which(CHROMIUM) and os.environ.get("CI") != "true":
        pytest.skip("there is no Chromium at " + CHROMIUM)
    async with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
async def address() -> AsyncIterator[str]:
    async with served(counter(pages_at_the_counter())) as url:
        yield url


class Window:
    """A page in a window of its own, which remembers what the browser complained about."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type in {"error", "warning"} else None
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))


async def opened(browser: Browser, url: str, size: tuple[int, int] = LAPTOP, scheme: str = "light") -> Window:
    is_phone = size == PHONE
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        is_mobile=is_phone,
        has_touch=is_phone,
        locale="nl-NL",
        reduced_motion="reduce",
    )
    window = Window(await context.new_page())
    await window.page.goto(url)
    return window


@pytest.mark.browser
@pytest.mark.parametrize("path", ["/", "/desk", "/failure/500"])
@pytest.mark.parametrize(("size", "scheme"), [(LAPTOP, "light"), (PHONE, "dark")])
async def test_pages_are_open_to_everyone(
    browser: Browser, address: str, path: str, size: tuple[int, int], scheme: str
) -> None:
    window = await opened(browser, address + path, size, scheme)
    found = await Axe().run(window.page)
    width = await window.page.evaluate("document.documentElement.scrollWidth")
    await window.page.context.close()

    assert found.violations_count == 0, found.generate_report()
    assert width <= size[0]
    assert not [said for said in window.complaints if "500 (Internal" not in said]


@pytest.mark.browser
@pytest.mark.parametrize("path", ["/", "/desk"])
async def test_on_a_phone_a_thumb_hits_what_it_aims_at(browser: Browser, address: str, path: str) -> None:
    window = await opened(browser, address + path, PHONE)
    small = await window.page.evaluate("""
        [...document.querySelectorAll(".button, .input, summary, .choice, .languages a, .menu-item, .row")]
          .filter((target) => target.checkVisibility() && target.getBoundingClientRect().height < 44)
          .map((target) => target.outerHTML.slice(0, 80))
    """)
    await window.page.context.close()

    assert small == []


@pytest.mark.browser
async def test_what_has_the_focus_shows_it(browser: Browser, address: str) -> None:
    window = await opened(browser, address)
    await window.page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    seen = []
    for _ in range(12):
        await window.page.keyboard.press("Tab")
        seen.append(await window.page.evaluate("getComputedStyle(document.activeElement).outline"))
    await window.page.context.close()

    assert all("solid 2px" in outline for outline in seen), seen


@pytest.mark.browser
async def test_a_note_looks_different_from_an_answer(browser: Browser, address: str) -> None:
    window = await opened(browser, address + "/desk")
    composer = window.page.locator(".composer")
    ground = "getComputedStyle(document.querySelector('.composer')).backgroundColor"
    reply = await window.page.evaluate(ground)
    await window.page.keyboard.press("n")
    note = await window.page.evaluate(ground)
    text = await composer.inner_text()
    await window.page.context.close()

    assert reply != note
    assert "klant ziet dit niet" in text
    assert "Notitie opslaan" in text
    assert "Antwoord versturen" not in text


@pytest.mark.browser
async def test_a_laptop_shows_a_dozen_rows_and_only_panes_scroll(browser: Browser, address: str) -> None:
    window = await opened(browser, address + "/desk")
    height = await window.page.evaluate("document.documentElement.scrollHeight")
    rows = await window.page.evaluate(
        "[...document.querySelectorAll('.rows > li')].map((row) => row.getBoundingClientRect())"
        ".filter((box) => box.top + 10 < innerHeight).map((box) => box.height)"
    )
    await window.page.context.close()

    assert height == LAPTOP[1]
    assert set(rows) == {56}
    assert len(rows) >= 12


@pytest.mark.browser
async def test_what_was_typed_survives_another_language(browser: Browser, address: str) -> None:
    window = await opened(browser, address)
    await window.page.get_by_label("What is the matter?").fill("Er komt water door het plafond")
    await window.page.get_by_role("link", name="Deutsch").click()
    kept = await window.page.get_by_label("What is the matter?").input_value()
    language = await window.page.evaluate("document.documentElement.lang")
    await window.page.context.close()

    assert kept == "Er komt water door het plafond"
    assert language == "de"


@pytest.mark.browser
async def test_dialogs_and_menus_open_and_close_by_keyboard(browser: Browser, address: str) -> None:
    window = await opened(browser, address)
    page = window.page
    await page.get_by_role("button", name="Open a dialog").press("Enter")
    opened_dialog = await page.locator("#dialog").get_attribute("open")
    await page.keyboard.press("Escape")
    await page.locator("main summary").press("Enter")
    opened_menu = await page.locator("main details").get_attribute("open")
    await page.keyboard.press("Escape")
    state = [await page.locator(each).get_attribute("open") for each in ("#dialog", "main details")]
    await page.context.close()

    assert opened_dialog is not None
    assert opened_menu is not None
    assert state == [None, None]


@pytest.mark.browser
async def test_a_line_says_that_the_connection_is_gone(browser: Browser, address: str) -> None:
    window = await opened(browser, address)
    line = window.page.locator("[data-offline]")
    before = await line.is_visible()
    await window.page.context.set_offline(True)
    await line.wait_for(state="visible")
    await window.page.context.set_offline(False)
    await line.wait_for(state="hidden")
    await window.page.context.close()

    assert not before


@pytest.mark.browser
async def test_requests_of_htmx_carry_the_token_of_the_page(browser: Browser, address: str) -> None:
    window = await opened(browser, address + "/desk")
    await window.page.evaluate("""
        document.querySelector("#context-title").innerHTML = "<button hx-post='/token'>Ask</button>";
        htmx.process(document.querySelector("#context-title"));
    """)
    await window.page.get_by_role("button", name="Ask").click()
    await window.page.get_by_role("button", name="token").wait_for()
    await window.page.context.close()

    assert window.complaints == []


@pytest.mark.browser
async def test_no_answer_leaves_the_page_and_says_so(browser: Browser, address: str) -> None:
    window = await opened(browser, address + "/desk")
    await window.page.evaluate("""
        document.querySelector("#context-title").innerHTML = "<button hx-post='/token'>Ask</button>";
        htmx.process(document.querySelector("#context-title"));
    """)
    await window.page.route("**/token", lambda route: route.abort())
    await window.page.get_by_role("button", name="Ask").click()
    toast = window.page.locator(".toasts .toast")
    await toast.wait_for()
    said = await toast.inner_text()
    await toast.get_by_role("button", name="Sluiten").click()
    await toast.wait_for(state="detached")
    kept = await window.page.get_by_role("button", name="Ask").count()
    await window.page.context.close()

    assert "Er kwam geen antwoord" in said
    assert kept == 1


@pytest.mark.browser
async def test_chosen_files_are_listed_and_one_too_large_stops_the_form(browser: Browser, address: str) -> None:
    window = await opened(browser, address)
    picker = window.page.get_by_label("Photos or documents")
    await picker.evaluate("input => input.dataset.limitBytes = 1000")
    small = {"name": "klein <b>.txt", "mimeType": "text/plain", "buffer": b"x"}
    large = {"name": "groot.txt", "mimeType": "text/plain", "buffer": b"x" * 1001}
    await picker.set_input_files([small, large])  # type: ignore[arg-type]  # playwright's own TypedDict is private
    listed = await window.page.locator(".file-picker .file").all_inner_texts()
    is_valid = await picker.evaluate("input => input.checkValidity()")
    await window.page.context.close()

    assert [" ".join(text.split()) for text in listed] == ["klein <b>.txt 0,1 MB", "groot.txt Dit bestand is te groot."]
    assert not is_valid


@pytest.mark.browser
async def test_a_form_is_sent_once_however_often_it_is_pressed(browser: Browser, address: str) -> None:
    window = await opened(browser, address)
    sent = await window.page.evaluate("""() => {
        const form = document.querySelector(".composer");
        const refused = [];
        document.addEventListener("submit", (event) => {
            refused.push(event.defaultPrevented);
            event.preventDefault();
        });
        document.querySelector("#composer-body").value = "Antwoord";
        form.requestSubmit(); form.requestSubmit();
        return refused;
    }""")
    await window.page.context.close()

    assert sent == [False, True]


@pytest.mark.browser
async def test_paper_is_printed_in_dark_ink_also_at_night(browser: Browser, address: str) -> None:
    window = await opened(browser, address + "/desk", scheme="dark")
    await window.page.emulate_media(media="print", color_scheme="dark")
    ink = await window.page.evaluate("getComputedStyle(document.body).color")
    shown = [await window.page.locator(each).is_visible() for each in (".composer", ".staff > header", ".message-note")]
    await window.page.context.close()

    assert ink == "rgb(31, 36, 40)"
    assert shown == [False, False, True]


@pytest.mark.browser
async def test_rows_are_walked_by_keys(browser: Browser, address: str) -> None:
    window = await opened(browser, address + "/desk")
    await window.page.keyboard.press("j")
    after_the_current = await window.page.evaluate("document.activeElement.getAttribute('href')")
    await window.page.keyboard.press("k")
    await window.page.keyboard.press("ArrowUp")
    first = await window.page.evaluate("document.activeElement.getAttribute('href')")
    await window.page.get_by_label("Je tekst").fill("")
    await window.page.keyboard.type("jn")
    typed = await window.page.get_by_label("Je tekst").input_value()
    await window.page.context.close()

    assert after_the_current == "#2"
    assert first == "#0"
    assert typed == "jn"
