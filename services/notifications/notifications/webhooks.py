"""Webhooks: facts for other programs, signed as Standard Webhooks says."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from common import clock
from common.signed_calls import signed
from notifications.answers import answer_of
from notifications.channels import Parcel
from notifications.outside import OffLimits, Outside, Unreachable
from notifications.retries import Answer, Verdict


class Webhooks:
    """Posts each call to the address of its subscriber; the id stays the same at every attempt, the time does not."""

    at_once = 32
    a_domain = 4

    def __init__(self, outside: Outside, now: Callable[[], datetime] = clock.now) -> None:
        self._outside = outside
        self._now = now

    async def send(self, parcel: Parcel) -> Answer:
        """Accepted after a 2xx; gone after 410, as the standard has it; a redirect is not followed."""
        proof = signed(parcel.keys["secret"], str(parcel.delivery_id), parcel.content, self._now())
        headers = {"content-type": "application/json", "user-agent": "Loket", **proof}
        try:
            reply = await self._outside.post(parcel.recipient, parcel.content, headers)
        except OffLimits as error:
            return Answer(Verdict.REFUSED, str(error))
        except Unreachable as error:
            return Answer(Verdict.TRY_LATER, str(error))
        return answer_of(reply, gone=(HTTPStatus.GONE,))

    async def close(self) -> None:
        """Nothing is kept here: the way out is shared."""
