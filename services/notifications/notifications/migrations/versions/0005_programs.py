"""Whether a program may have written a ticket, which automatic notices must not answer."""

from alembic import op

revision = "0005"
down_revision = "0004"

UP = """
ALTER TABLE ticket ADD COLUMN may_be_answered boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN ticket.may_be_answered IS 'False: a program or a list wrote it; what we send of our own accord could loop.';
"""


def upgrade() -> None:
    """Add it."""
    for statement in UP.split(";\n"):
        if statement.strip():
            op.execute(statement)
