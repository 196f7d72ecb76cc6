"""Why somebody did not take what was offered to them."""

from alembic import op

revision = "0009"
down_revision = "0008"

UP = """
ALTER TABLE offer ADD COLUMN reason text CONSTRAINT offer_reason_of_declined CHECK (reason IS NULL OR state = 'declined');
COMMENT ON CONSTRAINT offer_reason_of_declined ON offer IS 'Only who declines says why.';
CREATE INDEX offer_ended ON offer (queue_id, ended_at);
COMMENT ON INDEX offer_ended IS 'How offers of a queue end is counted from this.';
"""


def upgrade() -> None:
    """Add them."""
    for statement in UP.split(";\n"):
        if statement.strip():
            op.execute(statement)
