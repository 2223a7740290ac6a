"""The tax of packages, and digests of it, of heads of receipts and of what was handed out.

Revision: 0048, after: 0044.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import UtcTime

revision = "0048"
down_revision = "0044"
branch_labels = None
depends_on = None

_backlog = sa.table(
    "digest_backlog",
    sa.column("table_number", sa.Integer),
    sa.column("after_id", sa.BigInteger),
    sa.column("after_part", sa.Text),
)
_DIGESTED = (
    (6, "member_offers"),
    (481, "receipt_heads"),
    (482, "receipt_issues"),
)


def upgrade() -> None:
    """What was sold before keeps no tax apart; its rows get their digests in the background."""
    op.add_column(
        "member_offers",
        sa.Column("tax_micros", sa.BigInteger(), nullable=False, server_default="0"),
    )
    _key_issues("subject_id", "kind")
    for number, table in _DIGESTED:
        op.execute(sa.delete(_backlog).where(_backlog.c.table_number == number))
        has_rows = sa.exists(sa.select(sa.literal(1)).select_from(sa.table(table)))
        op.execute(
            sa.insert(_backlog).from_select(
                ["table_number", "after_id", "after_part"],
                sa.select(sa.literal(number), sa.literal(0), sa.literal("")).where(has_rows),
            )
        )


def downgrade() -> None:
    """Digests read as those of changed rows; an older release tells no tax of packages."""
    op.execute("DELETE FROM digest_backlog WHERE table_number IN (6, 481, 482)")
    _key_issues("center_id", "kind", "subject_id")
    op.drop_column("member_offers", "tax_micros")


def _key_issues(*key: str) -> None:
    """Make the table anew with another primary key: a digested one is a number and a text."""
    op.execute("CREATE TABLE receipt_issues_before AS SELECT * FROM receipt_issues")
    op.drop_table("receipt_issues")
    op.create_table(
        "receipt_issues",
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("first_at", UtcTime(), nullable=False),
        sa.Column("first_by_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(*key, name=op.f("receipt_issues_pkey")),
    )
    op.execute(
        "INSERT INTO receipt_issues (subject_id, kind, center_id, first_at, first_by_id, number)"
        " SELECT subject_id, kind, center_id, first_at, first_by_id, number"
        " FROM receipt_issues_before"
    )
    op.drop_table("receipt_issues_before")
