"""Mails to staff, of alarms that they should hear of wherever they are."""

from alembic import op

revision = "0009"
down_revision = "0008"

UP = """
CREATE TABLE staff_mail (
    mail_id uuid PRIMARY KEY,
    agent_id uuid NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    language text NOT NULL,
    alarms jsonb NOT NULL,
    state text NOT NULL CONSTRAINT staff_mail_state_known CHECK (
        state IN ('planned', 'sending', 'retrying', 'sent', 'failed')),
    planned_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    attempts int NOT NULL DEFAULT 0,
    detail text,
    recorded_at timestamptz
);
CREATE INDEX staff_mail_due ON staff_mail (due_at) WHERE state IN ('planned', 'sending', 'retrying');
COMMENT ON TABLE staff_mail IS 'A mail to a member of staff; its id is that of the event, so the same event makes no second one.';
COMMENT ON CONSTRAINT staff_mail_state_known ON staff_mail IS 'The states of a delivery that a mail to staff can have.';
COMMENT ON INDEX staff_mail_due IS 'What is to be sent now is found by this.';
"""


def upgrade() -> None:
    """Create it."""
    for statement in UP.split(";\n"):
        if statement.strip():
            op.execute(statement)
