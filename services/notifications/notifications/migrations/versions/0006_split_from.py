"""Which ticket a ticket was split off, for its acknowledgement to name."""

from alembic import op

revision = "0006"
down_revision = "0005"

UP = """
ALTER TABLE ticket ADD COLUMN split_from text;
COMMENT ON COLUMN ticket.split_from IS 'The reference of the ticket that this one was split off.';
"""


def upgrade() -> None:
    """Add it."""
    for statement in UP.split(";\n"):
        if statement.strip():
            op.execute(statement)
