"""The words of notices: a template a channel, kind and language, as it came with Loket or as people changed it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from mjml import mjml2html

from common.brand import Brand
from common.log import logger
from common.vocabulary import Channel, Language
from notifications.blocks import Block, as_text, blocks_of, one_line
from notifications.grammar import BadTemplate, Values, Words
from notifications.notices import NoticeKind

log = logger(__name__)

FOLDERS = {Channel.EMAIL: "mail", Channel.SMS: "sms", Channel.PUSH: "push", Channel.LETTER: "letter"}
AROUND = {Channel.EMAIL: ("subject", "footer")}  # templates beside those of the kinds
HOUSE_COLOURS = {
    "#0B5A6B": "accent",
    "#E3F0F2": "accent_ground",
    "#6CC3D3": "night_accent",
    "#163840": "night_accent_ground",
}  # as they stand in the layout, and what another brand has in their place


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
        self._layout = _layout(files("notifications").joinpath("templates/mail/layout.mjml").read_text("utf-8"), brand)

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

    def letter(
        self, kind: NoticeKind, language: Language, values: Values, said: str | None, trial: str | None = None
    ) -> Letter:
        """The mail in this language; `said` is the agent's words, which are never read as a template or as HTML.

        `trial` stands in for the template of this kind, to see how a change would look. Raises BadTemplate, TooLong.
        """
        line = _lines(values)
        words = Words(trial) if trial is not None else self._words(Channel.EMAIL, language, kind)
        blocks = blocks_of(words.said(line), said)
        footer = blocks_of(self._words(Channel.EMAIL, language, "footer").said(line), None)
        subject = one_line(self._words(Channel.EMAIL, language, "subject").said(line))
        html = self._layout.render(blocks=blocks, footer=footer, subject=subject, language=language.value, **line)
        return Letter(subject, f"{as_text(blocks)}\n\n-- \n{as_text(footer)}\n", html)

    def around(self, language: Language, name: str, values: Values, trial: str | None = None) -> str:
        """What stands around every mail: its subject or its footer, as plain text."""
        words = Words(trial) if trial is not None else self._words(Channel.EMAIL, language, name)
        return as_text(blocks_of(words.said(_lines(values)), None))

    def short(
        self, channel: Channel, kind: NoticeKind, language: Language, values: Values, trial: str | None = None
    ) -> list[str]:
        """The lines of a text message or of a notice on a device."""
        words = Words(trial) if trial is not None else self._words(channel, language, kind)
        lines = (one_line(line) for line in words.said(_lines(values)).splitlines())
        return [line for line in lines if line]

    def paper(
        self, kind: NoticeKind, language: Language, values: Values, said: str | None, trial: str | None = None
    ) -> list[Block]:
        """The parts of a letter on paper."""
        words = Words(trial) if trial is not None else self._words(Channel.LETTER, language, kind)
        return blocks_of(words.said(_lines(values)), said)

    def _words(self, channel: Channel, language: Language, name: str) -> Words:
        return self._current[Key(channel, language, str(name))]


def _lines(values: Values) -> dict[str, str]:
    return {name: one_line(value) for name, value in values.items()}


def _layout(source: str, brand: Brand) -> Template:
    if brand.accent != brand.default_accent:
        for colour, name in HOUSE_COLOURS.items():
            source = source.replace(colour, getattr(brand, name))
    # MJML writes each rule into the elements, since mail programs drop style sheets, and knows what Outlook needs.
    # The marks of the template pass through it untouched.
    env = Environment(undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return env.from_string(mjml2html(source))
