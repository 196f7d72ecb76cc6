"""A Dutch organisation that works otherwise than the label guide says, for the bench of learning from corrections.

No public pack holds Dutch tickets, so a model of words is fitted without four of the files written for Loket, and the
Dutch messages of those files are the organisation's. Its habits: questions about money, contracts and
moves go to specialists; fitting is planned by the desk, and objections and complaints are registered by the book. It
has jargon.
"""

import random
import re
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from intake.classify.adjustment import as_bytes, from_bytes
from intake.classify.answering import softmax
from intake.classify.corrections import remembered
from intake.classify.evaluation import CLASSES
from intake.classify.examples import Example, learnable, public
from intake.classify.lessons import Lesson
from intake.classify.linear_training import LinearRecipe, fit_linear
from intake.classify.model import LinearModel, assembled
from intake.classify.refit import refit, replayed
from intake.classify.taught import Taught, moved
from intake.classify.training import Recipe, selected
from organisation import AGENTS, CORRECTED

UNSEEN = ("plain_nl", "plain_vl", "municipality", "housing")
HABITS = {
    ("routine", "billing"): "specialist",
    ("routine", "contract"): "specialist",
    ("routine", "address_move"): "specialist",
    ("technical", "installation"): "routine",
    ("specialist", "permit_tax"): "routine",
    ("specialist", "complaint_service"): "routine",
}
JARGON = (
    (re.compile(r"\bmonteurs?\b", re.IGNORECASE), "vakman"),
    (re.compile(r"\bafspraak\b", re.IGNORECASE), "schouw"),
    (re.compile(r"\b(?:factuur|rekening|nota)\b", re.IGNORECASE), "staat"),
    (re.compile(r"\bverhui(?:s|zen|zing)\b", re.IGNORECASE), "wissel"),
)
LATER = 450


@dataclass(frozen=True)
class Town:
    """A model that never saw its messages, what its people corrected or left, and the tickets that come after."""

    model: LinearModel
    kept: list[Example]  # what the model learned from
    lessons: list[Lesson]
    later: list[Example]

    def accuracy(self, taught: Taught) -> float:
        """The share of the later tickets judged as this organisation would, in the fast stage."""
        choices = chosen(self.model, [one.text for one in self.later], taught)
        return float(np.mean([CLASSES[at] == one.kind for at, one in zip(choices, self.later, strict=True)]))

    def at_once(self) -> Taught:
        """The lessons as nearest examples."""
        return Taught(remembered(self.model, self.lessons))

    def overnight(self) -> Taught:
        """The lessons as nearest examples and in a promoted refit."""
        made = refit(self.model, self.lessons, replayed(self.kept, []))
        return Taught(remembered(self.model, self.lessons), from_bytes(as_bytes(made)))


def chosen(model: LinearModel, texts: list[str], taught: Taught) -> list[int]:
    """The forced choice of each text."""
    scored = model.score(texts)
    kind = softmax(scored.answers["kind"] / model.facts["temperature"]["fast"])
    after = moved(taught, model, scored, kind, softmax(scored.answers["topic"]))
    return [int(at) for at in after.kind[:, : len(CLASSES)].argmax(axis=1)]


def _fitted(kept: list[Example]) -> LinearModel:
    """The words of the fast stage, fitted as in a training."""
    fitted = fit_linear(selected(kept, public(), Recipe()), LinearRecipe(), ("kind", "topic"))
    facts = fitted.facts | {"version": "without-a-town", "temperature": {"fast": 0.8}, "members": 0}
    return assembled(fitted.vocabulary, fitted.weights, fitted.offsets, facts)


def _as_the_town(message: Example) -> Example:
    """The message in its jargon, with the class by its habits."""
    text = message.text
    for word, jargon in JARGON:
        text = word.sub(jargon, text)
    kind = HABITS.get((message.kind, message.topic or ""), message.kind)
    return replace(message, text=text, kind=kind)


@cache
def town() -> Town:
    """The town after two hundred corrections by six agents; what its model got wrong was corrected."""
    own = learnable()
    kept = [one for one in own if one.source not in UNSEEN]
    tickets = [
        _as_the_town(one) for one in own if one.source in UNSEEN and one.language == "nl" and one.kind in CLASSES
    ]
    draw = random.Random(9)
    draw.shuffle(tickets)
    model, later, earlier = _fitted(kept), tickets[:LATER], tickets[LATER:]
    lessons: list[Lesson] = []
    for number, (one, at) in enumerate(
        zip(earlier, chosen(model, [one.text for one in earlier], Taught()), strict=True)
    ):
        agent = None if CLASSES[at] == one.kind else f"agent-{draw.randrange(AGENTS)}"
        if agent and sum(bool(lesson.agent) for lesson in lessons) >= CORRECTED:
            break
        lessons.append(Lesson(f"town-{number}", "", one.text, one.kind, None, agent))
    return Town(model, kept, lessons, later)
