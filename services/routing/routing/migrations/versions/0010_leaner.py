"""Where staff are mailed, which alarms they heard of, and what a decision went by, kept for a while."""

from alembic import op

revision = "0010"
down_revision = "0009"

UP = """
ALTER TABLE agent ADD COLUMN email text CONSTRAINT agent_email_is_one CHECK (email LIKE '_%@_%' AND email !~ '[[:space:]]');
COMMENT ON CONSTRAINT agent_email_is_one ON agent IS 'One address, to tell somebody of alarms; empty when there is none.';

CREATE TABLE told_alarm (
    alarm text,
    agent_id uuid REFERENCES agent ON DELETE CASCADE,
    told_at timestamptz NOT NULL,
    PRIMARY KEY (alarm, agent_id)
);
CREATE INDEX told_alarm_to ON told_alarm (agent_id, told_at);
COMMENT ON TABLE told_alarm IS 'Somebody was told of an alarm; the key says that nobody is told twice.';
COMMENT ON INDEX told_alarm_to IS 'When somebody was last told of anything: not again for a while.';

ALTER TABLE decision ADD COLUMN thinned_at timestamptz;
ALTER TABLE choice ADD COLUMN thinned_at timestamptz;
ALTER TABLE choice DROP CONSTRAINT choice_of_round;
ALTER TABLE choice ADD CONSTRAINT choice_of_round
    CHECK ((round_id IS NOT NULL) = (how = 'offered') OR thinned_at IS NOT NULL AND round_id IS NULL);
COMMENT ON CONSTRAINT choice_of_round ON choice IS 'What was offered comes from a round, and what was asked for does not, until it is thinned.';
COMMENT ON COLUMN decision.thinned_at IS 'When what it went by was removed; it cannot be made again since.';
COMMENT ON COLUMN choice.thinned_at IS 'When what it went by was removed; it cannot be made again since.';
CREATE INDEX decision_whole ON decision (decided_at) WHERE thinned_at IS NULL;
CREATE INDEX choice_whole ON choice (decided_at) WHERE thinned_at IS NULL;
CREATE INDEX choice_of_a_round ON choice (round_id) WHERE round_id IS NOT NULL;
COMMENT ON INDEX decision_whole IS 'What is kept for long enough is found by this.';
COMMENT ON INDEX choice_whole IS 'What is kept for long enough is found by this.';
COMMENT ON INDEX choice_of_a_round IS 'Whether a round still stands behind a choice.';
"""


def upgrade() -> None:
    """Add them."""
    for statement in UP.split(";\n"):
        if statement.strip():
            op.execute(statement)
