"""What people teach the classifier: the text a correction is about, model versions, what was done with them, shadows."""

from alembic import op

revision = "0003"
down_revision = "0002"

UP = """
ALTER TABLE correction ADD COLUMN message_id uuid;
COMMENT ON COLUMN correction.message_id IS 'The text that was judged. Empty when intake never had the ticket, and in rows older than this column.';
CREATE INDEX correction_corrected_at ON correction (corrected_at);
CREATE INDEX step_resolved ON step (step_id) WHERE type = 'ticket.resolved';
COMMENT ON INDEX step_resolved IS 'The latest solved tickets: what nobody corrected is confirmed.';

CREATE TABLE model_version (
    model_id uuid CONSTRAINT model_version_pkey PRIMARY KEY,
    name text NOT NULL CONSTRAINT model_version_name_once UNIQUE,
    base text NOT NULL,
    file bytea NOT NULL CONSTRAINT model_version_file_fits CHECK (octet_length(file) BETWEEN 1 AND 33554432),
    figures jsonb NOT NULL,
    shortfalls jsonb NOT NULL CONSTRAINT model_version_shortfalls_are_a_list CHECK (jsonb_typeof(shortfalls) = 'array'),
    corrections int NOT NULL,
    agents int NOT NULL,
    made_at timestamptz NOT NULL,
    made_by text NOT NULL
);
COMMENT ON TABLE model_version IS 'A refit of the small heads with what people corrected, beside the shipped model it adjusts; never changed.';
COMMENT ON CONSTRAINT model_version_pkey ON model_version IS 'What acts and shadow judgements name.';
COMMENT ON CONSTRAINT model_version_name_once ON model_version IS 'The same base and the same lessons give the same model.';
COMMENT ON CONSTRAINT model_version_file_fits ON model_version IS 'Some hundred kilobytes in practice; more is not a model of ours.';
COMMENT ON CONSTRAINT model_version_shortfalls_are_a_list ON model_version IS 'Empty: it may be promoted.';
CREATE FUNCTION history_stays() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN RAISE EXCEPTION ''the history of models is never changed''; END';
CREATE TRIGGER model_version_stays BEFORE UPDATE ON model_version FOR EACH ROW EXECUTE FUNCTION history_stays();
COMMENT ON TRIGGER model_version_stays ON model_version IS 'What judged a ticket can be looked up for ever.';

CREATE TABLE model_act (
    act_id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT model_act_pkey PRIMARY KEY,
    act text NOT NULL CONSTRAINT model_act_known CHECK (act IN ('made', 'refused', 'shadowed', 'promoted', 'rolled_back')),
    model_id uuid CONSTRAINT model_act_is_about_a_model REFERENCES model_version,
    before_id uuid CONSTRAINT model_act_came_after_a_model REFERENCES model_version,
    actor text NOT NULL,
    reason text NOT NULL,
    acted_at timestamptz NOT NULL
);
COMMENT ON TABLE model_act IS 'Who did what with which model, append-only.';
COMMENT ON CONSTRAINT model_act_pkey ON model_act IS 'The order in which it was done.';
COMMENT ON CONSTRAINT model_act_known ON model_act IS 'A refused one fell short; a rolled back one names what judges from then on.';
COMMENT ON CONSTRAINT model_act_is_about_a_model ON model_act IS 'Empty: the shipped model alone.';
COMMENT ON CONSTRAINT model_act_came_after_a_model ON model_act IS 'What judged until then; empty: the shipped model alone.';
CREATE TRIGGER model_act_is_append_only BEFORE UPDATE ON model_act FOR EACH ROW EXECUTE FUNCTION history_stays();
COMMENT ON TRIGGER model_act_is_append_only ON model_act IS 'Who promoted what stays known.';

CREATE TABLE teaching (
    is_the_one boolean DEFAULT true CONSTRAINT teaching_is_one_row PRIMARY KEY CONSTRAINT teaching_is_the_one CHECK (is_the_one),
    revision uuid NOT NULL DEFAULT gen_random_uuid(),
    live_id uuid CONSTRAINT teaching_live_is_a_model REFERENCES model_version,
    shadow_id uuid CONSTRAINT teaching_shadow_is_a_model REFERENCES model_version,
    promotes_itself boolean NOT NULL DEFAULT true,
    refit_due_at timestamptz
);
COMMENT ON TABLE teaching IS 'Which model judges, which one only looks on, and when the next refit is due: one row.';
COMMENT ON COLUMN teaching.revision IS 'Another value after every lesson and every promotion: running judges look at it.';
COMMENT ON CONSTRAINT teaching_is_one_row ON teaching IS 'One model judges at a time.';
COMMENT ON CONSTRAINT teaching_is_the_one ON teaching IS 'No second row can be.';
COMMENT ON CONSTRAINT teaching_live_is_a_model ON teaching IS 'Empty: the shipped model alone.';
COMMENT ON CONSTRAINT teaching_shadow_is_a_model ON teaching IS 'Empty: nobody looks on.';

CREATE TABLE shadow_judgement (
    ticket_id uuid NOT NULL,
    model_id uuid NOT NULL CONSTRAINT shadow_judgement_is_by_a_model REFERENCES model_version,
    live_class text NOT NULL CONSTRAINT shadow_judgement_live_known CHECK (live_class IN ('routine', 'specialist', 'technical', 'nothing')),
    shadow_class text NOT NULL CONSTRAINT shadow_judgement_shadow_known CHECK (shadow_class IN ('routine', 'specialist', 'technical', 'nothing')),
    probabilities jsonb NOT NULL,
    judged_at timestamptz NOT NULL,
    CONSTRAINT shadow_judgement_once PRIMARY KEY (model_id, ticket_id)
);
CREATE INDEX shadow_judgement_judged_at ON shadow_judgement USING brin (judged_at);
COMMENT ON TABLE shadow_judgement IS 'What a candidate would have said of a ticket, beside what was said; never used for it. Kept ninety days.';
COMMENT ON CONSTRAINT shadow_judgement_is_by_a_model ON shadow_judgement IS 'A candidate said it.';
COMMENT ON CONSTRAINT shadow_judgement_live_known ON shadow_judgement IS 'The likeliest class, also when it abstained.';
COMMENT ON CONSTRAINT shadow_judgement_shadow_known ON shadow_judgement IS 'The same, by the candidate.';
COMMENT ON CONSTRAINT shadow_judgement_once ON shadow_judgement IS 'A ticket is judged once by each candidate.';
"""


def upgrade() -> None:
    """Create them."""
    for statement in UP.split(";\n"):
        if statement.strip():
            op.execute(statement)
