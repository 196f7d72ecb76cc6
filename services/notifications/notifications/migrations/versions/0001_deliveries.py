"""Copies of tickets and promises, notices, deliveries, and staff sessions that ended."""

from alembic import op

revision = "0001"
down_revision = None

UP = """
CREATE TABLE ticket (
    ticket_id uuid PRIMARY KEY,
    reference text NOT NULL,
    language text NOT NULL,
    email text,
    domain text,
    submitted_at timestamptz NOT NULL,
    CONSTRAINT ticket_speaks_our_languages CHECK (language IN ('nl', 'en', 'fr', 'de')),
    CONSTRAINT ticket_domain_of_email CHECK ((email IS NULL) = (domain IS NULL))
);
COMMENT ON TABLE ticket IS 'What intake told of a ticket, as far as a notice needs it: a copy, never changed here.';
COMMENT ON COLUMN ticket.domain IS 'The mail domain in lower case: one that stalls must not hold up the others.';
COMMENT ON CONSTRAINT ticket_speaks_our_languages ON ticket IS 'Templates exist in these languages only.';
COMMENT ON CONSTRAINT ticket_domain_of_email ON ticket IS 'The claim shares out by domain, so that an address has one.';

CREATE TABLE promise (
    promise_id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL,
    promised_at timestamptz NOT NULL,
    answer_by timestamptz NOT NULL,
    solve_by timestamptz NOT NULL
);
CREATE INDEX promise_of_ticket ON promise (ticket_id, promised_at DESC);
COMMENT ON TABLE promise IS 'What routing promised, one row a time; no key to ticket, since the promise may come first.';

CREATE TABLE notice (
    notice_id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL,
    kind text NOT NULL,
    occurred_at timestamptz NOT NULL,
    body text,
    agent_name text,
    message_id uuid,
    until timestamptz,
    CONSTRAINT notice_kind_known CHECK (kind IN ('acknowledgement', 'reply', 'waiting', 'resolved', 'reopened'))
);
CREATE INDEX notice_of_ticket ON notice (ticket_id);
CREATE UNIQUE INDEX notice_one_acknowledgement ON notice (ticket_id) WHERE kind = 'acknowledgement';
CREATE UNIQUE INDEX notice_one_a_message ON notice (message_id) WHERE message_id IS NOT NULL;
COMMENT ON TABLE notice IS 'What a customer should hear.';
COMMENT ON COLUMN notice.message_id IS 'The message on the ticket that the notice brings.';
COMMENT ON CONSTRAINT notice_kind_known ON notice IS 'A kind without a template could not be said.';
COMMENT ON INDEX notice_one_acknowledgement IS 'A customer is told once that their ticket arrived.';
COMMENT ON INDEX notice_one_a_message IS 'What an agent says is brought once: as a reply, or with the resolution.';

CREATE TABLE delivery (
    delivery_id uuid PRIMARY KEY,
    notice_id uuid NOT NULL REFERENCES notice DEFERRABLE INITIALLY DEFERRED,
    ticket_id uuid NOT NULL,
    channel text NOT NULL,
    state text NOT NULL,
    occurred_at timestamptz NOT NULL,
    planned_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    promise_since timestamptz,
    attempts int NOT NULL,
    mail_id text,
    detail text,
    recorded_at timestamptz,
    resend_of uuid REFERENCES delivery,
    CONSTRAINT delivery_state_known CHECK (state IN ('planned', 'sending', 'retrying', 'sent', 'failed', 'suppressed')),
    CONSTRAINT delivery_attempts_counted CHECK (attempts >= (state NOT IN ('planned', 'suppressed'))::int)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX delivery_outstanding ON delivery (due_at) WHERE state IN ('planned', 'sending', 'retrying');
CREATE INDEX delivery_waits_for_promise ON delivery (due_at) WHERE state = 'planned' AND promise_since IS NOT NULL;
CREATE INDEX delivery_of_ticket ON delivery (ticket_id, occurred_at, delivery_id);
CREATE INDEX delivery_by_state ON delivery (state, delivery_id);
COMMENT ON TABLE delivery IS 'Bringing one notice by one channel, with the proof of what became of it.';
COMMENT ON COLUMN delivery.due_at IS
    'When to act: the first or next attempt; while sending, the end of the lease after which anybody may send it again.';
COMMENT ON COLUMN delivery.promise_since IS
    'Set while it waits for a promise given at that time or later; it leaves with the promise, or at due_at without.';
COMMENT ON COLUMN delivery.attempts IS 'How often it was claimed; also tells a sender whose lease ran out from its successor.';
COMMENT ON COLUMN delivery.mail_id IS 'The Message-ID header, the same at every attempt.';
COMMENT ON COLUMN delivery.detail IS 'The last answer of the channel, or why nothing was sent; without personal data.';
COMMENT ON CONSTRAINT delivery_notice_id_fkey ON delivery IS 'Deferred: both rows are written in one flush, in any order.';
COMMENT ON CONSTRAINT delivery_resend_of_fkey ON delivery IS 'A resend names the delivery that did not do.';
COMMENT ON CONSTRAINT delivery_state_known ON delivery IS 'The states of notifications.retries.DeliveryState.';
COMMENT ON CONSTRAINT delivery_attempts_counted ON delivery IS 'Nothing is sent or given up without an attempt.';

CREATE TABLE ended_session (
    session_id uuid PRIMARY KEY,
    ended_at timestamptz NOT NULL
);
COMMENT ON TABLE ended_session IS 'Staff sessions that are over although their token is still good: a copy from routing.';
"""


def upgrade() -> None:
    """Create them."""
    for statement in UP.split(";\n"):
        if statement.strip():
            op.execute(statement)
