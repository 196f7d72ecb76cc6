"""Time: calendars that people edit, clocks with an account, who held a ticket when, what happened on the way."""

from alembic import op

revision = "0004"
down_revision = "0003"

UP = """
CREATE TABLE calendar (
    calendar_id text NOT NULL CONSTRAINT calendar_id_is_slug CHECK (calendar_id ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    version int NOT NULL CONSTRAINT calendar_version_positive CHECK (version > 0),
    document jsonb NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by text NOT NULL,
    PRIMARY KEY (calendar_id, version)
);
COMMENT ON TABLE calendar IS 'Every version of every calendar; the highest of each is in force.';
COMMENT ON CONSTRAINT calendar_id_is_slug ON calendar IS 'Ids stand in addresses.';
COMMENT ON CONSTRAINT calendar_version_positive ON calendar IS 'Versions count from one.';

CREATE TABLE queue_time (
    queue_id text PRIMARY KEY REFERENCES queue ON DELETE CASCADE,
    calendar_id text NOT NULL,
    warn_percent smallint NOT NULL CONSTRAINT warn_before_breach CHECK (warn_percent BETWEEN 1 AND 99),
    warn_raises boolean NOT NULL,
    warn_tells boolean NOT NULL,
    breach_raises boolean NOT NULL,
    breach_tells boolean NOT NULL,
    breach_moves_to text REFERENCES queue ON DELETE SET NULL,
    CONSTRAINT breach_moves_on CHECK (breach_moves_to <> queue_id)
);
COMMENT ON TABLE queue_time IS 'Which calendar a queue works by, and what happens there when a promise is in danger or broken.';
COMMENT ON CONSTRAINT warn_before_breach ON queue_time IS 'A warning comes after the start and before the end.';
COMMENT ON CONSTRAINT breach_moves_on ON queue_time IS 'Moving to where it is already would go round in circles.';

ALTER TABLE ticket
    ADD COLUMN held_since timestamptz,
    ADD COLUMN asked_queue_id text REFERENCES queue;
COMMENT ON COLUMN ticket.held_since IS 'Since when the ticket is in the hands it is in now; empty: since it was submitted.';
COMMENT ON COLUMN ticket.asked_queue_id IS 'Whose answer it waits for, while it waits for a colleague.';

CREATE TABLE stretch (
    stretch_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES ticket DEFERRABLE INITIALLY DEFERRED,
    began_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL,
    holder_kind text NOT NULL CONSTRAINT stretch_holder_known CHECK (
        holder_kind IN ('queue', 'agent', 'customer', 'department', 'field', 'nobody')),
    queue_id text NOT NULL REFERENCES queue,
    own_queue_id text NOT NULL REFERENCES queue,
    agent_id uuid REFERENCES agent,
    CONSTRAINT stretch_runs_forward CHECK (ended_at > began_at)
);
CREATE INDEX stretch_of ON stretch (ticket_id, began_at);
COMMENT ON TABLE stretch IS 'A ticket was in these hands from then to then; the present hands are the ticket''s own.';
COMMENT ON COLUMN stretch.queue_id IS 'Who answers for the time: the ticket''s queue, or the department that was asked.';
COMMENT ON COLUMN stretch.own_queue_id IS 'Where the ticket stood: its calendar counts.';
COMMENT ON CONSTRAINT stretch_holder_known ON stretch IS 'Whose time it can be.';
COMMENT ON CONSTRAINT stretch_runs_forward ON stretch IS 'Shares add up to the whole: nothing ends before it began.';

ALTER TABLE internal_task ADD COLUMN from_queue_id text REFERENCES queue;
COMMENT ON COLUMN internal_task.from_queue_id IS 'The department that asked.';

ALTER TABLE clock
    ADD COLUMN queue_id text REFERENCES queue,
    ADD COLUMN allowed interval,
    ADD COLUMN spent interval NOT NULL DEFAULT '0',
    ADD COLUMN counted_at timestamptz,
    ADD COLUMN promised_at timestamptz,
    ADD COLUMN share real CONSTRAINT clock_share_range CHECK (share > 0 AND share <= 1),
    ADD COLUMN passed smallint NOT NULL DEFAULT 0 CONSTRAINT clock_passed_range CHECK (passed BETWEEN 0 AND 100),
    ADD COLUMN epoch int NOT NULL DEFAULT 1 CONSTRAINT clock_epoch_positive CHECK (epoch > 0),
    ADD COLUMN next_stage text CONSTRAINT clock_stage_known CHECK (
        next_stage IN ('look', 'warn', 'last_look', 'breach', 'recount')),
    ADD COLUMN next_at timestamptz,
    ADD COLUMN task_id uuid REFERENCES internal_task DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT clock_stage_has_moment CHECK ((next_stage IS NULL) = (next_at IS NULL)),
    ADD CONSTRAINT clock_of_question CHECK ((task_id IS NOT NULL) = (kind = 'internal'));
UPDATE clock SET queue_id = ticket.queue_id, allowed = clock.due_at - clock.started_at, counted_at = clock.started_at,
    promised_at = clock.started_at, next_stage = CASE clock.state WHEN 'running' THEN 'breach' END,
    next_at = CASE clock.state WHEN 'running' THEN clock.due_at END
FROM ticket WHERE ticket.ticket_id = clock.ticket_id;
ALTER TABLE clock
    ALTER COLUMN queue_id SET NOT NULL, ALTER COLUMN allowed SET NOT NULL,
    ALTER COLUMN counted_at SET NOT NULL, ALTER COLUMN promised_at SET NOT NULL;
CREATE INDEX clock_next ON clock (next_at) WHERE next_at IS NOT NULL AND next_stage <> 'recount';
CREATE INDEX clock_recount ON clock (next_at) WHERE next_stage = 'recount';
CREATE INDEX assignment_began ON assignment (began_at);
CREATE INDEX assignment_resolved ON assignment (ended_at) WHERE ended_by = 'resolve';
CREATE INDEX clock_stopped ON clock (stopped_at) WHERE stopped_at IS NOT NULL;
COMMENT ON COLUMN clock.allowed IS 'How much open time was promised.';
COMMENT ON COLUMN clock.spent IS 'How much of it was used up by `counted_at`.';
COMMENT ON COLUMN clock.passed IS 'The percentage of the last stage that fired.';
COMMENT ON COLUMN clock.epoch IS 'How often the account was made up anew: stages may fire again in each.';
COMMENT ON CONSTRAINT clock_share_range ON clock IS 'A promise is for some of the tickets or for all.';
COMMENT ON CONSTRAINT clock_passed_range ON clock IS 'Stages stand between the start and the deadline.';
COMMENT ON CONSTRAINT clock_epoch_positive ON clock IS 'Epochs count from one.';
COMMENT ON CONSTRAINT clock_stage_known ON clock IS 'What can come to pass on the way to a deadline.';
COMMENT ON CONSTRAINT clock_stage_has_moment ON clock IS 'What comes to pass does so at a moment.';
COMMENT ON CONSTRAINT clock_of_question ON clock IS 'Only the clock of a question to a department belongs to one.';
COMMENT ON INDEX clock_next IS 'The timer loop reads what is due from here alone.';
COMMENT ON INDEX clock_recount IS 'A changed calendar marks thousands at once; what is due goes before them.';
COMMENT ON INDEX assignment_began IS 'Forecasts count what each queue took lately.';
COMMENT ON INDEX assignment_resolved IS 'Forecasts measure how long work took lately.';

CREATE TABLE fired (
    clock_id uuid NOT NULL REFERENCES clock ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    stage text NOT NULL,
    epoch int NOT NULL,
    due_at timestamptz NOT NULL,
    fired_at timestamptz NOT NULL,
    chance real CONSTRAINT fired_chance_range CHECK (chance BETWEEN 0 AND 1),
    expected_at timestamptz,
    PRIMARY KEY (clock_id, stage, epoch),
    CONSTRAINT fired_never_early CHECK (fired_at >= due_at)
);
CREATE INDEX fired_lately ON fired (fired_at);
COMMENT ON TABLE fired IS 'What came to pass on the way to a deadline, once each, with the forecast made then.';
COMMENT ON CONSTRAINT fired_chance_range ON fired IS 'The chance that the promise breaks.';
COMMENT ON CONSTRAINT fired_never_early ON fired IS 'Nothing happens before its moment.';

CREATE TABLE delay (
    ticket_id uuid NOT NULL REFERENCES ticket DEFERRABLE INITIALLY DEFERRED,
    promised_at timestamptz NOT NULL,
    clock_id uuid NOT NULL REFERENCES clock DEFERRABLE INITIALLY DEFERRED,
    promised_by timestamptz NOT NULL,
    expected_by timestamptz NOT NULL,
    told_at timestamptz NOT NULL,
    PRIMARY KEY (ticket_id, promised_at),
    CONSTRAINT delay_told_before_breach CHECK (told_at < promised_by),
    CONSTRAINT delay_is_later CHECK (expected_by > promised_by)
);
CREATE INDEX delay_lately ON delay (told_at);
COMMENT ON TABLE delay IS 'A customer was told honestly that it takes longer: once a promise, with a new date.';
COMMENT ON CONSTRAINT delay_told_before_breach ON delay IS 'Afterwards it is no news.';
COMMENT ON CONSTRAINT delay_is_later ON delay IS 'A new date that is not later is no delay.';

CREATE TABLE lead_alert (
    alert_id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES ticket DEFERRABLE INITIALLY DEFERRED,
    clock_id uuid NOT NULL REFERENCES clock DEFERRABLE INITIALLY DEFERRED,
    queue_id text NOT NULL REFERENCES queue,
    stage text NOT NULL,
    raised_at timestamptz NOT NULL,
    seen_by text,
    seen_at timestamptz,
    CONSTRAINT alert_seen_by_somebody CHECK ((seen_by IS NULL) = (seen_at IS NULL))
);
CREATE INDEX lead_alert_unseen ON lead_alert (queue_id, raised_at) WHERE seen_at IS NULL;
CREATE INDEX lead_alert_of ON lead_alert (ticket_id);
COMMENT ON TABLE lead_alert IS 'What a team lead must hear: a promise in danger or broken in one of their queues.';
COMMENT ON CONSTRAINT alert_seen_by_somebody ON lead_alert IS 'Seen has a name and a moment.';
"""


def upgrade() -> None:
    """Create them."""
    for statement in UP.split(";\n"):
        if statement.strip():
            op.execute(statement)
