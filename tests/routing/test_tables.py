"""What the database refuses by itself, whatever the code does."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from bureau import Bureau, submitted
from common.clock import now

BROKEN = {
    "held_while_worked_on": "UPDATE ticket SET state = 'in_progress', lease_until = now()",
    "nobody_holds_what_waits": "UPDATE ticket SET holder_id = (SELECT agent_id FROM agent LIMIT 1)",
    "leased_while_worked_on": "UPDATE ticket SET lease_until = now()",
    "resolved_says_when": "UPDATE ticket SET state = 'resolved'",
    "closed_says_when": "UPDATE ticket SET state = 'void'",
    "promise_in_order": "UPDATE ticket SET solve_by = answer_by - interval '1 minute'",
    "ticket_version_positive": "UPDATE ticket SET version = 0",
    "ticket_state_known": "UPDATE ticket SET state = 'lost'",
    "ticket_priority_range": "UPDATE ticket SET priority = 0",
    "clock_going_once": "INSERT INTO clock (clock_id, ticket_id, kind, queue_id, calendar, state, started_at, "
    "promised_at, allowed, counted_at, due_at) SELECT gen_random_uuid(), ticket_id, kind, queue_id, calendar, state, "
    "started_at, promised_at, allowed, counted_at, due_at FROM clock",
    "clock_of_question": "UPDATE clock SET kind = 'internal'",
    "clock_stage_has_moment": "UPDATE clock SET next_stage = NULL",
    "clock_passed_range": "UPDATE clock SET passed = 101",
    "partner_has_no_clearance": "UPDATE agent SET has_clearance = true WHERE role = 'partner'",
}


@pytest.mark.parametrize("name", BROKEN)
async def test_the_database_keeps_its_invariants(bureau: Bureau, name: str) -> None:
    await bureau.accept(submitted())
    with pytest.raises(IntegrityError, match=name):
        async with bureau.database.engine.begin() as connection:
            await connection.execute(text(BROKEN[name]))


async def test_a_ticket_is_in_one_pair_of_hands_at_most(bureau: Bureau) -> None:
    [ticket_id] = await bureau.accept(submitted())
    agent_id = await bureau.scalar("SELECT agent_id FROM agent WHERE username = 'frontoffice'")
    taking = text(
        "INSERT INTO assignment VALUES (gen_random_uuid(), :ticket_id, :agent_id, 'field', now(), NULL, NULL)"
    )
    both = [{"ticket_id": ticket_id, "agent_id": agent_id}] * 2
    async with bureau.database.engine.connect() as connection:
        with pytest.raises(IntegrityError, match="assignment_open_once"):
            await connection.execute(taking, both)


async def test_what_was_written_down_is_never_changed(bureau: Bureau) -> None:
    await bureau.accept(submitted())
    with pytest.raises(DBAPIError, match="never changed"):
        async with bureau.database.engine.begin() as connection:
            await connection.execute(text("UPDATE audit SET actor_name = 'Somebody else'"))


async def test_every_table_and_named_constraint_says_what_it_is_for(bureau: Bureau) -> None:
    silent = await bureau.scalar("""
        SELECT array_agg(name) FROM (
            SELECT c.conname AS name FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
            JOIN pg_namespace n ON n.oid = t.relnamespace
            WHERE n.nspname = 'public' AND c.contype = 'c' AND obj_description(c.oid, 'pg_constraint') IS NULL
              AND t.relname NOT IN ('parked_event')
            UNION ALL
            SELECT t.relname FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
            WHERE n.nspname = 'public' AND t.relkind = 'r' AND obj_description(t.oid, 'pg_class') IS NULL
              AND t.relname NOT LIKE 'alembic%'
        ) AS found
    """)
    assert silent is None


async def test_a_delivery_copy_keeps_the_newest_state(bureau: Bureau) -> None:
    [ticket_id] = await bureau.accept(submitted())
    delivery_id = uuid4()
    await bureau.delivery_recorded(ticket_id, delivery_id, "sent", now())
    await bureau.delivery_recorded(ticket_id, delivery_id, "retrying", now() - timedelta(minutes=1))
    assert await bureau.scalar("SELECT state FROM delivery") == "sent"
