"""People, tickets, messages, attachments, feedback, steps, idempotency keys, corrections."""

from alembic import op

revision = "0001"
down_revision = None

UP = """
CREATE TABLE person (
    person_id uuid CONSTRAINT person_pkey PRIMARY KEY,
    known_as text NOT NULL CONSTRAINT person_known_as_once UNIQUE,
    name text NOT NULL,
    email text,
    customer_number text,
    first_seen_at timestamptz NOT NULL
);
COMMENT ON TABLE person IS 'Someone who brought us a ticket, known by e-mail address or else by customer number.';
COMMENT ON CONSTRAINT person_pkey ON person IS 'The id that events carry instead of an address.';
COMMENT ON CONSTRAINT person_known_as_once ON person IS 'Two tickets from one address at once make one person.';

CREATE TABLE ticket (
    ticket_id uuid CONSTRAINT ticket_pkey PRIMARY KEY,
    reference text NOT NULL CONSTRAINT ticket_reference_once UNIQUE,
    person_id uuid NOT NULL CONSTRAINT ticket_is_of_a_person REFERENCES person,
    name text NOT NULL,
    email text NOT NULL,
    phone text,
    customer_number text,
    language text NOT NULL CONSTRAINT ticket_language_is_ours CHECK (language IN ('nl', 'en', 'fr', 'de')),
    channel text NOT NULL,
    subject text NOT NULL CONSTRAINT ticket_subject_fits CHECK (length(subject) <= 300),
    postcode text,
    house_number text,
    city text,
    handling_class text CONSTRAINT ticket_class_is_rst CHECK (handling_class IN ('routine', 'specialist', 'technical')),
    topic text,
    task_type text,
    sensitivity text NOT NULL CONSTRAINT ticket_sensitivity_known CHECK (sensitivity IN ('normal', 'confidential')),
    judgement jsonb NOT NULL,
    received_at timestamptz NOT NULL
);
CREATE INDEX ticket_person ON ticket (person_id);
COMMENT ON TABLE ticket IS 'One customer need, as the customer told it and as the classifier read it.';
COMMENT ON CONSTRAINT ticket_pkey ON ticket IS 'The key of all its events.';
COMMENT ON CONSTRAINT ticket_reference_once ON ticket IS 'What a customer reads out names one ticket.';
COMMENT ON CONSTRAINT ticket_is_of_a_person ON ticket IS 'Nobody brings a ticket without being someone.';
COMMENT ON CONSTRAINT ticket_language_is_ours ON ticket IS 'We answer in four languages.';
COMMENT ON CONSTRAINT ticket_subject_fits ON ticket IS 'A longer one is refused with a sentence before it gets here.';
COMMENT ON CONSTRAINT ticket_class_is_rst ON ticket IS 'Routine, specialist or technical; empty when the classifier abstained.';
COMMENT ON CONSTRAINT ticket_sensitivity_known ON ticket IS 'Who may read it is decided by this word.';

CREATE TABLE message (
    message_id uuid CONSTRAINT message_pkey PRIMARY KEY,
    ticket_id uuid NOT NULL CONSTRAINT message_is_on_a_ticket REFERENCES ticket,
    author_name text NOT NULL,
    body text NOT NULL CONSTRAINT message_body_fits CHECK (length(body) <= 20000),
    channel text NOT NULL,
    received_at timestamptz NOT NULL
);
CREATE INDEX message_ticket ON message (ticket_id, message_id);
COMMENT ON TABLE message IS 'What a customer said on a ticket; the first one is what made it.';
COMMENT ON CONSTRAINT message_pkey ON message IS 'Ids grow with time, so they also give the order.';
COMMENT ON CONSTRAINT message_is_on_a_ticket ON message IS 'Words belong to a ticket.';
COMMENT ON CONSTRAINT message_body_fits ON message IS 'A longer one is refused with a sentence before it gets here.';

CREATE TABLE attachment (
    attachment_id uuid CONSTRAINT attachment_pkey PRIMARY KEY,
    message_id uuid NOT NULL CONSTRAINT attachment_is_with_a_message REFERENCES message,
    position int NOT NULL CONSTRAINT attachment_position_counts CHECK (position BETWEEN 0 AND 9),
    name text NOT NULL CONSTRAINT attachment_name_fits CHECK (length(name) BETWEEN 1 AND 120),
    media_type text NOT NULL,
    size_bytes bigint NOT NULL CONSTRAINT attachment_size_fits CHECK (size_bytes BETWEEN 0 AND 20971520),
    sha256 text NOT NULL CONSTRAINT attachment_hash_is_one CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT attachment_order UNIQUE (message_id, position)
);
COMMENT ON TABLE attachment IS 'A file that came with a message; its bytes lie in the attachment store under their hash.';
COMMENT ON CONSTRAINT attachment_pkey ON attachment IS 'What links to it name; the hash never leaves us.';
COMMENT ON CONSTRAINT attachment_is_with_a_message ON attachment IS 'A file comes with words.';
COMMENT ON CONSTRAINT attachment_position_counts ON attachment IS 'At most ten files a message.';
COMMENT ON CONSTRAINT attachment_name_fits ON attachment IS 'Names are cleaned before they get here.';
COMMENT ON CONSTRAINT attachment_size_fits ON attachment IS 'At most 20 MiB a file.';
COMMENT ON CONSTRAINT attachment_hash_is_one ON attachment IS 'The name of the bytes in the store.';
COMMENT ON CONSTRAINT attachment_order ON attachment IS 'Files keep the order they were chosen in.';

CREATE TABLE feedback (
    feedback_id uuid CONSTRAINT feedback_pkey PRIMARY KEY,
    ticket_id uuid NOT NULL CONSTRAINT feedback_is_on_a_ticket REFERENCES ticket,
    score int NOT NULL CONSTRAINT feedback_score_is_of_five CHECK (score BETWEEN 1 AND 5),
    comment text CONSTRAINT feedback_comment_fits CHECK (length(comment) <= 20000),
    is_solved boolean,
    given_at timestamptz NOT NULL
);
CREATE INDEX feedback_ticket ON feedback (ticket_id);
COMMENT ON TABLE feedback IS 'How a customer found the way a ticket was solved: once for each time it was solved.';
COMMENT ON CONSTRAINT feedback_pkey ON feedback IS 'A ticket that was reopened can be judged again.';
COMMENT ON CONSTRAINT feedback_is_on_a_ticket ON feedback IS 'An opinion is about a ticket.';
COMMENT ON CONSTRAINT feedback_score_is_of_five ON feedback IS 'From 1, bad, to 5, very good.';
COMMENT ON CONSTRAINT feedback_comment_fits ON feedback IS 'As long as a message.';

CREATE TABLE step (
    step_id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT step_pkey PRIMARY KEY,
    ticket_id uuid NOT NULL,
    type text NOT NULL,
    facts jsonb NOT NULL
);
CREATE INDEX step_ticket ON step (ticket_id, step_id);
COMMENT ON TABLE step IS 'What other services told about a ticket, in order. No foreign key: a copy must not fail when a ticket was erased meanwhile.';
COMMENT ON CONSTRAINT step_pkey ON step IS 'The order in which it was told.';

CREATE TABLE idempotency_key (
    scope text NOT NULL,
    key text NOT NULL CONSTRAINT idempotency_key_fits CHECK (length(key) BETWEEN 1 AND 255),
    content_sha256 bytea NOT NULL,
    ticket_id uuid NOT NULL,
    message_id uuid NOT NULL,
    used_at timestamptz NOT NULL,
    CONSTRAINT idempotency_key_once PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_key_used_at ON idempotency_key USING brin (used_at);
COMMENT ON TABLE idempotency_key IS 'Keys senders gave, for thirty days: sending again changes nothing.';
COMMENT ON CONSTRAINT idempotency_key_fits ON idempotency_key IS 'A longer key is refused with a sentence.';
COMMENT ON CONSTRAINT idempotency_key_once ON idempotency_key IS 'Of twenty senders with one key at once, one makes the ticket.';

CREATE TABLE correction (
    correction_id uuid CONSTRAINT correction_pkey PRIMARY KEY,
    ticket_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    from_class text,
    to_class text NOT NULL CONSTRAINT correction_class_is_rst CHECK (to_class IN ('routine', 'specialist', 'technical')),
    from_topic text,
    to_topic text,
    reason text NOT NULL,
    model_version text NOT NULL,
    corrected_at timestamptz NOT NULL
);
CREATE INDEX correction_ticket ON correction (ticket_id);
COMMENT ON TABLE correction IS 'A person''s judgement beside the classifier''s, append-only. No foreign key: it is a copy of what routing told.';
COMMENT ON CONSTRAINT correction_pkey ON correction IS 'One row a correction; a ticket may be corrected twice.';
COMMENT ON CONSTRAINT correction_class_is_rst ON correction IS 'A person always decides for one of the three.';
CREATE FUNCTION correction_stays() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN RAISE EXCEPTION ''a correction is never changed''; END';
CREATE TRIGGER correction_is_append_only BEFORE UPDATE ON correction FOR EACH ROW EXECUTE FUNCTION correction_stays();
COMMENT ON TRIGGER correction_is_append_only ON correction IS 'What a person decided then is what the next model learns from.';
"""


def upgrade() -> None:
    """Create them."""
    for statement in UP.split(";\n"):
        if statement.strip():
            op.execute(statement)
