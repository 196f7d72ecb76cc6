"""Pages: a service's Jinja2 templates over the common ones, in the reader's language, under a strict policy."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from importlib.resources import files
from urllib.parse import quote, urlencode, urlsplit
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from common import clock
from common.brand import Brand
from common.problem import RETRY_AFTER_SECONDS, SENTENCES
from common.static_files import StaticFiles
from common.texts import DEFAULT, words
from common.texts.labels import Audience, label
from common.texts.spoken import Spoken
from common.vocabulary import Language

DEFAULT_BRAND = Brand()
HOME_ZONE = ZoneInfo("Europe/Amsterdam")
LANGUAGE_COOKIE = "loket_language"
YEAR_SECONDS = 365 * 24 * 3600
NAMES = {Language.NL: "Nederlands", Language.EN: "English", Language.FR: "Français", Language.DE: "Deutsch"}
POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "cache-control": "no-store",
    "vary": "Accept-Language, Cookie",
    "x-content-type-options": "nosniff",
    # Not no-referrer: browsers then send `Origin: null` with our own forms, which the check of Origin refuses.
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
}

COME_BACK = {429, 503}
FILTERS = (  # methods of Spoken
    "day",
    "on_day",
    "hour",
    "at",
    "before",
    "age",
    "short",
    "span",
    "left",
    "pace",
    "number",
    "percent",
    "money",
    "size",
    "listing",
)

Context = Mapping[str, object]


@dataclass(frozen=True)
class Link:
    """A place to go to, in a menu of links."""

    text: str
    href: str
    is_current: bool = False
    language: Language | None = None  # when the text is in another language than the page


class Pages:
    """Renders the pages of one service; mount `static` at /static.

    `shared` gives what every page of the service needs from a request: for staff pages `viewer_name`, `navigation`
    (a list of Link) and `csrf_token`.
    """

    def __init__(
        self,
        package: str,
        *,
        brand: Brand = DEFAULT_BRAND,
        zone: ZoneInfo = HOME_ZONE,
        now: Callable[[], datetime] = clock.now,
        shared: Callable[[Request], Context] | None = None,
    ) -> None:
        self.static = StaticFiles(*dict.fromkeys((package, "common")))
        self._package = package
        self._shared = shared
        self._policy = POLICY.replace("img-src", f"img-src {_origin(brand.logo_url)}".rstrip())
        self._environments = {language: environment(package, language, zone=zone, now=now) for language in Language}
        for env in self._environments.values():
            env.globals |= {"brand": brand, "static": self.static.url}

    def render(  # noqa: PLR0913 - the last three are rare and named
        self,
        request: Request,
        name: str,
        context: Context | None = None,
        *,
        language: Language | None = None,
        status_code: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> HTMLResponse:
        """The template as an answer, in the language given or else in that of the request."""
        nonce = secrets.token_urlsafe(16)
        page = self._environments[language or language_of(request)].get_template(name)
        given = {"csp_nonce": nonce, "language_links": language_links(request, language)}
        shared = self._shared(request) if self._shared else {}
        body = page.render({**given, **shared, **(context or {})})
        policy = {"content-security-policy": self._policy.format(nonce=nonce)}
        response = HTMLResponse(body, status_code, {**HEADERS, **policy, **(headers or {})})
        _remember_language(request, response)
        return response

    def error(
        self, request: Request, status_code: int, sentence: str = "", values: Mapping[str, str | float] | None = None
    ) -> HTMLResponse:
        """The page that says what went wrong and how to go on; `sentence` is in English and gets translated here."""
        # Not by `_` in the template: there a message counts as safe HTML, and a sentence may quote what someone typed.
        said = words(self._package, language_of(request)).gettext(sentence) if sentence else ""
        is_specific = sentence != SENTENCES.get(status_code)  # the page has its own words for what it cannot explain
        context = {"status_code": status_code, "sentence": said % values if values else said if is_specific else ""}
        headers = {"retry-after": str(RETRY_AFTER_SECONDS)} if status_code in COME_BACK else None
        return self.render(request, "error.html", context, status_code=status_code, headers=headers)


def language_of(request: Request) -> Language:
    """The language asked for by `?lang=`, else remembered in the cookie, else preferred by the browser, else Dutch."""
    chosen = [request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)]
    wishes = [*chosen, *_accepted(request.headers.get("accept-language", ""))]
    return next((Language(wish) for wish in wishes if wish in set(Language)), DEFAULT)


def language_links(request: Request, language: Language | None = None) -> list[Link]:
    """The page in each language, the current one marked."""
    current = language or language_of(request)
    # Not request.url: it raises on a query that is not UTF-8. One slash in front: `//elsewhere` would lead there.
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    queries = {each: urlencode([*kept, ("lang", each.value)]) for each in Language}
    path = "/" + quote(request.scope["path"].lstrip("/"))
    return [Link(NAMES[each], f"{path}?{query}", each is current, each) for each, query in queries.items()]


def environment(
    package: str, language: Language, *, zone: ZoneInfo = HOME_ZONE, now: Callable[[], datetime] = clock.now
) -> Environment:
    """Templates of the package, then of common, with the texts, labels and spoken times of one language.

    `.html` escapes what is put in it, other suffixes do not. What is missing is an error, not an empty place.
    """
    env = Environment(
        loader=FileSystemLoader([str(files(name) / "templates") for name in (package, "common")]),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.install_gettext_translations(words(package, language).catalogue, newstyle=True)  # type: ignore[attr-defined]
    spoken = Spoken(words("common", language), zone, now)
    env.filters |= {name: getattr(spoken, name) for name in FILTERS}
    env.filters |= {"label": partial(_label, language), "sentence": _sentence}
    env.globals |= {"language": language, "now": now, "window": spoken.window}
    return env


def _label(language: Language, value: StrEnum, audience: Audience = "staff") -> str:
    return label(value, language, audience)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _remember_language(request: Request, response: HTMLResponse) -> None:
    wish = request.query_params.get("lang")
    if wish in set(Language):
        is_secure = request.scope["scheme"] == "https"
        response.set_cookie(
            LANGUAGE_COOKIE, wish, max_age=YEAR_SECONDS, httponly=True, samesite="lax", secure=is_secure
        )


def _accepted(header: str) -> list[str]:
    """The languages of an Accept-Language header, most wanted first, without regions and those refused with q=0."""
    wishes: list[tuple[float, str]] = []
    for part in header.split(",")[:20]:
        tag, _, quality = part.strip().lower().partition(";q=")
        weight = float(quality) if quality.replace(".", "", 1).isdecimal() else 1.0
        if weight > 0:
            wishes.append((-weight, tag.partition("-")[0]))
    return [tag for _, tag in sorted(wishes, key=lambda wish: wish[0])]


def _origin(url: str) -> str:
    """The part of an address that a content security policy names; empty for one of our own."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
