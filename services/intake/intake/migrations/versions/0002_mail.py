"""Mail that came in, the mails we sent, how far each IMAP mailbox was read, ended staff sessions."""

from alembic import op

revision = "0002"
down_revision = "0001"

UP = """
CREATE TABLE mail (
    mail_id uuid CONSTRAINT mail_pkey PRIMARY KEY,
    mailbox text NOT NULL,
    recipient text NOT NULL,
    envelope_sender text NOT NULL,
    content_sha256 bytea NOT NULL CONSTRAINT mail_hash_is_one CHECK (length(content_sha256) = 32),
    raw bytea NOT NULL,
    received_at timestamptz NOT NULL,
    state text NOT NULL CONSTRAINT mail_state_known
        CHECK (state IN ('waiting', 'settled', 'held', 'quarantined', 'discarded')),
    attempts int NOT NULL CONSTRAINT mail_attempts_count CHECK (attempts >= 0),
    due_at timestamptz NOT NULL,
    is_released boolean NOT NULL,
    sender text,
    sender_name text,
    subject text,
    rfc_id text CONSTRAINT mail_rfc_id_fits CHECK (length(rfc_id) <= 500),
    shape bytea,
    thread text CONSTRAINT mail_thread_known CHECK (thread IN ('new', 'joined', 'linked', 'repeat', 'noted')),
    reason text,
    ticket_id uuid,
    message_id uuid,
    settled_at timestamptz,
    settled_by uuid,
    CONSTRAINT mail_once UNIQUE (content_sha256, recipient),
    CONSTRAINT mail_end_is_told CHECK ((state IN ('waiting', 'settled')) OR reason IS NOT NULL),
    CONSTRAINT mail_settled_somehow CHECK ((state = 'settled') = (thread IS NOT NULL))
);
ALTER TABLE mail ALTER COLUMN raw SET STORAGE EXTERNAL;
CREATE INDEX mail_waiting ON mail (due_at) WHERE state = 'waiting';
CREATE INDEX mail_unsettled ON mail (received_at) WHERE state IN ('held', 'quarantined');
CREATE INDEX mail_sender ON mail (sender, received_at);
CREATE INDEX mail_rfc_id ON mail (rfc_id) WHERE ticket_id IS NOT NULL;
CREATE INDEX mail_received ON mail USING brin (received_at);
COMMENT ON TABLE mail IS 'Every mail that was taken in, byte for byte, and what became of it.';
COMMENT ON CONSTRAINT mail_pkey ON mail IS 'Ids grow with time.';
COMMENT ON CONSTRAINT mail_hash_is_one ON mail IS 'SHA-256 of the mail without what its way added.';
COMMENT ON CONSTRAINT mail_state_known ON mail IS 'Waiting to be read, done, kept for a person, unreadable, or thrown away by a person.';
COMMENT ON CONSTRAINT mail_attempts_count ON mail IS 'A mail whose reader dies three times is unreadable.';
COMMENT ON CONSTRAINT mail_rfc_id_fits ON mail IS 'A longer Message-ID is not kept; nobody answers to it.';
COMMENT ON CONSTRAINT mail_thread_known ON mail IS 'A ticket of its own, on a ticket, beside a ticket, come twice, or about a mail of ours.';
COMMENT ON CONSTRAINT mail_once ON mail IS 'A sender who heard no answer brings the same mail again.';
COMMENT ON CONSTRAINT mail_end_is_told ON mail IS 'Nothing is kept back without a reason that staff can read.';
COMMENT ON CONSTRAINT mail_settled_somehow ON mail IS 'What is done says what it became.';

CREATE TABLE sent_mail (
    delivery_id uuid CONSTRAINT sent_mail_pkey PRIMARY KEY,
    ticket_id uuid NOT NULL
);
COMMENT ON TABLE sent_mail IS 'Mails of ours by the left side of their Message-ID, as notifications told. No foreign key: a copy must not fail.';
COMMENT ON CONSTRAINT sent_mail_pkey ON sent_mail IS 'A delivery is told of more than once.';

CREATE TABLE mailbox_place (
    mailbox text CONSTRAINT mailbox_place_pkey PRIMARY KEY,
    uid_validity bigint NOT NULL,
    last_uid bigint NOT NULL
);
COMMENT ON TABLE mailbox_place IS 'How far each IMAP mailbox was taken in.';
COMMENT ON CONSTRAINT mailbox_place_pkey ON mailbox_place IS 'One place a mailbox; the numbers count only under their UIDVALIDITY.';

CREATE TABLE ended_session (
    session_id uuid CONSTRAINT ended_session_pkey PRIMARY KEY,
    ended_at timestamptz NOT NULL
);
COMMENT ON TABLE ended_session IS 'Staff sessions that are over, kept until their token would have run out by itself.';
COMMENT ON CONSTRAINT ended_session_pkey ON ended_session IS 'A session ends once.';
"""


def upgrade() -> None:
    """Create them."""
    for statement in UP.split(";\n"):
        if statement.strip():
            op.execute(statement)
