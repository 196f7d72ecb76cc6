"""The front office as a measured filter: what ended how, and who opened a confidential text of a partner's queue."""

from alembic import op

revision = "0006"
down_revision = "0005"

UP = """
CREATE TABLE opened_text (
    agent_id uuid REFERENCES agent ON DELETE CASCADE,
    ticket_id uuid REFERENCES ticket ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    opened_at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    reason text NOT NULL CONSTRAINT opened_for_a_reason CHECK (reason <> ''),
    PRIMARY KEY (agent_id, ticket_id),
    CONSTRAINT opened_text_ends CHECK (until > opened_at)
);
CREATE INDEX opened_text_of ON opened_text (ticket_id);
CREATE INDEX opened_text_at ON opened_text (opened_at);
COMMENT ON TABLE opened_text IS 'Somebody of an outside company may read one confidential ticket, for a reason and a while.';
COMMENT ON CONSTRAINT opened_for_a_reason ON opened_text IS 'Breaking the glass without saying why is not offered.';
COMMENT ON CONSTRAINT opened_text_ends ON opened_text IS 'The glass closes again by itself.';

CREATE INDEX assignment_outcome ON assignment (ended_at, queue_id) WHERE ended_by IN ('escalate', 'return', 'resolve');
COMMENT ON INDEX assignment_outcome IS 'What the front office settled, sent on and got back is counted from this.';
"""


def upgrade() -> None:
    """Create them."""
    for statement in UP.split(";\n"):
        if statement.strip():
            op.execute(statement)
