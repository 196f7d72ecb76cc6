"""Other channels than mail: preferences, marked addresses, devices, webhooks, broadcasts, and words that people change."""

from alembic import op

revision = "0002"
down_revision = "0001"

UP = """
ALTER TABLE ticket
    ADD COLUMN person_id uuid,
    ADD COLUMN phone text,
    ADD COLUMN street text,
    ADD COLUMN house_number text,
    ADD COLUMN postcode text,
    ADD COLUMN city text,
    ADD COLUMN is_urgent boolean NOT NULL DEFAULT false;
CREATE INDEX ticket_of_person ON ticket (person_id);
COMMENT ON COLUMN ticket.is_urgent IS 'Word of an urgent ticket passes through quiet hours.';

ALTER TABLE notice DROP CONSTRAINT notice_kind_known;
ALTER TABLE notice ADD COLUMN broadcast_id uuid;
ALTER TABLE notice ADD CONSTRAINT notice_kind_known
    CHECK (kind IN ('acknowledgement', 'reply', 'waiting', 'resolved', 'reopened', 'news'));
COMMENT ON CONSTRAINT notice_kind_known ON notice IS 'A kind without a template could not be said.';
CREATE INDEX notice_of_broadcast ON notice (broadcast_id) WHERE broadcast_id IS NOT NULL;

ALTER TABLE delivery DROP CONSTRAINT delivery_state_known;
ALTER TABLE delivery DROP CONSTRAINT delivery_attempts_counted;
ALTER TABLE delivery ADD COLUMN told_with uuid REFERENCES delivery;
ALTER TABLE delivery ADD CONSTRAINT delivery_state_known CHECK (
    state IN ('planned', 'sending', 'retrying', 'sent', 'failed', 'bounced', 'suppressed', 'held'));
ALTER TABLE delivery ADD CONSTRAINT delivery_attempts_counted CHECK (
    attempts >= (state NOT IN ('planned', 'suppressed', 'held') AND told_with IS NULL)::int);
ALTER TABLE delivery ADD CONSTRAINT delivery_channel_known CHECK (channel IN ('email', 'sms', 'push', 'letter'));
CREATE INDEX delivery_outcome ON delivery (channel, recorded_at) WHERE recorded_at IS NOT NULL;
COMMENT ON CONSTRAINT delivery_state_known ON delivery IS 'The states of notifications.retries.DeliveryState.';
COMMENT ON CONSTRAINT delivery_attempts_counted ON delivery IS
    'Nothing is sent or given up without an attempt, be it that of the delivery it was told with.';
COMMENT ON CONSTRAINT delivery_channel_known ON delivery IS 'The channels there is a writer for.';
COMMENT ON CONSTRAINT delivery_told_with_fkey ON delivery IS 'What was told in one mail with another delivery names it.';

CREATE TABLE preference (
    person_id uuid PRIMARY KEY,
    channel text,
    language text,
    quiet_from time,
    quiet_until time,
    stopped_at timestamptz,
    changed_at timestamptz NOT NULL,
    CONSTRAINT preference_channel_known CHECK (channel IN ('email', 'sms', 'push', 'letter')),
    CONSTRAINT preference_speaks_our_languages CHECK (language IN ('nl', 'en', 'fr', 'de')),
    CONSTRAINT preference_quiet_has_an_end CHECK ((quiet_from IS NULL) = (quiet_until IS NULL))
);
COMMENT ON TABLE preference IS 'What one person chose on their own page; nobody else changes it.';
COMMENT ON COLUMN preference.stopped_at IS 'Since when they want no notices but those that belong to a question of theirs.';
COMMENT ON CONSTRAINT preference_channel_known ON preference IS 'The channels there is a writer for.';
COMMENT ON CONSTRAINT preference_speaks_our_languages ON preference IS 'Templates exist in these languages only.';
COMMENT ON CONSTRAINT preference_quiet_has_an_end ON preference IS 'Quiet without an end would be silence.';

CREATE TABLE bad_address (
    channel text NOT NULL,
    address text NOT NULL,
    reason text NOT NULL,
    marked_at timestamptz NOT NULL,
    CONSTRAINT bad_address_pkey PRIMARY KEY (channel, address)
);
COMMENT ON TABLE bad_address IS 'Addresses at which nobody can be reached: not tried again until somebody takes the mark off.';
COMMENT ON CONSTRAINT bad_address_pkey ON bad_address IS 'An address is marked once.';

CREATE TABLE device (
    endpoint text PRIMARY KEY,
    person_id uuid NOT NULL,
    p256dh text NOT NULL,
    auth text NOT NULL,
    added_at timestamptz NOT NULL
);
CREATE INDEX device_of_person ON device (person_id, added_at DESC);
COMMENT ON TABLE device IS 'Browsers that may be sent notices; forgotten when the push service says they are gone.';

CREATE TABLE broadcast (
    broadcast_id uuid PRIMARY KEY,
    title text NOT NULL,
    words jsonb NOT NULL,
    per_minute int NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    stopped_at timestamptz,
    CONSTRAINT broadcast_speaks_our_languages CHECK (words ?& ARRAY['nl', 'en', 'fr', 'de']),
    CONSTRAINT broadcast_goes_at_some_pace CHECK (per_minute BETWEEN 1 AND 60000)
);
COMMENT ON TABLE broadcast IS 'One thing that many customers are told, at a pace that mail servers and our telephones can bear.';
COMMENT ON CONSTRAINT broadcast_speaks_our_languages ON broadcast IS 'Everybody is told in their own language.';
COMMENT ON CONSTRAINT broadcast_goes_at_some_pace ON broadcast IS 'Not never, and not all at once.';
ALTER TABLE notice ADD CONSTRAINT notice_broadcast_id_fkey FOREIGN KEY (broadcast_id) REFERENCES broadcast;
COMMENT ON CONSTRAINT notice_broadcast_id_fkey ON notice IS 'News is part of a broadcast that exists.';

CREATE TABLE subscriber (
    subscriber_id uuid PRIMARY KEY,
    url text NOT NULL,
    secret text NOT NULL,
    types text[] NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    stopped_at timestamptz,
    stopped_because text
);
COMMENT ON TABLE subscriber IS 'Programs that are called when something happens.';

CREATE TABLE call (
    call_id uuid PRIMARY KEY,
    subscriber_id uuid NOT NULL REFERENCES subscriber,
    type text NOT NULL,
    body text NOT NULL,
    state text NOT NULL,
    planned_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    attempts int NOT NULL,
    detail text,
    recorded_at timestamptz,
    CONSTRAINT call_state_known CHECK (state IN ('planned', 'sending', 'retrying', 'sent', 'failed')),
    CONSTRAINT call_attempts_counted CHECK (attempts >= (state <> 'planned')::int)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX call_outstanding ON call (due_at) WHERE state IN ('planned', 'sending', 'retrying');
CREATE INDEX call_of_subscriber ON call (subscriber_id, call_id);
CREATE INDEX call_done ON call (recorded_at) WHERE state IN ('sent', 'failed');
COMMENT ON TABLE call IS 'One fact for one subscriber: at least once, under the same id at every attempt.';
COMMENT ON CONSTRAINT call_subscriber_id_fkey ON call IS 'A call goes to somebody.';
COMMENT ON CONSTRAINT call_state_known ON call IS 'Those states of notifications.retries.DeliveryState that a call can have.';
COMMENT ON CONSTRAINT call_attempts_counted ON call IS 'Nothing is sent or given up without an attempt.';

CREATE TABLE template_version (
    channel text NOT NULL,
    language text NOT NULL,
    name text NOT NULL,
    version int NOT NULL,
    source text,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT template_version_pkey PRIMARY KEY (channel, language, name, version),
    CONSTRAINT template_version_counts CHECK (version > 0)
);
COMMENT ON TABLE template_version IS 'Every version of a template that people changed; the newest is in use.';
COMMENT ON COLUMN template_version.source IS 'The words; null: those that Loket came with.';
COMMENT ON CONSTRAINT template_version_pkey ON template_version IS 'Two people who save at once cannot both make the same version.';
COMMENT ON CONSTRAINT template_version_counts ON template_version IS 'Version 0 are the words that Loket came with.';
"""


def upgrade() -> None:
    """Create them."""
    for statement in UP.split(";\n"):
        if statement.strip():
            op.execute(statement)
