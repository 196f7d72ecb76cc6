"""Whether whoever asks has a turn to bring something; when not, a sentence that says when."""

from math import ceil

from fastapi import Request, Response

from common.errors import Refusal, TooMany
from common.texts import mark
from intake.context import Parts

LATER = mark(
    "More messages come from your network than we can take at once. Nothing is lost: wait %(seconds)s seconds and send "
    "it once more."
)


class TooOften(TooMany):
    """More than one person brings comes from one address."""

    def __init__(self, wait_seconds: float) -> None:
        seconds = max(1, ceil(wait_seconds))
        super().__init__(LATER, seconds=seconds)
        self.retry_after_seconds = seconds


def take_turn(request: Request, parts: Parts) -> None:
    """Return when the visitor's address has a turn, which is then spent; raises TooOften."""
    client: tuple[str, int] | None = request.scope.get("client")
    if client and (wait := parts.allowance.take(client[0])):
        raise TooOften(wait)


def later(response: Response, refused: Refusal) -> Response:
    """The answer, saying also to a program when to come again, where that is known."""
    if refused.retry_after_seconds is not None:
        response.headers["Retry-After"] = str(refused.retry_after_seconds)
    return response
