"""What the town is made of, read from the files beside this module: residents, letters, and phrases."""

import json
import tomllib
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any, Generic, TypeVar

from common.vocabulary import HandlingClass, Language, Topic
from routing.finishing import VoidReason

T = TypeVar("T")
ANY = "any"
CLASSES = {each.letter: each for each in HandlingClass}
GROUPS = {  # topics that are answered alike
    "money": (Topic.BILLING, Topic.DEBT_COLLECTION, Topic.RETURN_REFUND),
    "goods": (Topic.DELIVERY, Topic.ORDER),
    "contract": (Topic.CONTRACT, Topic.ACCOUNT, Topic.ADDRESS_MOVE),
    "appointment": (Topic.APPOINTMENT,),
    "information": (Topic.INFORMATION, Topic.OTHER, Topic.PERMIT_TAX, Topic.TECHNICAL_ADVICE),
    "complaint": (Topic.COMPLAINT_STAFF, Topic.COMPLAINT_SERVICE, Topic.DAMAGE_CLAIM, Topic.PRIVACY_FRAUD),
    "outage": (Topic.OUTAGE,),
    "repair": (Topic.REPAIR,),
    "installation": (Topic.INSTALLATION,),
    "outside": (Topic.PUBLIC_SPACE,),
}
GROUP_OF = {topic: group for group, topics in GROUPS.items() for topic in topics}
STAFF = "staff"  # the book of what colleagues write to each other

Phrase = str | Mapping[str, str]
Book = Mapping[str, Mapping[str, Sequence[Phrase]]]  # situation → group → phrases


@dataclass(frozen=True)
class Resident:
    """Somebody who lives in the town."""

    name: str
    title: str
    surname: str
    language: Language
    email: str
    phone: str | None
    customer_number: str | None
    postcode: str
    house_number: str
    city: str


@dataclass(frozen=True)
class Letter:
    """What a customer writes, with what a person makes of it."""

    text: str
    language: Language
    right_class: HandlingClass | None  # None: nothing to handle
    topic: Topic | None
    void: VoidReason | None  # why it is nothing to handle


@cache
def residents() -> tuple[Resident, ...]:
    """Everybody who lives in the town."""
    return tuple(Resident(**row | {"language": Language(row["language"])}) for row in _lines("people.jsonl"))


@cache
def letters() -> tuple[Letter, ...]:
    """Everything that is ever written in the town."""
    return tuple(
        Letter(
            text=row["text"],
            language=Language(row["lang"]),
            right_class=CLASSES[row["rst"]] if row["rst"] else None,
            topic=Topic(row["topic"]) if row["topic"] else None,
            void=VoidReason(row["void"]) if "void" in row else None,
        )
        for row in _lines("letters.jsonl")
    )


@cache
def _book(name: str) -> Mapping[str, Any]:
    return tomllib.loads((files(__package__) / f"{name}.toml").read_text("utf-8"))


def _lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (files(__package__) / name).read_text("utf-8").splitlines()]


class Deck(Generic[T]):
    """Hands out cards in a shuffled order, each once before any comes again."""

    def __init__(self, cards: Sequence[T], chance: Random) -> None:
        self._cards = list(cards)
        self._chance = chance
        self._left: list[T] = []

    def __len__(self) -> int:
        return len(self._cards)

    def draw(self) -> T:
        """The next card."""
        if not self._left:
            self._left = self._chance.sample(self._cards, len(self._cards))
        return self._left.pop()


class Phrases:
    """Words for every situation, as varied as the books are."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._decks: dict[Hashable, Deck[Phrase]] = {}

    def line(self, book: str, situation: str, group: str = ANY) -> str:
        """A phrase for the situation: one for this group of topics, or else one for any."""
        return str(self._draw(book, situation, group))

    def pair(self, book: str, situation: str, group: str = ANY) -> tuple[str, str]:
        """A question and its answer."""
        drawn = self._draw(book, situation, group)
        if isinstance(drawn, str):
            raise TypeError(f"{book}.toml: [{situation}] {group} holds no questions with answers")
        return drawn["ask"], drawn["answer"]

    def framed(self, book: str, body: str) -> str:
        """The body between a greeting and a closing."""
        return f"{self._of_list(book, 'greetings')}\n\n{body}\n\n{self._of_list(book, 'closings')}"

    def groups(self, book: str, situation: str) -> list[str]:
        """The groups that a situation has phrases for."""
        return list(_book(book)[situation])

    def _draw(self, book: str, situation: str, group: str) -> Phrase:
        known: Mapping[str, Sequence[Phrase]] = _book(book)[situation]
        return self._deck((book, situation, group), known[group] if group in known else known[ANY])

    def _of_list(self, book: str, name: str) -> Phrase:
        return self._deck((book, name), _book(book)[name])

    def _deck(self, key: Hashable, cards: Sequence[Phrase]) -> Phrase:
        if key not in self._decks:
            self._decks[key] = Deck(cards, self._chance)
        return self._decks[key].draw()
