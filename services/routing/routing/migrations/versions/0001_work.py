"""The work: tickets and what happens to them, queues, staff, clocks and timers."""

from alembic import op

revision = "0001"
down_revision = None

# References to a ticket are checked at commit: a batch of new tickets is written table by table, in any order.
UP = """
CREATE TABLE team (
    team_id text PRIMARY KEY CONSTRAINT team_id_is_slug CHECK (team_id ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    name text NOT NULL,
    tier text NOT NULL CONSTRAINT team_tier_known CHECK (tier IN ('front_office', 'back_office', 'field')),
    partner text
);
COMMENT ON TABLE team IS 'People who work together; `partner` names the outside company they work for.';
COMMENT ON CONSTRAINT team_id_is_slug ON team IS 'Ids stand in addresses and policies.';
COMMENT ON CONSTRAINT team_tier_known ON team IS 'The three tiers of the domain.';

CREATE TABLE queue (
    queue_id text PRIMARY KEY CONSTRAINT queue_id_is_slug CHECK (queue_id ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    name text NOT NULL,
    tier text NOT NULL CONSTRAINT queue_tier_known CHECK (tier IN ('front_office', 'back_office', 'field')),
    team_id text NOT NULL REFERENCES team,
    partner text,
    position int NOT NULL,
    CONSTRAINT queue_place UNIQUE (position)
);
COMMENT ON TABLE queue IS 'Where tickets of one kind wait; with `partner` an outside company works it.';
COMMENT ON CONSTRAINT queue_id_is_slug ON queue IS 'Ids stand in addresses and policies.';
COMMENT ON CONSTRAINT queue_tier_known ON queue IS 'The three tiers of the domain.';
COMMENT ON CONSTRAINT queue_place ON queue IS 'Lists have one order; the first queue of a tier is where escalations go.';

CREATE TABLE agent (
    agent_id uuid PRIMARY KEY,
    username text NOT NULL CONSTRAINT agent_username_folded CHECK (username = lower(username) AND username <> ''),
    name text NOT NULL,
    role text NOT NULL CONSTRAINT agent_role_known CHECK (role IN ('agent', 'technician', 'partner', 'lead', 'admin')),
    team_id text REFERENCES team,
    language text NOT NULL CONSTRAINT agent_language_known CHECK (language IN ('nl', 'en', 'fr', 'de')),
    password_hash text NOT NULL,
    has_clearance boolean NOT NULL,
    is_active boolean NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT agent_username_once UNIQUE (username),
    CONSTRAINT partner_has_no_clearance CHECK (NOT (role = 'partner' AND has_clearance))
);
COMMENT ON TABLE agent IS 'Members of staff and of partners, with what they may do.';
COMMENT ON CONSTRAINT agent_username_folded ON agent IS 'Names are compared without regard to case.';
COMMENT ON CONSTRAINT agent_role_known ON agent IS 'The roles of the domain.';
COMMENT ON CONSTRAINT agent_language_known ON agent IS 'The languages pages exist in.';
COMMENT ON CONSTRAINT agent_username_once ON agent IS 'A name logs in as one person.';
COMMENT ON CONSTRAINT partner_has_no_clearance ON agent IS 'Confidential words never go to an outside company.';

CREATE TABLE agent_queue (
    agent_id uuid REFERENCES agent ON DELETE CASCADE,
    queue_id text REFERENCES queue ON DELETE CASCADE,
    PRIMARY KEY (agent_id, queue_id)
);
CREATE INDEX agent_queue_members ON agent_queue (queue_id);
COMMENT ON TABLE agent_queue IS 'Which queues somebody works.';

CREATE TABLE staff_session (
    session_id uuid PRIMARY KEY,
    agent_id uuid NOT NULL REFERENCES agent ON DELETE CASCADE,
    started_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT session_runs_forward CHECK (expires_at > started_at)
);
CREATE INDEX staff_session_of ON staff_session (agent_id) WHERE ended_at IS NULL;
COMMENT ON TABLE staff_session IS 'Who is logged in; a request counts only while its row lives.';
COMMENT ON CONSTRAINT session_runs_forward ON staff_session IS 'A session that ended before it began would be honoured never.';

CREATE TABLE policy (
    version int PRIMARY KEY CONSTRAINT policy_version_positive CHECK (version > 0),
    document jsonb NOT NULL,
    published_at timestamptz NOT NULL,
    published_by text NOT NULL
);
COMMENT ON TABLE policy IS 'Every published policy; the highest version is in force.';
COMMENT ON CONSTRAINT policy_version_positive ON policy IS 'Versions count from one.';

CREATE TABLE ticket (
    ticket_id uuid PRIMARY KEY,
    reference text NOT NULL CONSTRAINT ticket_reference_once UNIQUE,
    person_id uuid NOT NULL,
    customer_name text NOT NULL,
    customer_email text,
    customer_phone text,
    customer_language text NOT NULL,
    customer_number text,
    postcode text,
    house_number text,
    street text,
    city text,
    channel text NOT NULL,
    subject text NOT NULL,
    submitted_at timestamptz NOT NULL,
    judgement jsonb NOT NULL,
    handling_class text CONSTRAINT ticket_class_known CHECK (handling_class IN ('routine', 'specialist', 'technical')),
    topic text,
    task_type text,
    is_urgent boolean NOT NULL,
    sensitivity text NOT NULL CONSTRAINT ticket_sensitivity_known CHECK (sensitivity IN ('normal', 'confidential')),
    language text NOT NULL,
    state text NOT NULL CONSTRAINT ticket_state_known CHECK (state IN (
        'needs_triage', 'queued', 'assigned', 'in_progress', 'waiting_customer', 'waiting_internal', 'waiting_field',
        'resolved', 'reopened', 'closed', 'void')),
    version int NOT NULL CONSTRAINT ticket_version_positive CHECK (version > 0),
    queue_id text NOT NULL REFERENCES queue,
    came_from text REFERENCES queue,
    priority smallint NOT NULL CONSTRAINT ticket_priority_range CHECK (priority BETWEEN 1 AND 5),
    answer_by timestamptz NOT NULL,
    solve_by timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    routed_at timestamptz NOT NULL,
    holder_id uuid REFERENCES agent,
    lease_until timestamptz,
    waiting_until timestamptz,
    is_unread boolean NOT NULL,
    last_holder_id uuid REFERENCES agent,
    answered_at timestamptz,
    resolved_at timestamptz,
    outcome text,
    closed_at timestamptz,
    searched tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('simple', words_of(
        subject, customer_name, customer_email, customer_number, reference, postcode, city))) STORED,
    CONSTRAINT promise_in_order CHECK (answer_by <= solve_by),
    CONSTRAINT held_while_worked_on CHECK (holder_id IS NOT NULL OR state NOT IN ('assigned', 'in_progress')),
    CONSTRAINT nobody_holds_what_waits CHECK (holder_id IS NULL OR state IN (
        'assigned', 'in_progress', 'waiting_customer', 'waiting_internal', 'waiting_field')),
    CONSTRAINT leased_while_worked_on CHECK ((lease_until IS NOT NULL) = (state IN ('assigned', 'in_progress'))),
    CONSTRAINT resolved_says_when CHECK (state NOT IN ('resolved', 'closed') OR resolved_at IS NOT NULL),
    CONSTRAINT closed_says_when CHECK ((closed_at IS NOT NULL) = (state IN ('closed', 'void')))
);
CREATE INDEX ticket_open ON ticket (queue_id, priority, due_at, submitted_at, ticket_id) INCLUDE (sensitivity)
    WHERE state IN ('needs_triage', 'queued', 'reopened');
CREATE INDEX ticket_held ON ticket (holder_id) WHERE holder_id IS NOT NULL;
CREATE INDEX ticket_person ON ticket (person_id, submitted_at);
CREATE INDEX ticket_email ON ticket (lower(customer_email), submitted_at);
CREATE INDEX ticket_searched ON ticket USING gin (searched);
COMMENT ON TABLE ticket IS 'One customer need as work: a copy of what intake knows, and where it stands.';
COMMENT ON CONSTRAINT ticket_reference_once ON ticket IS 'A reference names one ticket.';
COMMENT ON CONSTRAINT ticket_class_known ON ticket IS 'The RST split; empty while the classifier abstains.';
COMMENT ON CONSTRAINT ticket_sensitivity_known ON ticket IS 'Permission depends on it.';
COMMENT ON CONSTRAINT ticket_state_known ON ticket IS 'The states of the transition table in which a ticket can rest here.';
COMMENT ON CONSTRAINT ticket_version_positive ON ticket IS 'Versions count from one, one an act.';
COMMENT ON CONSTRAINT ticket_priority_range ON ticket IS '1 goes first.';
COMMENT ON CONSTRAINT promise_in_order ON ticket IS 'Nothing is solved before it is answered.';
COMMENT ON CONSTRAINT held_while_worked_on ON ticket IS 'Work in hand is in somebody''s hands.';
COMMENT ON CONSTRAINT nobody_holds_what_waits ON ticket IS 'What waits in a queue or is done belongs to nobody.';
COMMENT ON CONSTRAINT leased_while_worked_on ON ticket IS 'Whoever works on a ticket has a lease that ends, so that nothing stays with somebody silent.';
COMMENT ON CONSTRAINT resolved_says_when ON ticket IS 'Reopening and closing count from then.';
COMMENT ON CONSTRAINT closed_says_when ON ticket IS 'Retention counts from then.';
COMMENT ON INDEX ticket_open IS 'Taking the next ticket, showing a queue and counting it read this index alone.';

CREATE TABLE message (
    message_id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES ticket DEFERRABLE INITIALLY DEFERRED,
    kind text NOT NULL CONSTRAINT message_kind_known CHECK (kind IN ('customer', 'agent', 'note')),
    author_name text NOT NULL,
    agent_id uuid REFERENCES agent,
    body text NOT NULL,
    channel text,
    attachments jsonb NOT NULL,
    said_at timestamptz NOT NULL,
    CONSTRAINT message_has_author CHECK ((agent_id IS NULL) = (kind = 'customer'))
);
CREATE INDEX message_of ON message (ticket_id, said_at, message_id);
COMMENT ON TABLE message IS 'What a customer or an agent said on a ticket; a note stays inside.';
COMMENT ON CONSTRAINT message_kind_known ON message IS 'Who may read it depends on it.';
COMMENT ON CONSTRAINT message_has_author ON message IS 'Customers are not staff, and staff say who they are.';

CREATE TABLE assignment (
    assignment_id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES ticket DEFERRABLE INITIALLY DEFERRED,
    agent_id uuid NOT NULL REFERENCES agent,
    queue_id text NOT NULL REFERENCES queue,
    began_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_by text,
    CONSTRAINT assignment_runs_forward CHECK (ended_at >= began_at),
    CONSTRAINT assignment_end_explained CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE UNIQUE INDEX assignment_open_once ON assignment (ticket_id) WHERE ended_at IS NULL;
CREATE INDEX assignment_of ON assignment (ticket_id, began_at);
COMMENT ON TABLE assignment IS 'An agent held a ticket from then to then.';
COMMENT ON INDEX assignment_open_once IS 'A ticket is held by at most one agent.';
COMMENT ON CONSTRAINT assignment_runs_forward ON assignment IS 'It cannot end before it began.';
COMMENT ON CONSTRAINT assignment_end_explained ON assignment IS 'What ended names the act that ended it.';

CREATE TABLE decision (
    decision_id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES ticket DEFERRABLE INITIALLY DEFERRED,
    cause text NOT NULL,
    inputs jsonb NOT NULL,
    policy_version int NOT NULL,
    model_version text NOT NULL,
    rule text NOT NULL,
    queue_id text NOT NULL REFERENCES queue,
    priority smallint NOT NULL,
    candidates jsonb NOT NULL,
    why jsonb NOT NULL,
    decided_at timestamptz NOT NULL
);
CREATE INDEX decision_of ON decision (ticket_id, decided_at);
COMMENT ON TABLE decision IS 'Why a ticket went where it went: enough to decide it again and get the same.';

CREATE TABLE clock (
    clock_id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES ticket DEFERRABLE INITIALLY DEFERRED,
    kind text NOT NULL CONSTRAINT clock_kind_known CHECK (kind IN ('first_response', 'next_response', 'resolution', 'internal')),
    calendar text NOT NULL,
    state text NOT NULL CONSTRAINT clock_state_known CHECK (state IN ('running', 'paused', 'met', 'missed', 'dropped')),
    started_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    left_minutes int,
    stopped_at timestamptz,
    CONSTRAINT clock_pause_keeps_rest CHECK ((left_minutes IS NOT NULL) = (state = 'paused')),
    CONSTRAINT clock_stop_says_when CHECK ((stopped_at IS NOT NULL) = (state IN ('met', 'missed', 'dropped')))
);
CREATE UNIQUE INDEX clock_going_once ON clock (ticket_id, kind) WHERE stopped_at IS NULL AND kind <> 'internal';
CREATE INDEX clock_of ON clock (ticket_id, started_at);
COMMENT ON TABLE clock IS 'One deadline of one ticket.';
COMMENT ON INDEX clock_going_once IS 'A ticket has one deadline of a kind at a time; questions to departments may be several.';
COMMENT ON CONSTRAINT clock_kind_known ON clock IS 'The clock kinds of the domain.';
COMMENT ON CONSTRAINT clock_state_known ON clock IS 'What a clock can be doing.';
COMMENT ON CONSTRAINT clock_pause_keeps_rest ON clock IS 'A paused clock resumes from what was left.';
COMMENT ON CONSTRAINT clock_stop_says_when ON clock IS 'Attainment is counted from it.';

CREATE TABLE timer (
    timer_id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES ticket ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    kind text NOT NULL,
    epoch int NOT NULL,
    due_at timestamptz NOT NULL,
    attempts int NOT NULL CONSTRAINT timer_attempts_counted CHECK (attempts >= 0),
    CONSTRAINT timer_once UNIQUE (ticket_id, kind)
);
CREATE INDEX timer_due ON timer (due_at);
COMMENT ON TABLE timer IS 'What happens by itself at a moment; the row goes in the transaction in which it happens.';
COMMENT ON CONSTRAINT timer_once ON timer IS 'Arming again replaces: a ticket waits for one moment of a kind, told apart by its epoch.';
COMMENT ON CONSTRAINT timer_attempts_counted ON timer IS 'A timer that fails backs off by how often it did.';

CREATE TABLE internal_task (
    task_id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES ticket DEFERRABLE INITIALLY DEFERRED,
    queue_id text NOT NULL REFERENCES queue,
    question text NOT NULL,
    asked_by uuid NOT NULL REFERENCES agent,
    asked_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    answer text,
    answered_by uuid REFERENCES agent,
    answered_at timestamptz,
    CONSTRAINT task_answer_whole CHECK (
        (answer IS NULL) = (answered_by IS NULL) AND (answer IS NULL) = (answered_at IS NULL))
);
CREATE INDEX internal_task_open ON internal_task (queue_id, due_at) WHERE answered_at IS NULL;
CREATE INDEX internal_task_of ON internal_task (ticket_id, asked_at);
COMMENT ON TABLE internal_task IS 'A question from one department to another about a ticket.';
COMMENT ON CONSTRAINT task_answer_whole ON internal_task IS 'An answer has words, an author and a moment.';

CREATE TABLE audit (
    audit_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id uuid,
    version int,
    actor_id uuid,
    actor_name text NOT NULL,
    act text NOT NULL,
    cause text NOT NULL,
    before jsonb NOT NULL,
    after jsonb NOT NULL,
    acted_at timestamptz NOT NULL
);
CREATE INDEX audit_of ON audit (ticket_id, version);
COMMENT ON TABLE audit IS 'Every change, who made it and why; rows are added and never changed.';

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
'BEGIN RAISE EXCEPTION ''audit rows are never changed''; END';
CREATE TRIGGER audit_append_only BEFORE UPDATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
COMMENT ON TRIGGER audit_append_only ON audit IS 'What happened stays as it was written down; only erasing a person removes rows.';

CREATE TABLE delivery (
    delivery_id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL,
    notice text NOT NULL,
    channel text NOT NULL,
    state text NOT NULL,
    attempts int NOT NULL,
    detail text,
    recorded_at timestamptz NOT NULL
);
CREATE INDEX delivery_of ON delivery (ticket_id, recorded_at);
COMMENT ON TABLE delivery IS 'What notifications said about each notice: a copy, newest state only.';

CREATE TABLE feedback (
    ticket_id uuid NOT NULL REFERENCES ticket DEFERRABLE INITIALLY DEFERRED,
    given_at timestamptz NOT NULL,
    score smallint NOT NULL CONSTRAINT feedback_score_range CHECK (score BETWEEN 1 AND 5),
    comment text,
    is_solved boolean,
    PRIMARY KEY (ticket_id, given_at)
);
COMMENT ON TABLE feedback IS 'How customers say their tickets were handled.';
COMMENT ON CONSTRAINT feedback_score_range ON feedback IS 'One to five.';
"""

# concat_ws is only STABLE, because it can print any type; on texts alone it never changes its answer.
WORDS = """
CREATE FUNCTION words_of(VARIADIC words text[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT array_to_string(words, '' '')'
"""


def upgrade() -> None:
    """Create them."""
    op.execute(WORDS)
    for statement in UP.split(";\n"):
        if statement.strip():
            op.execute(statement)
