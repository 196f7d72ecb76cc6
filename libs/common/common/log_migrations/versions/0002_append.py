"""Appending to the log by one call: lock, rows and the news of them took five trips."""

from alembic import op

revision = "0002"
down_revision = "0001"

UP = """
CREATE FUNCTION append_to_log(topics text[], partitions int[], keys uuid[], ids uuid[], types text[], versions int[],
    times timestamptz[], sources text[], causations uuid[], traceparents text[], bodies bytea[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    -- Positions are handed out before commit: without this lock a reader past one of them loses rows.
    PERFORM pg_advisory_xact_lock(hashtext('loket log append'));
    INSERT INTO log_record (topic, partition, key, event_id, type, version, time, source, causation, traceparent, body)
    SELECT r.topic, r.partition, r.key, r.id, r.type, r.version, r.time, r.source, r.causation, r.traceparent, r.body
    FROM unnest(topics, partitions, keys, ids, types, versions, times, sources, causations, traceparents, bodies)
        WITH ORDINALITY
        AS r (topic, partition, key, id, type, version, time, source, causation, traceparent, body, ordinal)
    ORDER BY r.ordinal;
    PERFORM pg_notify('log_record', '');
END
$$
"""


def upgrade() -> None:
    """Create it."""
    op.execute(UP)
    op.execute("COMMENT ON FUNCTION append_to_log IS 'Appends events in order, one caller at a time, and says so.'")
