"""Parts that were split off tickets, and the links to the tickets they became."""

from alembic import op

revision = "0011"
down_revision = "0010"

UP = """
CREATE TABLE split (
    split_id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES ticket,
    message_id uuid NOT NULL REFERENCES message,
    content_sha256 bytea NOT NULL,
    asked_by uuid NOT NULL REFERENCES agent,
    asked_at timestamptz NOT NULL,
    new_ticket_id uuid REFERENCES ticket,
    copy_id uuid REFERENCES message,
    CONSTRAINT split_leads_elsewhere CHECK (new_ticket_id <> ticket_id),
    CONSTRAINT split_has_words CHECK ((new_ticket_id IS NULL) = (copy_id IS NULL))
);
CREATE UNIQUE INDEX split_new_ticket ON split (new_ticket_id);
CREATE INDEX split_of ON split (ticket_id);
COMMENT ON TABLE split IS 'An agent split a part off a ticket; intake makes the ticket, and new_ticket_id says which.';
COMMENT ON COLUMN split.content_sha256 IS 'What was asked under this id: the words themselves stand in the tickets.';
COMMENT ON CONSTRAINT split_leads_elsewhere ON split IS 'Nothing is split off itself.';
COMMENT ON COLUMN split.copy_id IS 'The message with the same words on the new ticket: told once when both are one again.';
COMMENT ON CONSTRAINT split_has_words ON split IS 'The ticket and its first message come together.';
COMMENT ON INDEX split_new_ticket IS 'A ticket comes from one split.';

ALTER TABLE link DROP CONSTRAINT link_kind_known;
ALTER TABLE link ADD CONSTRAINT link_kind_known CHECK (kind IN ('merged', 'child', 'split'));
COMMENT ON CONSTRAINT link_kind_known ON link IS
    'A ticket is merged into one other, has one parent, and was split off one other.';
COMMENT ON TABLE link IS
    'A ticket that went up in another (merged), is answered together with it (child), or was split off it (split).';
"""


def upgrade() -> None:
    """Create them."""
    for statement in UP.split(";\n"):
        if statement.strip():
            op.execute(statement)
