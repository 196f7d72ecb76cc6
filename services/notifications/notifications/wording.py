"""The words of notices: a template a channel, kind and language, as it came with Loket or as people changed it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup, escape
from mjml import mjml2html

from common.brand import Brand
from common.log import logger
from common.vocabulary import Channel, Language
from notifications.blocks import SAID, Block, as_text, blocks_of, one_line
from notifications.frames import BadFrame, Frame
from notifications.grammar import BadTemplate, Values, Words
from notifications.notices import NoticeKind

log = logger(__name__)

FOLDERS = {Channel.EMAIL: "mail", Channel.SMS: "sms", Channel.PUSH: "push", Channel.LETTER: "letter"}
AROUND = {Channel.EMAIL: ("subject", "header", "footer")}  # templates beside those of the kinds


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Which template."""

    channel: Channel
    language: Language
    name: str  # a kind of notice, or what stands around one


@dataclass(frozen=True, slots=True)
class Letter:
    """What a reader sees: a subject and the same content twice."""

    subject: str
    text: str
    html: str


def every_key() -> Iterator[Key]:
    """The templates there must be."""
    for channel in FOLDERS:
        for language in Language:
            for name in (*NoticeKind, *AROUND.get(channel, ())):
                yield Key(channel, language, str(name))


def original(key: Key) -> str:
    """The words that Loket came with. Raises FileNotFoundError."""
    folder = files("notifications").joinpath("templates", FOLDERS[key.channel], key.language)
    return folder.joinpath(f"{key.name}.txt").read_text("utf-8")


class Templates:
    """All templates, read and checked at the start; a missing one is an error then, not later."""

    def __init__(self, brand: Brand) -> None:
        self._original = {key: Words(original(key)) for key in every_key()}
        self._current: Mapping[Key, Words] = self._original
        self._source = files("notifications").joinpath("templates/mail/layout.mjml").read_text("utf-8")
        self._brand = brand
        self._frame = Frame.of(brand)
        self._layout = self._framed(self._frame)

    def change(self, sources: Mapping[Key, str]) -> None:
        """Use these words instead of those that Loket came with; what is not named goes back to them."""
        changed = {}
        for key, source in sources.items():
            try:
                changed[key] = Words(source)
            except BadTemplate as error:
                # It was good when it was saved; a newer Loket may know fewer values. The notice is told all the same.
                log.warning("a changed template cannot be used", template=str(key), problem=str(error))
        self._current = {**self._original, **changed}

    def change_frame(self, document: Mapping[str, object] | None) -> None:
        """Use this frame around mails; without a document the one that Loket came with."""
        try:
            frame = Frame.stored(document or {}, self._brand)
        except (BadFrame, TypeError) as error:
            # It was good when it was saved; the brand may have another colour since.
            log.warning("the changed frame cannot be used", problem=str(error))
            frame = Frame.of(self._brand)
        if frame != self._frame:
            self._layout, self._frame = self._framed(frame), frame

    def letter(  # noqa: PLR0913, PLR0917 - the last two are for previews
        self,
        kind: NoticeKind,
        language: Language,
        values: Values,
        said: str | None,
        trial: str | None = None,
        frame: Frame | None = None,
    ) -> Letter:
        """The mail in this language; `said` is the agent's words, which are never read as a template or as HTML.

        `trial` and `frame` stand in for the template of this kind and the frame around it, to see how a change would
        look. Raises BadTemplate, TooLong.
        """
        line = _lines(values)
        words = Words(trial) if trial is not None else self._words(Channel.EMAIL, language, kind)
        blocks = blocks_of(words.said(line), said)
        footer = blocks_of(self._words(Channel.EMAIL, language, "footer").said(line), None)
        subject = one_line(self._words(Channel.EMAIL, language, "subject").said(line))
        around = {"footer": footer, "header": self._head(language, line), "subject": subject}
        layout = self._framed(frame) if frame else self._layout
        html = layout.render(blocks=blocks, language=language.value, **around, **line)
        return Letter(subject, f"{as_text(blocks)}\n\n-- \n{as_text(footer)}\n", html)

    def plain(self, language: Language, subject: str, body: str, footer: str) -> Letter:
        """A mail with these words, which nobody changes on a page; it looks like every other."""
        blocks, below = blocks_of(body, None), blocks_of(footer, None)
        around = {"header": [], "footer": below, "brand": self._brand.name, "reference": ""}
        html = self._layout.render(blocks=blocks, subject=one_line(subject), language=language.value, **around)
        return Letter(one_line(subject), f"{as_text(blocks)}\n\n-- \n{as_text(below)}\n", html)

    def around(self, language: Language, name: str, values: Values, trial: str | None = None) -> str:
        """What stands around every mail: its subject or its footer, as plain text."""
        words = Words(trial) if trial is not None else self._words(Channel.EMAIL, language, name)
        return as_text(blocks_of(words.said(_lines(values)), None))

    def short(  # noqa: PLR0913, PLR0917 - as for mails
        self,
        channel: Channel,
        kind: NoticeKind,
        language: Language,
        values: Values,
        said: str | None = None,
        trial: str | None = None,
    ) -> list[str]:
        """The lines of a text message or of a notice on a device."""
        words = Words(trial) if trial is not None else self._words(channel, language, kind)
        lines = (one_line(line) for line in words.said(_lines(values)).splitlines())
        return [one_line(said or "") if line == SAID else line for line in lines if line]

    def paper(
        self, kind: NoticeKind, language: Language, values: Values, said: str | None, trial: str | None = None
    ) -> list[Block]:
        """The parts of a letter on paper."""
        words = Words(trial) if trial is not None else self._words(Channel.LETTER, language, kind)
        return blocks_of(words.said(_lines(values)), said)

    def _head(self, language: Language, line: Values) -> list[Block]:
        return blocks_of(self._words(Channel.EMAIL, language, "header").said(line), None)

    def _framed(self, frame: Frame) -> Template:
        # MJML writes each rule into the elements, since mail programs drop style sheets, and knows what Outlook needs.
        # The marks of the template pass through it untouched.
        env = Environment(undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)
        env.filters["whole"] = _whole
        return env.from_string(mjml2html(frame.set_in(self._source, self._brand)))

    def _words(self, channel: Channel, language: Language, name: str) -> Words:
        return self._current[Key(channel, language, str(name))]


def _whole(text: str, reference: str) -> Markup:
    """The text as HTML, in which the reference, if there is one, is not broken over two lines."""
    if not reference:
        return escape(text)
    unbroken = Markup('<span style="white-space:nowrap">{}</span>').format(reference)
    return Markup(escape(text).replace(escape(reference), unbroken))  # noqa: S704 - all of it is escaped


def _lines(values: Values) -> dict[str, str]:
    return {name: one_line(value) for name, value in values.items()}
