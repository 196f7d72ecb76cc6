"""The policy as it was written, what it asks of a ticket's agent, and where escalations of a ticket go."""

from alembic import op

revision = "0003"
down_revision = "0002"

UP = """
ALTER TABLE policy
    ADD COLUMN source text NOT NULL DEFAULT '',
    ADD COLUMN restores int REFERENCES policy,
    ADD CONSTRAINT policy_restores_earlier CHECK (restores < version);
COMMENT ON COLUMN policy.source IS 'The document as somebody wrote it, with their comments; empty when only the rules are known.';
COMMENT ON COLUMN policy.restores IS 'The version that this one brought back.';
COMMENT ON CONSTRAINT policy_restores_earlier ON policy IS 'Only what was in force once can be brought back.';

ALTER TABLE ticket
    ADD COLUMN segment text,
    ADD COLUMN skills jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN optional_skills jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN agreed jsonb,
    ADD COLUMN escalates_to text REFERENCES queue;
COMMENT ON COLUMN ticket.segment IS 'The kind of customer, as the policy calls it.';
COMMENT ON COLUMN ticket.skills IS 'What its agent must be able to do, as the policy says: skill and least level.';
COMMENT ON COLUMN ticket.optional_skills IS 'What its agent had better be able to do: skill, and until when to hold out for it.';
COMMENT ON COLUMN ticket.agreed IS 'The promise of the policy''s rule, in minutes of open time; empty for that of its class.';
COMMENT ON COLUMN ticket.escalates_to IS 'Where it goes when the front office escalates it; empty for the first queue of the back office.';
"""


def upgrade() -> None:
    """Add them."""
    for statement in UP.split(";\n"):
        if statement.strip():
            op.execute(statement)
