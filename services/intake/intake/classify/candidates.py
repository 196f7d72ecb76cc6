"""What goes to the process that refits and what comes back: an order and a candidate, as JSON."""

import json
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass
from typing import Any, Self

from intake.classify.judgement import Stage
from intake.classify.lessons import Lesson


@dataclass(frozen=True)
class Order:
    """What is asked of a refit."""

    lessons: tuple[Lesson, ...]
    live: bytes | None = None  # the adjustment that judges now
    stages: tuple[Stage, ...] = ("fast", "full")
    frozen: int | None = None  # messages of the frozen set to look at; None: all

    def dumps(self) -> str:
        """The order as JSON."""
        live = b64encode(self.live).decode() if self.live else None
        lessons = [asdict(lesson) for lesson in self.lessons]
        return json.dumps({"lessons": lessons, "live": live, "stages": self.stages, "frozen": self.frozen})

    @classmethod
    def loads(cls, text: str) -> Self:
        """The order that was written so."""
        told = json.loads(text)
        return cls(
            lessons=tuple(Lesson(**lesson) for lesson in told["lessons"]),
            live=b64decode(told["live"]) if told["live"] else None,
            stages=tuple(told["stages"]),
            frozen=told["frozen"],
        )


@dataclass(frozen=True)
class Candidate:
    """A refit and how it does."""

    version: str
    base: str
    file: bytes
    figures: dict[str, Any]  # by stage
    shortfalls: tuple[str, ...]
    corrections: int
    agents: int

    def dumps(self) -> str:
        """The candidate as JSON."""
        return json.dumps(asdict(self) | {"file": b64encode(self.file).decode()})

    @classmethod
    def loads(cls, text: str) -> Self:
        """The candidate that was written so."""
        told = json.loads(text)
        return cls(**told | {"file": b64decode(told["file"]), "shortfalls": tuple(told["shortfalls"])})
