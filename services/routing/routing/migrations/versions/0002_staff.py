"""Staff: what people can do, what their time costs, how much they take on, and when they work."""

from alembic import op

revision = "0002"
down_revision = "0001"

UP = """
CREATE EXTENSION IF NOT EXISTS btree_gist;

ALTER TABLE team ADD COLUMN lead_id uuid;
ALTER TABLE team ADD COLUMN version int NOT NULL DEFAULT 1 CONSTRAINT team_version_positive CHECK (version > 0);
ALTER TABLE team ADD CONSTRAINT team_lead FOREIGN KEY (lead_id) REFERENCES agent;
COMMENT ON CONSTRAINT team_version_positive ON team IS 'Versions count from one, one a change.';
COMMENT ON CONSTRAINT team_lead ON team IS 'Who hears first when work of this team goes wrong.';

ALTER TABLE agent ADD COLUMN cost_per_minute numeric(7, 4) NOT NULL DEFAULT 0.6
    CONSTRAINT agent_cost_range CHECK (cost_per_minute >= 0 AND cost_per_minute <= 100);
ALTER TABLE agent ADD COLUMN capacity double precision NOT NULL DEFAULT 6
    CONSTRAINT agent_capacity_range CHECK (capacity >= 0 AND capacity <= 100);
ALTER TABLE agent ADD COLUMN zone text NOT NULL DEFAULT 'Europe/Amsterdam';
ALTER TABLE agent ADD COLUMN version int NOT NULL DEFAULT 1 CONSTRAINT agent_version_positive CHECK (version > 0);
CREATE INDEX agent_of_team ON agent (team_id);
COMMENT ON CONSTRAINT agent_cost_range ON agent IS 'Euro; a negative rate would make idle hands the dearest.';
COMMENT ON CONSTRAINT agent_capacity_range ON agent IS 'Units of work in hand at once; 0 is nothing by itself, never less than nothing.';
COMMENT ON CONSTRAINT agent_version_positive ON agent IS 'Versions count from one, one a change.';

CREATE TABLE skill (
    skill_id text PRIMARY KEY CONSTRAINT skill_id_is_slug CHECK (skill_id ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    name text NOT NULL
);
COMMENT ON TABLE skill IS 'What somebody can be good at, as policies name it.';
COMMENT ON CONSTRAINT skill_id_is_slug ON skill IS 'Ids stand in policies and files.';

CREATE TABLE agent_skill (
    agent_id uuid REFERENCES agent ON DELETE CASCADE,
    skill_id text REFERENCES skill ON DELETE CASCADE,
    level smallint NOT NULL CONSTRAINT skill_level_range CHECK (level BETWEEN 1 AND 3),
    PRIMARY KEY (agent_id, skill_id)
);
CREATE INDEX agent_skill_of ON agent_skill (skill_id);
COMMENT ON TABLE agent_skill IS 'What somebody is good at.';
COMMENT ON CONSTRAINT skill_level_range ON agent_skill IS '1 is learning it, 2 works alone, 3 is who others ask.';

CREATE TABLE agent_language (
    agent_id uuid REFERENCES agent ON DELETE CASCADE,
    language text CONSTRAINT agent_speaks_known CHECK (language IN ('nl', 'en', 'fr', 'de')),
    PRIMARY KEY (agent_id, language)
);
COMMENT ON TABLE agent_language IS 'The languages somebody helps customers in; `agent.language` is that of their own pages.';
COMMENT ON CONSTRAINT agent_speaks_known ON agent_language IS 'The languages everything exists in.';
INSERT INTO agent_language (agent_id, language) SELECT agent_id, language FROM agent;

CREATE TABLE shift (
    agent_id uuid REFERENCES agent ON DELETE CASCADE,
    weekday smallint CONSTRAINT shift_weekday_range CHECK (weekday BETWEEN 0 AND 6),
    begins time CONSTRAINT shift_begins_on_a_minute CHECK (date_trunc('minute', begins) = begins::interval),
    ends time NOT NULL CONSTRAINT shift_ends_on_a_minute CHECK (date_trunc('minute', ends) = ends::interval),
    PRIMARY KEY (agent_id, weekday, begins),
    CONSTRAINT shift_runs_forward CHECK (ends > begins OR ends = '00:00'),
    CONSTRAINT shift_without_overlap EXCLUDE USING gist (agent_id WITH =, weekday WITH =, int4range(
        (extract(epoch FROM begins) / 60)::int,
        CASE ends WHEN '00:00' THEN 1440 ELSE (extract(epoch FROM ends) / 60)::int END) WITH &&)
);
COMMENT ON TABLE shift IS 'When somebody works in an ordinary week: blocks of a day in the zone of the agent, 0 is Monday.';
COMMENT ON CONSTRAINT shift_weekday_range ON shift IS '0 is Monday.';
COMMENT ON CONSTRAINT shift_begins_on_a_minute ON shift IS 'A roster counts in minutes.';
COMMENT ON CONSTRAINT shift_ends_on_a_minute ON shift IS 'A roster counts in minutes.';
COMMENT ON CONSTRAINT shift_runs_forward ON shift IS 'Ending at 00:00 is the end of the day; a night is two blocks.';
COMMENT ON CONSTRAINT shift_without_overlap ON shift IS 'Nobody works twice at once.';

CREATE TABLE absence (
    absence_id uuid PRIMARY KEY,
    agent_id uuid NOT NULL REFERENCES agent ON DELETE CASCADE,
    kind text NOT NULL CONSTRAINT absence_kind_known CHECK (kind IN ('leave', 'sick', 'training', 'other')),
    begins_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    CONSTRAINT absence_runs_forward CHECK (ends_at > begins_at),
    CONSTRAINT absence_without_overlap EXCLUDE USING gist (agent_id WITH =, tstzrange(begins_at, ends_at) WITH &&)
);
COMMENT ON TABLE absence IS 'When somebody does not work although their week says so.';
COMMENT ON CONSTRAINT absence_kind_known ON absence IS 'No more than planning needs: an illness is nobody''s business.';
COMMENT ON CONSTRAINT absence_runs_forward ON absence IS 'It cannot end before it began.';
COMMENT ON CONSTRAINT absence_without_overlap ON absence IS 'Nobody is away twice at once.';

ALTER TABLE audit ADD COLUMN about text;
CREATE INDEX audit_about ON audit (about, audit_id) WHERE about IS NOT NULL;
COMMENT ON COLUMN audit.about IS 'What was changed when it is no ticket, as kind/id: agent/… or team/….';
"""


def upgrade() -> None:
    """Create them; people who are there already help customers in the language of their own pages."""
    for statement in UP.split(";\n"):
        if statement.strip():
            op.execute(statement)
