"""What road engines answered: tables of ways, shapes of legs, and how places lie to roads.

All of it can be asked for again; nothing refers to it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "travel_block",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("profile", sa.String(), nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("origins", sa.LargeBinary(), nullable=False),
        sa.Column("destinations", sa.LargeBinary(), nullable=False),
        sa.Column("seconds", sa.LargeBinary(), nullable=False),
        sa.Column("metres", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_travel_block")),
    )
    with op.batch_alter_table("travel_block", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_travel_block_version_profile_slot"), ["version", "profile", "slot"])
    op.create_table(
        "travel_line",
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("profile", sa.String(), nullable=False),
        sa.Column("leg", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("shape", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("version", "profile", "leg", name=op.f("pk_travel_line")),
    )
    op.create_table(
        "travel_snap",
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("profile", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("metres", sa.Double(), nullable=True),
        sa.Column("is_island", sa.Boolean(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("version", "profile", "place", name=op.f("pk_travel_snap")),
    )


def downgrade() -> None:
    """Go back to the revision before."""
    for table in ("travel_snap", "travel_line", "travel_block"):
        op.drop_table(table)
