"""People who are reached by telephone only, and every text that came in."""

from alembic import op

revision = "0005"
down_revision = "0004"

UP = """
ALTER TABLE ticket ALTER COLUMN email DROP NOT NULL;
ALTER TABLE ticket ADD CONSTRAINT ticket_can_be_answered CHECK (email IS NOT NULL OR phone IS NOT NULL);
COMMENT ON CONSTRAINT ticket_can_be_answered ON ticket IS 'Whoever asks us something gives an address or a number, so that they hear the answer.';
COMMENT ON TABLE person IS 'Someone who brought us a ticket, known by e-mail address, else by customer number, else by telephone number.';

CREATE TABLE text_message (
    text_message_id uuid CONSTRAINT text_message_pkey PRIMARY KEY,
    text_id text NOT NULL,
    content_sha256 bytea NOT NULL CONSTRAINT text_message_hash_is_one CHECK (length(content_sha256) = 32),
    number text NOT NULL,
    body text NOT NULL,
    shape bytea NOT NULL,
    received_at timestamptz NOT NULL,
    state text NOT NULL CONSTRAINT text_message_state_known CHECK (state IN ('settled', 'held', 'discarded')),
    thread text CONSTRAINT text_message_thread_known CHECK (thread IN ('new', 'joined', 'linked')),
    reason text,
    ticket_id uuid,
    message_id uuid,
    settled_by uuid,
    CONSTRAINT text_message_once UNIQUE (text_id, content_sha256),
    CONSTRAINT text_message_end_is_told CHECK (state = 'settled' OR reason IS NOT NULL),
    CONSTRAINT text_message_settled_somehow CHECK ((state = 'settled') = (thread IS NOT NULL))
);
CREATE INDEX text_message_number ON text_message (number, received_at);
CREATE INDEX text_message_held ON text_message (text_message_id) WHERE state = 'held';
COMMENT ON TABLE text_message IS 'Every text that was taken in, and what became of it.';
COMMENT ON CONSTRAINT text_message_pkey ON text_message IS 'Ids grow with time.';
COMMENT ON CONSTRAINT text_message_hash_is_one ON text_message IS 'SHA-256 of the number and the words.';
COMMENT ON CONSTRAINT text_message_state_known ON text_message IS 'Done, kept for a person, or thrown away by a person.';
COMMENT ON CONSTRAINT text_message_thread_known ON text_message IS 'A ticket of its own, on a ticket, or beside a ticket.';
COMMENT ON CONSTRAINT text_message_once ON text_message IS 'A provider that heard no answer brings the same text again; one that uses an id twice loses no text.';
COMMENT ON CONSTRAINT text_message_end_is_told ON text_message IS 'Nothing is kept back without a reason that staff can read.';
COMMENT ON CONSTRAINT text_message_settled_somehow ON text_message IS 'What is done says what it became.';
"""


def upgrade() -> None:
    """Create them."""
    for statement in UP.split(";\n"):
        if statement.strip():
            op.execute(statement)
