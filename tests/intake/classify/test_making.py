"""A whole training: the same messages give the same file, and the file says what it was made of and how good it is."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from intake.classify.examples import Example
from intake.classify.linear_training import LinearRecipe
from intake.classify.measuring import class_figures, flag_figures, versions
from intake.classify.model import read_model
from intake.classify.training import Corpus, Recipe, told, train, write

SMALL = Recipe(linear=LinearRecipe(at_least=1), members=0)
TOLD = [
    ("De ketel lekt in de gang", "nl", "technical", True),
    ("Kopie van de nota graag", "nl", "routine", False),
    ("I dispute this bill, see you in court", "en", "specialist", False),
    ("Merci pour tout, bonne journée", "fr", "nothing", False),
    ("Die Heizung ist kalt geblieben", "de", "technical", False),
]


def messages() -> list[Example]:
    return [
        Example(
            text=f"{text} {'abc'[number % 3]}{number}",
            language=language,
            kind=kind,
            topic="repair" if number % 2 else "billing",
            task="fault" if number % 2 else "document",
            urgent=urgent,
            confidential=number % 2 == 0,
            source=f"plain_{number % 4}",
            group=kind,
            own=True,
        )
        for number in range(8)
        for text, language, kind, urgent in TOLD
    ]


def silent(_: str) -> None:
    pass


def made(own: Sequence[Example], folder: Path) -> Path:
    folder.mkdir()
    write(train(Corpus(list(own), [], {}), SMALL, silent), folder / "model.npz")
    return folder / "model.npz"


def test_the_same_messages_give_the_same_file(tmp_path: Path) -> None:
    first, second = made(messages(), tmp_path / "first"), made(messages(), tmp_path / "second")

    assert first.read_bytes() == second.read_bytes()


def test_another_label_gives_another_version(tmp_path: Path) -> None:
    others = [replace(messages()[0], kind="routine"), *messages()[1:]]

    versions_made = {read_model(made(own, tmp_path / name)).version for name, own in (("a", messages()), ("b", others))}

    assert len(versions_made) == 2


def test_a_model_says_what_it_was_made_of_and_how_good_it_is(tmp_path: Path) -> None:
    facts = read_model(made(messages(), tmp_path / "made")).facts

    assert len(facts["data"]) == 64
    assert facts["messages"] == len(messages())
    assert facts["versions"] == versions()
    assert facts["recipe"]["linear"]["at_least"] == 1
    assert facts["figures"]["fast"]["macro_f1"] == 1
    assert set(facts["figures"]["full"]["per_file"]) == {f"plain_{number}" for number in range(4)}


def test_a_training_tells_its_progress_and_its_figures() -> None:
    heard: list[str] = []
    fitted = train(Corpus(messages(), [], {}), SMALL, heard.append)

    assert [line for line in heard if line.startswith("held out")] == [
        f"held out plain_{number}" for number in range(4)
    ]
    assert "macro f1" in told(fitted)
    assert str(fitted.linear.version) in told(fitted)


def test_class_figures_count_nothing_apart() -> None:
    rows = messages()[:5]
    scores = np.full((5, 4), -5.0)
    for row, column in enumerate([2, 0, 1, 3, 0]):
        scores[row, column] = 5.0

    figures = class_figures(rows, scores, 1.0)

    assert figures["messages"] == 4
    assert figures["nothing_recall"] == 1
    assert figures["taken_for_nothing"] == 0
    assert figures["technical_recall"] == 0.5
    assert figures["per_language"]["de"] == 0


@pytest.mark.parametrize(
    ("raised", "recall", "precision"),
    [([True, True, False], 1, 0.5), ([False, False, False], 0, 0), ([True, False, False], 1, 1)],
)
def test_flag_figures_are_recall_and_precision(raised: list[bool], recall: float, precision: float) -> None:
    figures = flag_figures(np.array([True, False, False]), np.array(raised))

    assert figures == {"recall": recall, "precision": precision}
