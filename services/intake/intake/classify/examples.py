"""The messages the model learns from: read from JSON lines, each with the file (the writer) it came from."""

import hashlib
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from common.vocabulary import HandlingClass, TaskType, Topic
from intake.classify.judgement import NOTHING
from intake.classify.reading import read

DATA = Path(__file__).parents[2] / "data"
REGRESSION = DATA / "regression.jsonl"
LETTERS = {kind.letter: kind.value for kind in HandlingClass}
TOPICS = frozenset(Topic)
TASKS = frozenset(TaskType)


@dataclass(frozen=True)
class Example:
    """One labelled message; None where nobody labelled that question."""

    text: str  # as it is judged: newest words, with the subject
    language: str
    kind: str  # routine, specialist, technical, nothing
    topic: str | None
    task: str | None
    urgent: bool | None
    confidential: bool | None
    source: str  # the file: one writer, one fold
    group: str  # what a dose is drawn from: the intent, where the source has intents
    own: bool  # written for Loket


def _example(row: dict[str, object], source: str, *, own: bool) -> Example:
    """A row of a data file as an example."""
    topic, task = row.get("topic"), row.get("task")
    letter = row.get("rst")
    urgent, confidential = row.get("urgent"), row.get("confidential")
    return Example(
        text=read("", str(row["text"])),
        language=str(row["lang"]),
        kind=LETTERS[str(letter)] if letter else NOTHING,
        topic=str(topic) if topic in TOPICS else None,
        task=str(task) if task in TASKS else None,
        urgent=urgent if isinstance(urgent, bool) else None,
        confidential=confidential if isinstance(confidential, bool) else None,
        source=source,
        group=str(row.get("intent") or row.get("rst")),
        own=own,
    )


def read_examples(path: Path, *, own: bool) -> list[Example]:
    """The examples of one JSON lines file."""
    with path.open(encoding="utf-8") as lines:
        return [_example(json.loads(line), path.stem, own=own) for line in lines if line.strip()]


def written(folder: Path = DATA) -> list[Example]:
    """All messages written for Loket, file by file."""
    return [one for path in sorted((folder / "written").glob("*.jsonl")) for one in read_examples(path, own=True)]


def learnable(folder: Path = DATA) -> list[Example]:
    """The messages written for Loket that a model may learn from: none of the frozen ones it is measured on."""
    frozen = {example.text for example in read_examples(folder / REGRESSION.name, own=True)}
    return [example for example in written(folder) if example.text not in frozen]


def public(folder: Path = DATA) -> list[Example]:
    """All messages from public packs, file by file."""
    return [one for path in sorted((folder / "public").glob("*.jsonl")) for one in read_examples(path, own=False)]


def doses(examples: Iterable[Example], *, each: int, nothing: int, seed: int = 7) -> list[Example]:
    """At most so many examples of each group of each source, so that one language and class cannot swamp the rest."""
    groups: dict[tuple[str, str], list[Example]] = {}
    for example in examples:
        groups.setdefault((example.source, example.group), []).append(example)
    draw = random.Random(seed)  # noqa: S311 (a repeatable sample, not a secret)
    taken: list[Example] = []
    for members in groups.values():
        most = nothing if members[0].kind == NOTHING else each
        taken += members if len(members) <= most else draw.sample(members, most)
    return taken


def fingerprint(examples: Sequence[Example]) -> str:
    """A hash of everything the model learns from."""
    digest = hashlib.sha256()
    for example in examples:
        digest.update(repr(example).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
