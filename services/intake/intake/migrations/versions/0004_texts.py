"""Text messages find the ticket that their number wrote last."""

from alembic import op

revision = "0004"
down_revision = "0003"

UP = r"""
CREATE INDEX ticket_by_number ON ticket (right(regexp_replace(phone, '\D', '', 'g'), 9), received_at DESC)
    WHERE phone IS NOT NULL;
COMMENT ON INDEX ticket_by_number IS 'The last nine digits: the same however somebody writes their number.';
"""


def upgrade() -> None:
    """Add it."""
    for statement in UP.split(";\n"):
        if statement.strip():
            op.execute(statement)
