"""Customers hear that it takes longer than they were promised."""

from alembic import op

revision = "0003"
down_revision = "0002"

UP = """
ALTER TABLE notice DROP CONSTRAINT notice_kind_known;
ALTER TABLE notice ADD CONSTRAINT notice_kind_known
    CHECK (kind IN ('acknowledgement', 'reply', 'waiting', 'resolved', 'reopened', 'delay', 'news'));
COMMENT ON CONSTRAINT notice_kind_known ON notice IS 'A kind without a template could not be said.';
"""


def upgrade() -> None:
    """Widen the list."""
    for statement in UP.split(";\n"):
        if statement.strip():
            op.execute(statement)
