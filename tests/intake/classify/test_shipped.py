"""The model that ships is what the repository's messages give, and never learned what it is measured on."""

from intake.classify.comparing import held_out
from intake.classify.examples import fingerprint, learnable, public
from intake.classify.model import load, load_members
from intake.classify.questions import HEADS
from intake.classify.training import Recipe, selected


def test_the_shipped_model_was_made_of_the_messages_in_the_repository_without_the_frozen_ones() -> None:
    frozen = {example.text for example in held_out()}
    chosen = selected(learnable(), public(), Recipe())

    assert len(frozen) == 600
    assert not frozen & {example.text for example in chosen}
    assert load().facts["data"] == fingerprint(chosen)
    assert load().facts["meant"] == HEADS
    assert load_members()[0].outer.shape[1] == sum(len(labels) for labels in HEADS.values())
