"""What the three commands read and write."""

import json
from pathlib import Path

import pytest

from intake.classify.commands import UnusableLine, classify, evaluate, figures_text


def lines(*rows: object) -> list[str]:
    return [json.dumps(row) for row in rows]


def test_classify_answers_each_line_in_order() -> None:
    asked = [{"id": number, "text": "De ketel lekt"} for number in range(150)]

    said = [json.loads(line) for line in classify(lines(*asked), stage="fast")]

    assert [one["id"] for one in said] == list(range(150))
    assert {one["rst"] for one in said} == {"T"}
    assert set(said[0]["proba"]) == {"R", "S", "T"}
    assert sum(said[0]["proba"].values()) == pytest.approx(1, abs=0.001)
    assert max(said[0]["proba"].values()) <= 0.99
    assert said[0]["lang"] == "nl"
    assert said[0]["sensitive"] is False
    assert said[0]["reasons"]


def test_classify_says_null_when_it_abstains() -> None:
    said = json.loads(next(classify(lines({"id": "a", "text": ""}))))

    assert (said["rst"], said["abstained_because"], said["topic"]) == (None, "no_text", None)


def test_the_subject_is_read_too() -> None:
    said = json.loads(next(classify(lines({"id": 1, "subject": "Ketel lekt", "text": "zie boven"}), stage="fast")))

    assert said["rst"] == "T"


def test_empty_lines_are_passed_over() -> None:
    assert list(classify(["", "\n"])) == []


@pytest.mark.parametrize("line", ["{", "[]", '{"id": 1}', '{"id": 1, "text": 5}'])
def test_an_unusable_line_is_named(line: str) -> None:
    with pytest.raises(UnusableLine, match="Line 2"):
        list(classify([json.dumps({"id": 0, "text": "x"}), line]))


def test_evaluate_gives_the_figures_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    rows = [
        {"text": "De ketel lekt", "lang": "nl", "rst": "T", "urgent": False},
        {"text": "Can you send me a copy of the invoice?", "lang": "en", "rst": "R", "topic": "billing"},
        {"text": "Je conteste cette facture, je saisis le tribunal", "lang": "fr", "rst": "S"},
        {"text": "Hulde voor de chauffeur, topper, bedankt!", "lang": "nl", "rst": None},
    ]
    file.write_text("\n".join(lines(*rows)), encoding="utf-8")

    figures = evaluate(file)

    assert figures.messages == 4
    assert figures.macro_f1 == 1
    assert figures.nothing_recall == 1
    assert figures.language_accuracy == 1
    assert figures.confusion == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert json.loads(json.dumps(figures.as_dict()))["technical_recall"] == 1
    assert "macro-F1" in figures_text(figures)


def test_a_wrong_label_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps({"text": "x", "lang": "nl", "rst": "Q"}), encoding="utf-8")

    with pytest.raises(UnusableLine, match="rst"):
        evaluate(file)
