"""Whether it is sure who wrote, and which ticket a new one is an answer to."""

from alembic import op

revision = "0008"
down_revision = "0007"

UP = """
ALTER TABLE message ADD COLUMN is_sender_verified boolean;
COMMENT ON COLUMN message.is_sender_verified IS 'False: nothing proves who wrote it. Empty: the channel does not say.';
ALTER TABLE ticket ADD COLUMN linked_to uuid;
COMMENT ON COLUMN ticket.linked_to IS 'The ticket it answers and may not join: closed, or of somebody else. Perhaps not here yet.';
"""


def upgrade() -> None:
    """Add them."""
    for statement in UP.split(";\n"):
        if statement.strip():
            op.execute(statement)
