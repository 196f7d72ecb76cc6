"""The tables under the outbox and the inbox, in every service's database."""

from alembic import op

revision = "0001"
down_revision = None

UP = """
CREATE TABLE event_stream (
    topic text NOT NULL,
    key uuid NOT NULL,
    last_version int NOT NULL,
    PRIMARY KEY (topic, key)
);
COMMENT ON TABLE event_stream IS 'How many events each ticket has sent: hands out their versions under a row lock.';

CREATE TABLE outbox (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id uuid NOT NULL UNIQUE,
    topic text NOT NULL,
    type text NOT NULL,
    key uuid NOT NULL,
    version int NOT NULL,
    body bytea NOT NULL,
    causation uuid,
    traceparent text,
    emitted_at timestamptz NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
COMMENT ON TABLE outbox IS 'Events committed and not yet in the log; a row is gone once the log has it.';

CREATE TABLE inbox (
    event_id uuid PRIMARY KEY,
    received_at timestamptz NOT NULL
);
CREATE INDEX inbox_received_at ON inbox USING brin (received_at);
COMMENT ON TABLE inbox IS 'Events this service has taken, for thirty days: a second delivery changes nothing.';

CREATE TABLE event_seen (
    topic text NOT NULL,
    key uuid NOT NULL,
    last_version int NOT NULL,
    PRIMARY KEY (topic, key)
) WITH (fillfactor = 70);
COMMENT ON TABLE event_seen IS 'The last version handled of each ticket: an older one is dropped, a later one waits.';

CREATE TABLE parked_event (
    parked_id uuid PRIMARY KEY,
    event_id uuid UNIQUE,
    topic text NOT NULL,
    key uuid,
    type text,
    version int,
    time timestamptz,
    source text,
    causation uuid,
    traceparent text,
    body bytea NOT NULL,
    position bigint,
    attempts int NOT NULL CHECK (attempts >= 0),
    due_at timestamptz NOT NULL,
    problem text NOT NULL,
    fingerprint text NOT NULL,
    traceback text,
    parked_at timestamptz NOT NULL,
    dead_at timestamptz
);
CREATE INDEX parked_event_due ON parked_event (due_at) WHERE dead_at IS NULL;
CREATE INDEX parked_event_stream ON parked_event (topic, key, version);
COMMENT ON TABLE parked_event IS 'Events that wait for an earlier one or another try; with dead_at they wait for a person.';

CREATE TABLE discarded_event (
    parked_id uuid PRIMARY KEY,
    event_id uuid,
    topic text NOT NULL,
    key uuid,
    type text,
    version int,
    problem text NOT NULL,
    discarded_by text NOT NULL,
    discarded_at timestamptz NOT NULL
);
COMMENT ON TABLE discarded_event IS 'Dead letters a person gave up, and who did.';
"""


def upgrade() -> None:
    """Create them."""
    for statement in UP.split(";\n"):
        if statement.strip():
            op.execute(statement)
