"""Incidents are told to everybody they concern, and a delay once a promise."""

from alembic import op

revision = "0007"
down_revision = "0006"

UP = """
ALTER TABLE broadcast
    ADD COLUMN incident_id uuid,
    ADD COLUMN stage text,
    ADD COLUMN paced_until timestamptz,
    ADD CONSTRAINT broadcast_stage_known CHECK (stage IN ('declared', 'closed')),
    ADD CONSTRAINT broadcast_of_incident_has_a_stage CHECK ((incident_id IS NULL) = (stage IS NULL)),
    ADD CONSTRAINT broadcast_once_a_stage UNIQUE (incident_id, stage);
COMMENT ON CONSTRAINT broadcast_stage_known ON broadcast IS 'An incident is told when it is declared and when it is over.';
COMMENT ON CONSTRAINT broadcast_of_incident_has_a_stage ON broadcast IS 'What a lead tells by hand is of no incident.';
COMMENT ON CONSTRAINT broadcast_once_a_stage ON broadcast IS 'Each is told once.';

CREATE TABLE affected (
    incident_id uuid NOT NULL,
    person_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    is_told boolean NOT NULL,
    CONSTRAINT affected_once PRIMARY KEY (incident_id, person_id)
);
COMMENT ON TABLE affected IS 'Whom an incident concerns, and on which ticket they are told. No foreign key: the ticket may not be here yet.';
COMMENT ON CONSTRAINT affected_once ON affected IS 'However many tickets somebody has, they are told once.';

CREATE UNIQUE INDEX notice_of_broadcast_once ON notice (broadcast_id, ticket_id) WHERE broadcast_id IS NOT NULL;
COMMENT ON INDEX notice_of_broadcast_once IS 'Nobody is told the same news twice on a ticket.';
DROP INDEX notice_of_broadcast;

ALTER TABLE notice ADD COLUMN promised_at timestamptz;
COMMENT ON COLUMN notice.promised_at IS 'Of a delay: which promise it is about.';
CREATE UNIQUE INDEX notice_of_delay_once ON notice (ticket_id, promised_at) WHERE kind = 'delay';
COMMENT ON INDEX notice_of_delay_once IS 'A promise is put off once; twice would be no promise.';

ALTER TABLE promise ADD COLUMN incident jsonb;
COMMENT ON COLUMN promise.incident IS 'What the acknowledgement says of the incident behind the ticket, by language.';
"""


def upgrade() -> None:
    """Create them."""
    for statement in UP.split(";\n"):
        if statement.strip():
            op.execute(statement)
