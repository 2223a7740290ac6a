"""Consents of guardians and proofs of age.

Revision: 0058, after: 0057.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import BigId, UtcTime

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New and empty."""
    op.create_table(
        "minor_consents",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("center_id", sa.BigInteger, nullable=False),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("guardian", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("given_at", UtcTime, nullable=False),
        sa.Column("until_at", UtcTime, nullable=False),
        sa.Column("staff_id", sa.BigInteger, nullable=False),
        sa.Column("staff_name", sa.Text, nullable=False),
        sa.Column("withdrawn_at", UtcTime),
        sa.Column("withdrawn_by_id", sa.BigInteger),
        sa.CheckConstraint("until_at > given_at", name=op.f("minor_consents_time_check")),
    )
    op.create_index("minor_consents_member_ix", "minor_consents", ["center_id", "member_id", "id"])
    op.create_table(
        "age_proofs",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("center_id", sa.BigInteger, nullable=False),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("birthday", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("seen_at", UtcTime, nullable=False),
        sa.Column("staff_id", sa.BigInteger, nullable=False),
        sa.Column("staff_name", sa.Text, nullable=False),
    )
    op.create_index("age_proofs_member_ix", "age_proofs", ["center_id", "member_id", "id"])


def downgrade() -> None:
    """What was noted is lost."""
    op.drop_table("age_proofs")
    op.drop_table("minor_consents")
