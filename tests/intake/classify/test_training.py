"""A model is the same whenever it is made from the same messages, and survives its file."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from intake.classify.examples import Example, doses, fingerprint
from intake.classify.linear_training import LinearRecipe, fit_linear
from intake.classify.model import LinearModel, assembled, read_members, read_model, save, save_members
from intake.classify.perceptron import Floats, Member, averaged
from intake.classify.perceptron_training import Exercise, Fitting, Target

TOLD = [
    ("De ketel lekt al dagen", "nl", "technical", "repair"),
    ("Mag ik een kopie van de nota", "nl", "routine", "billing"),
    ("I dispute this bill, see you in court", "en", "specialist", "billing"),
    ("Merci pour tout", "fr", "nothing", "other"),
    ("Die Heizung ist kalt", "de", "technical", "repair"),
]


def examples() -> list[Example]:
    return [
        Example(
            text=f"{text} {number}",
            language=language,
            kind=kind,
            topic=topic,
            task="fault",
            urgent=number % 2 == 0,
            confidential=False,
            source="here",
            group=kind,
            own=True,
        )
        for number in range(4)
        for text, language, kind, topic in TOLD
    ]


def test_fitting_twice_gives_the_same_weights() -> None:
    recipe = LinearRecipe(at_least=1)

    first, second = fit_linear(examples(), recipe, ["kind"]), fit_linear(examples(), recipe, ["kind"])

    assert np.array_equal(first.weights, second.weights)


def test_a_model_says_the_same_after_a_round_through_its_file(tmp_path: Path) -> None:
    fitted = fit_linear(examples(), LinearRecipe(at_least=1), ["kind", "topic", "language"])
    model = assembled(fitted.vocabulary, fitted.weights, fitted.offsets, fitted.facts | {"version": "v1"})
    save(model, tmp_path / "model.npz")

    back = read_model(tmp_path / "model.npz")

    assert back.heads == model.heads
    texts = [example.text for example in examples()]
    for question, scores in model.score(texts).answers.items():
        assert back.score(texts).answers[question].argmax(axis=1).tolist() == scores.argmax(axis=1).tolist()
    assert (tmp_path / "model.npz").read_bytes() == rewritten(back, tmp_path / "again.npz")


def rewritten(model: LinearModel, path: Path) -> bytes:
    save(model, path)
    return path.read_bytes()


def blobs() -> tuple[Floats, npt.NDArray[np.intp]]:
    draw = np.random.default_rng(1)
    labels = np.arange(90) % 3
    return (draw.normal(0, 0.3, (90, 6)) + np.eye(6)[labels] * 2).astype(np.float32), labels


def fitted_member(seed: int) -> Member:
    vectors, labels = blobs()
    targets = [Target(labels, 3, 1.0, 1.0), Target(np.where(labels == 0, 1, 0), 1, 1.0, 1.0)]
    return Fitting(
        vectors,
        targets,
        np.ones(90, np.float32),
        Exercise(inner=16, rounds=40, rate=0.02, drop_input=0.0, warm_up=5),
        seed,
    ).run()


def test_heads_learn_what_can_be_told_apart_and_repeat_themselves() -> None:
    vectors, labels = blobs()
    heads = {"kind": ["a", "b", "c"], "urgent": ["True"]}

    answers = averaged([fitted_member(0)], vectors, heads)

    assert (answers["kind"].argmax(axis=1) == labels).mean() > 0.95
    assert ((answers["urgent"][:, 0] > 0) == (labels == 0)).mean() > 0.95
    assert np.array_equal(fitted_member(0).inner, fitted_member(0).inner)


def test_heads_of_another_model_are_refused(tmp_path: Path) -> None:
    save_members([fitted_member(0)], "v1", tmp_path / "model.npz")

    assert len(read_members(tmp_path / "model.npz", "v1")) == 1
    with pytest.raises(ValueError, match="another model"):
        read_members(tmp_path / "model.npz", "v2")


def test_a_dose_limits_each_intent() -> None:
    assert len(doses(examples(), each=2, nothing=1)) == 2 + 2 + 2 + 1


def test_the_fingerprint_follows_the_messages() -> None:
    assert fingerprint(examples()) == fingerprint(examples())
    assert fingerprint(examples()) != fingerprint(examples()[1:])
