"""Matching: who is there, who was chosen and why, offers of pushed queues, and how long work takes."""

from alembic import op

revision = "0005"
down_revision = "0004"

UP = """
CREATE TABLE presence (
    agent_id uuid PRIMARY KEY REFERENCES agent ON DELETE CASCADE,
    state text NOT NULL CONSTRAINT presence_state_known CHECK (state IN ('available', 'busy', 'away', 'offline')),
    since timestamptz NOT NULL,
    idle_since timestamptz NOT NULL,
    silent_at timestamptz,
    topic text,
    CONSTRAINT presence_ends_in_silence CHECK ((silent_at IS NULL) = (state IN ('away', 'offline')))
);
CREATE INDEX presence_silent ON presence (silent_at) WHERE silent_at IS NOT NULL;
COMMENT ON TABLE presence IS 'Whether somebody takes work; who has no row was never here.';
COMMENT ON COLUMN presence.idle_since IS 'Since when they wait for work: who waited longest goes first.';
COMMENT ON COLUMN presence.silent_at IS 'When they count as gone unless something is heard of them.';
COMMENT ON COLUMN presence.topic IS 'What they worked on last: getting into something else takes time.';
COMMENT ON CONSTRAINT presence_state_known ON presence IS 'What matching knows.';
COMMENT ON CONSTRAINT presence_ends_in_silence ON presence IS 'Who is there says so again and again; who is not need not.';
COMMENT ON INDEX presence_silent IS 'The loop that notices silence reads this alone.';

ALTER TABLE queue
    ADD COLUMN mode text NOT NULL DEFAULT 'pull' CONSTRAINT queue_mode_known CHECK (mode IN ('pull', 'push')),
    ADD COLUMN offer_seconds int NOT NULL DEFAULT 60 CONSTRAINT queue_offer_range CHECK (offer_seconds BETWEEN 5 AND 3600);
COMMENT ON COLUMN queue.mode IS 'Pulled: people take the next ticket. Pushed: it is offered to them.';
COMMENT ON CONSTRAINT queue_mode_known ON queue IS 'Work is taken or offered.';
COMMENT ON CONSTRAINT queue_offer_range ON queue IS 'Long enough to read, short enough for the customer.';

CREATE TABLE offer (
    offer_id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES ticket DEFERRABLE INITIALLY DEFERRED,
    agent_id uuid NOT NULL REFERENCES agent ON DELETE CASCADE,
    queue_id text NOT NULL REFERENCES queue,
    state text NOT NULL CONSTRAINT offer_state_known CHECK (
        state IN ('offered', 'accepted', 'declined', 'timed_out', 'withdrawn')),
    offered_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT offer_end_has_moment CHECK ((ended_at IS NULL) = (state = 'offered')),
    CONSTRAINT offer_runs_forward CHECK (expires_at > offered_at)
);
CREATE UNIQUE INDEX offer_open_once ON offer (ticket_id) WHERE ended_at IS NULL;
CREATE INDEX offer_open_to ON offer (agent_id) WHERE ended_at IS NULL;
CREATE INDEX offer_of ON offer (ticket_id, offered_at);
COMMENT ON TABLE offer IS 'A ticket of a pushed queue was offered to somebody.';
COMMENT ON INDEX offer_open_once IS 'A ticket is offered to one person at a time.';
COMMENT ON CONSTRAINT offer_state_known ON offer IS 'What can become of an offer.';
COMMENT ON CONSTRAINT offer_end_has_moment ON offer IS 'What is over ended at some moment.';
COMMENT ON CONSTRAINT offer_runs_forward ON offer IS 'There is time to answer.';

CREATE TABLE matching_round (
    round_id uuid PRIMARY KEY,
    inputs jsonb NOT NULL,
    decided_at timestamptz NOT NULL
);
COMMENT ON TABLE matching_round IS 'All that was known when several tickets were handed out at once, for the choices made from it.';

CREATE TABLE choice (
    choice_id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES ticket DEFERRABLE INITIALLY DEFERRED,
    agent_id uuid NOT NULL REFERENCES agent,
    round_id uuid REFERENCES matching_round,
    how text NOT NULL CONSTRAINT choice_how_known CHECK (how IN ('pulled', 'offered')),
    inputs jsonb NOT NULL,
    candidates jsonb NOT NULL,
    policy_version int NOT NULL,
    model_version text NOT NULL,
    took_ms real NOT NULL,
    decided_at timestamptz NOT NULL,
    CONSTRAINT choice_of_round CHECK ((round_id IS NOT NULL) = (how = 'offered'))
);
CREATE INDEX choice_of ON choice (ticket_id, decided_at);
COMMENT ON TABLE choice IS 'Who was to do a ticket, and why each of the others was not: enough to choose again and get the same.';
COMMENT ON CONSTRAINT choice_how_known ON choice IS 'Somebody asked for work, or was offered it.';
COMMENT ON CONSTRAINT choice_of_round ON choice IS 'What is offered was decided together with what waited beside it.';

ALTER TABLE decision
    ADD COLUMN queues jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN verdict jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN took_ms real NOT NULL DEFAULT 0;
COMMENT ON COLUMN decision.queues IS 'The queues there were, in order: the policy asks for them.';
COMMENT ON COLUMN decision.verdict IS 'All that the policy said.';

CREATE TABLE effort (
    handling_class text NOT NULL,
    topic text NOT NULL,
    tier text NOT NULL CONSTRAINT effort_tier_known CHECK (tier IN ('front_office', 'back_office', 'field')),
    tickets double precision NOT NULL CONSTRAINT effort_counts_something CHECK (tickets > 0),
    minutes double precision NOT NULL CONSTRAINT effort_takes_time CHECK (minutes >= 0),
    PRIMARY KEY (handling_class, topic, tier)
);
COMMENT ON TABLE effort IS 'How many minutes of hands work of a kind took so far; what is unknown of it is an empty text.';
COMMENT ON CONSTRAINT effort_tier_known ON effort IS 'The three tiers of the domain.';
COMMENT ON CONSTRAINT effort_counts_something ON effort IS 'A mean needs a count.';
COMMENT ON CONSTRAINT effort_takes_time ON effort IS 'Nothing takes less than no time.';

CREATE TABLE unstaffed (
    queue_id text NOT NULL REFERENCES queue ON DELETE CASCADE,
    asks text NOT NULL,
    lacks jsonb NOT NULL,
    tickets int NOT NULL CONSTRAINT unstaffed_counts_something CHECK (tickets > 0),
    oldest_at timestamptz NOT NULL,
    since timestamptz NOT NULL,
    PRIMARY KEY (queue_id, asks)
);
COMMENT ON TABLE unstaffed IS 'Work that waits in a queue and that nobody on the staff may do: shown until somebody may.';
COMMENT ON COLUMN unstaffed.asks IS 'What such tickets ask of people, as JSON.';
COMMENT ON COLUMN unstaffed.lacks IS 'What each of those who work the queue lacks, most frequent first.';
COMMENT ON CONSTRAINT unstaffed_counts_something ON unstaffed IS 'What no longer waits is no alarm.';

CREATE INDEX ticket_open_not_routine ON ticket (queue_id, priority, due_at, submitted_at, ticket_id) INCLUDE (sensitivity)
    WHERE state IN ('needs_triage', 'queued', 'reopened') AND handling_class IS DISTINCT FROM 'routine';
COMMENT ON INDEX ticket_open_not_routine IS 'Specialists look past all the routine work that is not for them.';
"""


def upgrade() -> None:
    """Create them."""
    for statement in UP.split(";\n"):
        if statement.strip():
            op.execute(statement)
