"""Who got a ticket and why the others did not, in words: a sentence for everybody, all of it for leads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.texts import Words, mark
from common.texts.labels import label
from common.vocabulary import Language
from routing.matching import Why
from routing.tables import Choice, Unstaffed

_WHY: Mapping[str, str] = {
    Why.OTHER_QUEUE: mark("does not work this queue"),
    Why.NO_CLEARANCE: mark("may not read confidential tickets"),
    Why.LACKS_SKILL: mark("lacks the skill %(what)s"),
    Why.LACKS_LANGUAGE: mark("does not speak %(what)s"),
    Why.DECLINED: mark("was offered it and did not take it"),
    Why.ABSENT: mark("is not there"),
    Why.NO_ROOM: mark("has enough in hand"),
    Why.CHEAPER_HAS_ROOM: mark("is a specialist, and somebody of the front office has time for this"),
    Why.CHEAPER_WILL_HAVE_ROOM: mark("is a specialist, and somebody of the front office has time for this soon"),
    Why.COSTS_MORE: mark("would cost more"),
    Why.WAITED_LESS: mark("would cost as much, and waited less long for work"),
    Why.DID_NOT_ASK: mark("could do it, and did not ask for work"),
    Why.OTHER_WORK: mark("is better used for other work that waits"),
    Why.CHOSEN: mark("was chosen"),
}
DECLINE_REASONS: Sequence[str] = (
    mark("I am in the middle of something"),
    mark("I know too little about this"),
    mark("I know this customer"),
    mark("Something else"),
)


@dataclass(frozen=True)
class Told:
    """One candidate in words."""

    name: str
    why: str
    cost: float | None  # euro
    risk: int | None  # percent that the promise breaks


def sentence(choice: Choice, words: Words) -> str:
    """Why it went to whom it went."""
    who = next((each["name"] for each in choice.candidates if each["why"] == Why.CHOSEN), "")
    if choice.how == "offered":
        return words.gettext("It was offered to %(who)s: of all who can do it, this costs least.", who=who)
    return words.gettext("%(who)s asked for work, and this came first.", who=who)


def candidates(choice: Choice, words: Words) -> list[Told]:
    """Everybody who works the queue, with the reason; who could have had it first."""
    told = [_told(each, words) for each in choice.candidates]
    return sorted(told, key=lambda each: (each.cost is None, each.cost or 0.0, each.name))


def alarm(row: Unstaffed, words: Words) -> str:
    """Work that nobody may do, as a sentence for whoever can mend it."""
    lacks = "; ".join(dict.fromkeys(_why(each, words) for each in row.lacks))
    queue = words.gettext(row.queue_id.replace("-", " ").capitalize())
    if not lacks:
        return words.ngettext(
            "Nobody works the queue %(queue)s, and %(num)s ticket waits in it.",
            "Nobody works the queue %(queue)s, and %(num)s tickets wait in it.",
            row.tickets,
            queue=queue,
        )
    return words.ngettext(
        "Nobody can do %(num)s ticket in the queue %(queue)s (%(why)s).",
        "Nobody can do %(num)s tickets in the queue %(queue)s (%(why)s).",
        row.tickets,
        queue=queue,
        why=lacks,
    )


def _told(each: Mapping[str, Any], words: Words) -> Told:
    risk = None if each["risk"] is None else round(100 * each["risk"])
    return Told(each["name"], _why(f"{each['why']}:{each['detail']}", words), each["cost"], risk)


def _why(reason: str, words: Words) -> str:
    why, _, detail = reason.partition(":")
    if why == Why.LACKS_LANGUAGE:
        detail = label(Language(detail), words.language)
    return words.gettext(_WHY.get(why, why), what=detail)
