"""Discounts and the tax of goods by slot beside the rows of the billing log and in its sums.

Revision: 0049, after: 0048.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

_LOGS = 1
_COLUMNS = ("discount_micros", "by_hand_micros", "tax1_micros", "tax2_micros", "tax3_micros")
_IS_DISCOUNTED = sa.column("discount_micros") != sa.literal_column("0")
_backlog = sa.table(
    "digest_backlog",
    sa.column("table_number", sa.Integer),
    sa.column("after_id", sa.BigInteger),
    sa.column("after_part", sa.Text),
)


def upgrade() -> None:
    """Rows of before tell none of it; their digests are made anew in the background."""
    for table in ("billing_logs", "billing_log_sums"):
        for name in _COLUMNS:
            column = sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")
            op.add_column(table, column)
    op.create_index(
        "billing_logs_discount_ix",
        "billing_logs",
        ["center_id", "at", "id"],
        sqlite_where=_IS_DISCOUNTED,
        postgresql_where=_IS_DISCOUNTED,
    )
    op.execute(sa.delete(_backlog).where(_backlog.c.table_number == _LOGS))
    has_rows = sa.exists(sa.select(sa.literal(1)).select_from(sa.table("billing_logs")))
    op.execute(
        sa.insert(_backlog).from_select(
            ["table_number", "after_id", "after_part"],
            sa.select(sa.literal(_LOGS), sa.literal(0), sa.literal("")).where(has_rows),
        )
    )


def downgrade() -> None:
    """Digests read as those of changed rows; an older release tells neither."""
    op.execute(sa.delete(_backlog).where(_backlog.c.table_number == _LOGS))
    op.drop_index("billing_logs_discount_ix", "billing_logs")
    for table in ("billing_log_sums", "billing_logs"):
        for name in reversed(_COLUMNS):
            op.drop_column(table, name)
