"""A mail as it was sent, made harmless: its own layout, its own pictures drawn anew, nothing from elsewhere."""

import re
import secrets
from base64 import b64encode
from collections.abc import Callable, Mapping
from email.errors import MessageError
from email.parser import BytesParser
from email.policy import compat32
from urllib.parse import unquote

import nh3
from pydantic import BaseModel, ConfigDict

from common.wording import clean_text
from intake.mail import limits
from intake.mail.bodies import contents
from intake.mail.inbound import Unreadable
from intake.mail.markup import text_of
from intake.showing.pictures import drawn_anew

MOST_PICTURES = 20
MOST_PICTURE_BYTES = 6 * 1024 * 1024  # of all together, drawn anew
_PARSER = BytesParser(policy=compat32)
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")  # what makes writing read as what it does not say
_WORDS = """
    a abbr acronym address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn
    div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q s
    samp section small span strike strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr
"""
TAGS = frozenset(_WORDS.split())
GONE = frozenset({"script", "style", "title", "template", "noscript", "iframe", "object", "svg", "math", "head"})
ATTRIBUTES: Mapping[str, set[str]] = {
    "*": {"align", "dir", "lang", "style", "title", "valign"},
    "a": {"href"},
    "col": {"span", "width"},
    "font": {"color", "face", "size"},
    "img": {"alt", "height", "src", "width"},
    "ol": {"start", "type"},
    "table": {"bgcolor", "border", "cellpadding", "cellspacing", "width"},
    "td": {"bgcolor", "colspan", "height", "nowrap", "rowspan", "width"},
    "th": {"bgcolor", "colspan", "height", "nowrap", "rowspan", "width"},
    "tr": {"bgcolor"},
}
_SIDES = ("", "-top", "-right", "-bottom", "-left")
# None of these can fetch anything, or leave the place where it stands.
STYLES = frozenset(
    {
        "background-color", "border-collapse", "border-color", "border-radius", "border-spacing", "border-style",
        "border-width", "color", "direction", "display", "font-family", "font-size", "font-style", "font-weight",
        "height", "letter-spacing", "line-height", "list-style-type", "max-width", "min-width", "text-align",
        "text-decoration", "text-indent", "vertical-align", "white-space", "width", "word-break",
        *(f"{what}{side}" for what in ("border", "margin", "padding") for side in _SIDES),
    }
)  # fmt: skip


class AsSent(BaseModel):
    """How a mail looks."""

    model_config = ConfigDict(frozen=True)

    html: str  # empty: it has no layout
    text: str = ""
    left_out: int = 0  # pictures that are not shown: they lie elsewhere, or are none


def as_sent(raw: bytes) -> AsSent:
    """The mail's layout, harmless; its text where it has none. Raises Unreadable."""
    limits.check(raw)
    try:
        held = contents(_PARSER.parsebytes(raw))
    except (RecursionError, MessageError) as error:
        raise Unreadable("broken") from error
    markup = "\n".join(held.html)
    if not markup.strip():
        return AsSent(html="", text=clean_text(held.words()))
    text_of(markup)  # raises where it is built to be too much: cleaning costs far more than reading
    pictures = _Pictures(held.pictures)
    cleaned = _clean(markup, pictures.mark)
    return AsSent(html=pictures.put_in(cleaned), left_out=pictures.left_out(cleaned))


class _Pictures:
    """Puts pictures of the mail itself where it names them, and nothing where it names others."""

    def __init__(self, given: Mapping[str, bytes]) -> None:
        self._given = given
        self._chance = secrets.token_hex(16)  # or the mail could name a place itself
        self._drawn: dict[str, str] = {}  # data address by Content-ID
        self._bytes = 0

    def mark(self, source: str) -> str | None:
        """What stands for a picture until all is clean; None where there is no picture of ours to show."""
        scheme, _, rest = source.strip().partition(":")
        name = unquote(rest).strip("<>") if scheme.lower() == "cid" else ""
        if name and self._is_there(name):
            return f"cid:{self._chance}{list(self._drawn).index(name)}"
        return None

    def left_out(self, html: str) -> int:
        """How many pictures have nothing to show in this HTML."""
        return html.count("<img") - html.count(f'"cid:{self._chance}')

    def _is_there(self, name: str) -> bool:
        if name in self._drawn:
            return True
        if name not in self._given or len(self._drawn) >= MOST_PICTURES:
            return False
        found = drawn_anew(self._given[name])
        if found is None or self._bytes + len(found[1]) > MOST_PICTURE_BYTES:
            return False
        self._bytes += len(found[1])
        self._drawn[name] = f"data:{found[0]};base64,{b64encode(found[1]).decode()}"
        return True

    def put_in(self, html: str) -> str:
        """The HTML with each mark replaced by its picture."""
        for number, address in reversed(list(enumerate(self._drawn.values()))):  # 12 before 1
            html = html.replace(f'"cid:{self._chance}{number}"', f'"{address}"')
        return html


def _clean(html: str, mark: Callable[[str], str | None]) -> str:
    def allowed(tag: str, name: str, value: str) -> str | None:
        return mark(value) if tag == "img" and name == "src" else value

    cleaned = nh3.clean(
        html.replace("\0", "\N{REPLACEMENT CHARACTER}"),
        tags=set(TAGS),
        clean_content_tags=set(GONE),
        attributes=dict(ATTRIBUTES),
        attribute_filter=allowed,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        url_relative="deny",
        filter_style_properties=set(STYLES),
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    # Only these: composing letters anew would let one swallow the bracket that closes a tag.
    return _TURNING.sub("\N{REPLACEMENT CHARACTER}", cleaned)
