"""Links between tickets, and what it takes to find tickets that say the same."""

from alembic import op

revision = "0007"
down_revision = "0006"

UP = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE link (
    ticket_id uuid REFERENCES ticket,
    kind text CONSTRAINT link_kind_known CHECK (kind IN ('merged', 'child')),
    to_id uuid NOT NULL REFERENCES ticket,
    linked_by uuid NOT NULL REFERENCES agent,
    linked_at timestamptz NOT NULL,
    PRIMARY KEY (ticket_id, kind),
    CONSTRAINT link_leads_elsewhere CHECK (ticket_id <> to_id)
);
CREATE INDEX link_to ON link (to_id, kind);
COMMENT ON TABLE link IS 'A ticket that went up in another (merged), or is answered together with it (child).';
COMMENT ON CONSTRAINT link_kind_known ON link IS 'A ticket is merged into one other, and has one parent.';
COMMENT ON CONSTRAINT link_leads_elsewhere ON link IS 'Nothing is its own duplicate.';

CREATE INDEX ticket_address ON ticket (upper(replace(postcode, ' ', '')), upper(house_number), submitted_at)
    WHERE postcode IS NOT NULL AND house_number IS NOT NULL;
COMMENT ON INDEX ticket_address IS 'Who else wrote about this address lately.';
"""


def upgrade() -> None:
    """Create them."""
    for statement in UP.split(";\n"):
        if statement.strip():
            op.execute(statement)
