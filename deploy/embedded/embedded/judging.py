"""`loket classify`, `train` and `evaluate`: the classifier from the command line."""

import json
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from common.settings import BadSetting
from embedded import models
from intake.classify import commands

Quality = Annotated[Literal["full", "fast"], typer.Option(help="The whole judgement, or what a burst gets.")]


def classify(stage: Quality = "full") -> None:
    """Judge JSON lines from standard input, each {"id", "text"} with an optional "subject"; answers in order."""
    try:
        for line in commands.classify(sys.stdin, stage=stage):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
    except commands.UnusableLine as error:
        raise BadSetting(str(error)) from error


def evaluate(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON lines: text, lang, rst.")],
    stage: Quality = "full",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Measure the classifier on labelled messages."""
    try:
        figures = commands.evaluate(file, stage=stage)
    except commands.UnusableLine as error:
        raise BadSetting(str(error)) from error
    sys.stdout.write((json.dumps(figures.as_dict(), indent=2) if as_json else commands.figures_text(figures)) + "\n")


def train(
    output: Annotated[Path | None, typer.Option(help="Where to; the shipped model when left out.")] = None,
    *,
    corrections: Annotated[bool, typer.Option("--corrections", help="Only refit with what people corrected.")] = False,
) -> None:
    """Train the classifier from the messages in the repository; the same data gives the same file.

    With --corrections the shipped model stays: what people corrected becomes a candidate that looks on.
    """
    if corrections:
        raise typer.Exit(_learn())
    raise typer.Exit(commands.train(output) if output else commands.train())


def _learn() -> int:
    """Make a candidate now; 1 when it falls short or nobody corrected enough."""
    made = models.learn()
    if made is None:
        sys.stdout.write("There are too few corrections to learn from.\n")
        return 1
    state = f"falls short: {', '.join(made.shortfalls)}" if made.shortfalls else "holds and looks on"
    sys.stdout.write(f"{made.name}, from {made.corrections} corrections of {made.agents} agents: {state}.\n")
    return 1 if made.shortfalls else 0
