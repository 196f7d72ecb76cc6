"""The frame around mails, as people changed it."""

from alembic import op

revision = "0008"
down_revision = "0007"

UP = """
CREATE TABLE frame_version (
    version int CONSTRAINT frame_version_pkey PRIMARY KEY CONSTRAINT frame_version_counts CHECK (version > 0),
    document jsonb,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL
);
COMMENT ON TABLE frame_version IS 'Every frame that mails had, append-only; without a document it is the one that Loket came with.';
COMMENT ON CONSTRAINT frame_version_pkey ON frame_version IS 'Of two who change the same version at once one is refused.';
COMMENT ON CONSTRAINT frame_version_counts ON frame_version IS 'Number 0 is the frame that Loket came with.';
"""


def upgrade() -> None:
    """Create it."""
    for statement in UP.split(";\n"):
        if statement.strip():
            op.execute(statement)
