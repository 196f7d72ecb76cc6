"""A new policy looks at the open tickets: how far it has come, and what it did."""

from alembic import op

revision = "0012"
down_revision = "0011"

UP = """
CREATE TABLE policy_revision (
    version integer PRIMARY KEY REFERENCES policy ON DELETE CASCADE,
    after_id uuid,
    looked_at integer NOT NULL DEFAULT 0,
    sooner integer NOT NULL DEFAULT 0,
    moved integer NOT NULL DEFAULT 0,
    failed integer NOT NULL DEFAULT 0,
    begun_at timestamptz NOT NULL,
    done_at timestamptz
);
COMMENT ON TABLE policy_revision IS 'The open tickets looked at with a version of the policy, in batches, after it was published.';
COMMENT ON COLUMN policy_revision.after_id IS 'The last ticket that was looked at; a batch done twice changes nothing.';
CREATE INDEX policy_revision_open ON policy_revision (version) WHERE done_at IS NULL;
"""


def upgrade() -> None:
    """Create it."""
    for statement in UP.split(";\n"):
        if statement.strip():
            op.execute(statement)
