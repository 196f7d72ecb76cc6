"""Incidents: one cause behind many tickets."""

from alembic import op

revision = "0013"
down_revision = "0012"

UP = """
CREATE TABLE incident (
    incident_id uuid CONSTRAINT incident_pkey PRIMARY KEY,
    title text NOT NULL CONSTRAINT incident_has_a_title CHECK (title <> ''),
    topics text[] NOT NULL,
    queue_ids text[] NOT NULL,
    areas text[] NOT NULL,
    words jsonb NOT NULL,
    per_minute int NOT NULL CONSTRAINT incident_pace_is_sane CHECK (per_minute BETWEEN 1 AND 60000),
    declared_by text NOT NULL,
    declared_at timestamptz NOT NULL,
    closing_words jsonb,
    closed_by text,
    closed_at timestamptz,
    CONSTRAINT incident_ends_with_words CHECK ((closed_at IS NULL) = (closing_words IS NULL) AND (closed_at IS NULL) = (closed_by IS NULL))
);
CREATE INDEX incident_going_on ON incident (incident_id) WHERE closed_at IS NULL;
COMMENT ON TABLE incident IS 'One cause behind many tickets: where it is felt, and what people are told of it.';
COMMENT ON CONSTRAINT incident_pkey ON incident IS 'Ids grow with time: of several the oldest is behind a ticket.';
COMMENT ON CONSTRAINT incident_has_a_title ON incident IS 'Colleagues know it by its title.';
COMMENT ON CONSTRAINT incident_pace_is_sane ON incident IS 'So many people are told a minute.';
COMMENT ON CONSTRAINT incident_ends_with_words ON incident IS 'Nobody closes an incident without a word to those it concerned.';

CREATE TABLE incident_ticket (
    incident_id uuid NOT NULL CONSTRAINT incident_ticket_is_of_one REFERENCES incident,
    ticket_id uuid NOT NULL CONSTRAINT incident_ticket_is_a_ticket REFERENCES ticket,
    came text NOT NULL CONSTRAINT incident_ticket_came_somehow CHECK (came IN ('declared', 'accepted', 'linked')),
    added_at timestamptz NOT NULL,
    CONSTRAINT incident_ticket_once PRIMARY KEY (incident_id, ticket_id)
);
CREATE INDEX incident_ticket_of ON incident_ticket (ticket_id);
COMMENT ON TABLE incident_ticket IS 'The tickets that an incident is behind.';
COMMENT ON CONSTRAINT incident_ticket_is_of_one ON incident_ticket IS 'Of an incident that was declared.';
COMMENT ON CONSTRAINT incident_ticket_is_a_ticket ON incident_ticket IS 'Of a ticket that is here.';
COMMENT ON CONSTRAINT incident_ticket_came_somehow ON incident_ticket IS 'Open when it was declared, accepted while it went on, or linked by hand.';
COMMENT ON CONSTRAINT incident_ticket_once ON incident_ticket IS 'A ticket comes from an incident or does not.';
CREATE INDEX ticket_phone ON ticket (right(regexp_replace(customer_phone, '\\D', '', 'g'), 9)) WHERE customer_phone IS NOT NULL;
COMMENT ON INDEX ticket_phone IS 'Who calls is found however their number was written.';
COMMENT ON CONSTRAINT delay_pkey ON delay IS 'A promise is put off once: twice would be no promise.';
"""


def upgrade() -> None:
    """Create them."""
    for statement in UP.split(";\n"):
        if statement.strip():
            op.execute(statement)
