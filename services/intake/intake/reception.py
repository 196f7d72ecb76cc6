"""Where drafts from the form and the API come in: judged together, then stored together."""

from collections.abc import Sequence
from dataclasses import replace

from common.clock import now
from common.coalesce import Coalescer
from common.db import Database
from common.telemetry import current_traceparent
from intake import tickets
from intake.drafts import Draft, Receipt
from intake.judging import Judge


class Reception:
    """Takes drafts in; a receipt is given only after the commit."""

    def __init__(self, database: Database, judge: Judge) -> None:
        self._database = database
        self._judge = judge
        self._coalescer: Coalescer[Draft, Receipt] = Coalescer(self._take)

    async def take(self, draft: Draft) -> Receipt:
        """The receipt of the ticket this draft became, which is then safely stored.

        Raises the draft's refusal, Unavailable when too much waits, or what the database raised.
        """
        traceparent = current_traceparent()  # here, not in the batch, which belongs to many requests
        return await self._coalescer.do(replace(draft, traceparent=traceparent) if traceparent else draft)

    async def _take(self, drafts: Sequence[Draft]) -> list[tickets.Outcome]:
        judged = await self._judge.judge(drafts)
        async with self._database.transaction() as session:
            return await tickets.submit_many(session, judged, now())
