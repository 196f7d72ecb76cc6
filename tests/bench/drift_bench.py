"""How much an organisation's accuracy rises by two hundred corrections: `PYTHONPATH=tests python -m bench drift`."""

import json
import sys

from dutch_town import town
from intake.classify.adjustment import as_bytes, from_bytes
from intake.classify.comparing import held_out
from intake.classify.corrections import remembered
from intake.classify.examples import written
from intake.classify.judgement import Stage
from intake.classify.lessons import Lesson
from intake.classify.model import load
from intake.classify.refit import refit, replayed
from intake.classify.taught import UNTAUGHT, Taught
from organisation import bank, contrary

STAGES: tuple[Stage, ...] = ("fast", "full")


def overnight(lessons: list[Lesson]) -> Taught:
    """The lessons as nearest examples and in a promoted refit."""
    made = refit(load(), lessons, replayed(written(), held_out()))
    return Taught(remembered(load(), lessons), from_bytes(as_bytes(made)))


def main() -> None:
    """Print the accuracy on later tickets, by stage."""
    lessons = [*bank().corrected, *bank().settled]
    states = {
        "before": UNTAUGHT,
        "at_once": Taught(remembered(load(), lessons)),
        "after_the_night": overnight(lessons),
        "with_one_contrary_agent": overnight([*lessons, *contrary()]),
    }
    found: dict[str, dict[str, float]] = {
        stage: {name: round(bank().accuracy(taught, stage), 4) for name, taught in states.items()} for stage in STAGES
    }
    dutch = {"before": UNTAUGHT, "at_once": town().at_once(), "after_the_night": town().overnight()}
    found["fast, Dutch"] = {name: round(town().accuracy(taught), 4) for name, taught in dutch.items()}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
