"""What members have agreed to is sealed.

Revision: 0060, after: 0059.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

_CONSENTS = 145
_backlog = sa.table(
    "digest_backlog",
    sa.column("table_number", sa.Integer),
    sa.column("after_id", sa.BigInteger),
    sa.column("after_part", sa.Text),
)


def upgrade() -> None:
    """Rows of before get their digests in the background."""
    has_rows = sa.exists(sa.select(sa.literal(1)).select_from(sa.table("member_consents")))
    op.execute(
        sa.insert(_backlog).from_select(
            ["table_number", "after_id", "after_part"],
            sa.select(sa.literal(_CONSENTS), sa.literal(0), sa.literal("")).where(has_rows),
        )
    )


def downgrade() -> None:
    """Digests that were made stay, and are read by nobody."""
    op.execute(sa.delete(_backlog).where(_backlog.c.table_number == _CONSENTS))
