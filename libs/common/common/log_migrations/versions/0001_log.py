"""The event log of the laptop."""

from alembic import op

revision = "0001"
down_revision = None

UP = """
CREATE TABLE log_record (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL,
    partition int NOT NULL,
    key uuid NOT NULL,
    event_id uuid NOT NULL,
    type text NOT NULL,
    version int NOT NULL,
    time timestamptz NOT NULL,
    source text NOT NULL,
    causation uuid,
    traceparent text,
    body bytea NOT NULL,
    appended_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX log_record_partition ON log_record (topic, partition, position);
CREATE INDEX log_record_appended_at ON log_record USING brin (appended_at);
COMMENT ON TABLE log_record IS 'Append only. Appends hold one lock, so a position becomes visible after all before it.';

CREATE TABLE log_offset (
    group_name text NOT NULL,
    topic text NOT NULL,
    partition int NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (group_name, topic, partition)
) WITH (fillfactor = 50);
COMMENT ON TABLE log_offset IS 'How far each group has handled each partition.';

CREATE TABLE log_member (
    group_name text NOT NULL,
    member_id uuid NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (group_name, member_id)
) WITH (fillfactor = 50);
COMMENT ON TABLE log_member IS 'Who shares the partitions of a group; one silent for ten seconds no longer counts.';
"""


def upgrade() -> None:
    """Create them."""
    for statement in UP.split(";\n"):
        if statement.strip():
            op.execute(statement)
