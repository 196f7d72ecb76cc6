"""Refusals: every way a use case says no, each with a status and a sentence the reader can act on."""

from typing import ClassVar


class Refusal(Exception):
    """Something the caller may not or cannot have. The sentence is an English message id with named values.

    `Refusal("This ticket belongs to %(name)s.", name="Anna")`: pages translate the id, then fill in the values.
    """

    status: ClassVar[int] = 400
    retry_after_seconds: int | None = None  # when to come again, where that is known

    def __init__(self, sentence: str, **values: str | float) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.values = values

    def __str__(self) -> str:
        """The sentence in English."""
        return self.sentence % self.values if self.values else self.sentence


class BadInput(Refusal):
    """What was sent does not fit."""

    status = 422


class Unauthorised(Refusal):
    """Nobody is logged in."""

    status = 401


class Forbidden(Refusal):
    """Who is logged in may not do this."""

    status = 403


class NotFound(Refusal):
    """There is no such thing, or not for this reader."""

    status = 404


class Conflict(Refusal):
    """Somebody was quicker, or the state does not allow it."""

    status = 409


class TooLarge(Refusal):
    """More bytes than are taken."""

    status = 413


class Locked(Refusal):
    """Somebody else holds it."""

    status = 423


class TooMany(Refusal):
    """Too often; come back later."""

    status = 429


class Unavailable(Refusal):
    """Not now; nothing was done."""

    status = 503
