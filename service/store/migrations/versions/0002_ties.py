"""Rules that tie technicians together: reserves, how many faces a client sees, goods that come back.

What the other rules gain lies in documents (``separation.rule``, ``job.after``, ``job.items``), whose readers take what
is missing as not set.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("reserve", "faces")


def upgrade() -> None:
    """Go to this revision."""
    for table in TABLES:
        op.create_table(
            table,
            sa.Column("name", sa.String(), nullable=False),
            sa.Column("rule", sa.JSON(none_as_null=True), nullable=False),
            sa.Column("created", sa.Integer(), nullable=False),
            sa.Column("revision", sa.Integer(), nullable=False),
            sa.PrimaryKeyConstraint("name", name=op.f(f"pk_{table}")),
        )
    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("returned_after_days", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Go back to the revision before."""
    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.drop_column("returned_after_days")
    for table in reversed(TABLES):
        op.drop_table(table)
