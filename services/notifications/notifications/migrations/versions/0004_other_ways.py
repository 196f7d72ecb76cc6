"""What did not arrive one way goes another; what was held is released; each channel claims for itself."""

from alembic import op

revision = "0004"
down_revision = "0003"

UP = """
ALTER TABLE delivery ADD COLUMN instead_of uuid REFERENCES delivery, ADD COLUMN released_by text;
COMMENT ON CONSTRAINT delivery_instead_of_fkey ON delivery IS 'Another way names the delivery that did not arrive.';
COMMENT ON COLUMN delivery.released_by IS 'Who let it go although it was held; it is not held again.';
DROP INDEX delivery_outstanding;
CREATE INDEX delivery_outstanding ON delivery (channel, due_at) WHERE state IN ('planned', 'sending', 'retrying');
CREATE INDEX delivery_held ON delivery (delivery_id) WHERE state = 'held';
"""


def upgrade() -> None:
    """Add them."""
    for statement in UP.split(";\n"):
        if statement.strip():
            op.execute(statement)
