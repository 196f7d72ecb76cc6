"""Whether work grows with its input as it should: a ratio within one run, so that a slow machine changes nothing."""

import time
from collections.abc import Callable

TRIES = 3
NOISE_SECONDS = 0.004  # below this the clock says more about the machine than about the work
ORDINARY = "De ketel lekt sinds gisteren en het water staat al in de gang. Kan er vandaag iemand komen? " * 4


def is_linear(act: Callable[[str], object], text: str) -> bool:
    """Whether four times the text costs about four times as much; quadratic work would cost sixteen times.

    What costs no more than an ordinary message is never too much.
    """
    floor = max(NOISE_SECONDS, best(act, ORDINARY), best(act, text[: len(text) // 4]))
    return best(act, text) <= 8 * floor


def best(act: Callable[[str], object], text: str) -> float:
    """The least processor time of a few tries, in seconds."""
    spent = []
    for _ in range(TRIES):
        began = time.process_time()
        act(text)
        spent.append(time.process_time() - began)
    return min(spent)
