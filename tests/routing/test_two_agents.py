"""Two agents, a customer who writes and time that passes: in whatever order, a ticket has one holder and one story."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from bureau import Bureau, Colleague, Json, submitted
from common.clock import now
from common.vocabulary import TicketState as State
from routing.acting import LEASE
from routing.finishing import CLOSES_AFTER
from routing.transitions import IN_HAND, TABLE, WAITING_IN_QUEUE, Act, move

T = TypeVar("T")
MOMENT = timedelta(seconds=1)
BODIES: dict[Act, Json] = {
    Act.TAKE: {},
    Act.REPLY: {"body": "We kijken ernaar."},
    Act.NOTE: {"body": "Bel eerst."},
    Act.WAIT: {"for": "customer"},
    Act.RESUME: {},
    Act.RELEASE: {},
    Act.RESOLVE: {"outcome": "solved"},
    Act.REOPEN: {"reason": "Toch niet."},
    Act.VOID: {"reason": "spam"},
}
LETS_GO = {Act.RELEASE, Act.RESOLVE, Act.VOID}
AS_IT_STANDS = text("""
SELECT state, version, lease_until, (SELECT username FROM agent WHERE agent_id = holder_id) AS holder,
    (SELECT count(*) FROM assignment a WHERE a.ticket_id = t.ticket_id AND ended_at IS NULL) AS open,
    ARRAY(SELECT version FROM audit a WHERE a.ticket_id = t.ticket_id ORDER BY version) AS told,
    ARRAY(SELECT version FROM outbox o WHERE o.key = t.ticket_id ORDER BY seq) AS emitted
FROM ticket t WHERE ticket_id = :ticket_id
""")


@pytest.fixture(scope="session")
async def loop() -> asyncio.AbstractEventLoop:
    """The loop in which the bureau lives; it stands still while a test that is no coroutine runs."""
    return asyncio.get_running_loop()


class TwoAgents(RuleBasedStateMachine):
    """What the desk should make of it, beside the desk."""

    def __init__(self, bureau: Bureau, colleagues: dict[str, Colleague], loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self.bureau, self.colleagues, self.loop = bureau, colleagues, loop
        self.ticket_id = UUID(int=0)
        self.state, self.holder, self.version = State.QUEUED, "", 1

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    @initialize()
    def a_ticket_comes_in(self) -> None:
        [self.ticket_id] = self.run(self.bureau.accept(submitted()))

    @rule(
        who=st.sampled_from(["frontoffice", "frontoffice2"]),
        act=st.sampled_from(list(BODIES)),
        is_stale=st.sampled_from([False, False, False, True]),
    )
    def somebody_acts(self, who: str, act: Act, *, is_stale: bool) -> None:
        expected = self.expected(who, act, is_stale=is_stale)
        seen = self.version - is_stale
        answer = self.run(
            self.colleagues[who].post(f"/api/work/{self.ticket_id}/{act}", version=max(seen, 1), **BODIES[act])
        )
        assert answer.status_code == expected, answer.text
        if expected == 200:
            self.state = move(act, self.state)
            self.holder = who if act is Act.TAKE else "" if act in LETS_GO else self.holder
            self.version += 1
            assert (answer.json()["state"], answer.json()["version"]) == (self.state, self.version)
        else:
            assert answer.headers["content-type"] == "application/problem+json"

    def expected(self, who: str, act: Act, *, is_stale: bool) -> int:
        if self.holder not in {"", who}:
            return 423
        needs_holder = act not in {Act.TAKE, Act.REOPEN}
        is_nobodys = not self.holder and needs_holder and self.state in WAITING_IN_QUEUE
        if is_nobodys or (is_stale and self.version > 1) or self.state not in TABLE[act]:
            return 409
        return 200

    @rule()
    def the_customer_writes(self) -> None:
        self.run(self.bureau.customer_writes(self.ticket_id))
        self.state = move(Act.RECEIVE, self.state)
        self.version += 1

    @rule()
    def nobody_moves_for_as_long_as_a_lease(self) -> None:
        self.run(self.bureau.time_passes_until(now() + LEASE + MOMENT))
        if self.state in IN_HAND:
            self.state, self.holder, self.version = State.QUEUED, "", self.version + 1

    @rule()
    def a_fortnight_passes(self) -> None:
        self.nobody_moves_for_as_long_as_a_lease()
        self.run(self.bureau.time_passes_until(now() + CLOSES_AFTER + MOMENT))
        if self.state is State.RESOLVED:
            self.state, self.version = State.CLOSED, self.version + 1

    @invariant()
    def the_database_says_the_same(self) -> None:
        if not self.ticket_id.int:
            return
        row = self.run(self.looked_up())
        assert (row.state, row.version, row.holder or "") == (self.state, self.version, self.holder)
        assert (row.lease_until is not None) == (self.state in IN_HAND)
        assert row.open == bool(self.holder)
        assert row.told == list(range(1, self.version + 1))
        assert row.emitted == list(range(1, len(row.emitted) + 1))

    async def looked_up(self) -> Any:  # noqa: ANN401 - a row
        async with self.bureau.database.reading() as session:
            return (await session.execute(AS_IT_STANDS, {"ticket_id": self.ticket_id})).one()


def test_whatever_two_agents_a_customer_and_the_clock_do_a_ticket_has_one_story(
    bureau: Bureau, colleagues: dict[str, Colleague], loop: asyncio.AbstractEventLoop
) -> None:
    run_state_machine_as_test(
        lambda: TwoAgents(bureau, colleagues, loop),  # type: ignore[arg-type] # any maker of machines will do
        settings=hypothesis.settings(
            max_examples=12,
            stateful_step_count=18,
            deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )
