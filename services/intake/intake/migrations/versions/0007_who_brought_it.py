"""Which computer brought a mail, for a check of our own; and the mails of a ticket, to be found."""

from alembic import op

revision = "0007"
down_revision = "0006"

UP = """
ALTER TABLE mail ADD COLUMN client text;
ALTER TABLE mail ADD COLUMN hello text CONSTRAINT mail_hello_fits CHECK (length(hello) <= 253);
CREATE INDEX mail_ticket ON mail (ticket_id) WHERE ticket_id IS NOT NULL;
COMMENT ON COLUMN mail.client IS 'The address of the computer that brought it, where it came straight from outside.';
COMMENT ON COLUMN mail.hello IS 'What that computer calls itself.';
COMMENT ON CONSTRAINT mail_hello_fits ON mail IS 'No name is longer.';
"""


def upgrade() -> None:
    """Add them."""
    for statement in UP.split(";\n"):
        if statement.strip():
            op.execute(statement)
