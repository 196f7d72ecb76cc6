"""Parts of messages that colleagues split off, on their way to becoming tickets."""

from alembic import op

revision = "0006"
down_revision = "0005"

UP = """
CREATE TABLE split (
    split_id uuid PRIMARY KEY,
    source_id uuid NOT NULL,
    message_id uuid NOT NULL,
    attachment_ids uuid[] NOT NULL,
    subject text,
    body text,
    said_at timestamptz NOT NULL,
    is_sender_verified boolean,
    asked_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    due_at timestamptz,
    ticket_id uuid REFERENCES ticket,
    CONSTRAINT split_made_once CHECK ((ticket_id IS NULL) = (due_at IS NOT NULL)),
    CONSTRAINT split_words_until_made CHECK (ticket_id IS NOT NULL OR (subject IS NOT NULL AND body IS NOT NULL))
);
CREATE UNIQUE INDEX split_ticket ON split (ticket_id);
CREATE INDEX split_source ON split (source_id);
CREATE INDEX split_due ON split (due_at) WHERE due_at IS NOT NULL;
COMMENT ON TABLE split IS 'What an agent split off a ticket: routing asks under its own id, intake makes one ticket of it.';
COMMENT ON COLUMN split.subject IS 'Gone, like body, once the ticket is there and holds the words.';
COMMENT ON CONSTRAINT split_made_once ON split IS 'It waits for its turn until its ticket is there, and never after.';
COMMENT ON CONSTRAINT split_words_until_made ON split IS 'What still waits has its words.';
COMMENT ON INDEX split_ticket IS 'A ticket comes from one split.';
"""


def upgrade() -> None:
    """Create it."""
    for statement in UP.split(";\n"):
        if statement.strip():
            op.execute(statement)
