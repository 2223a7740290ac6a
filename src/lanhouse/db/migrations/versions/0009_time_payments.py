"""How guests paid for their time, so that the rest goes back the same way.

Revision: 0009, after: 0008.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import BigId, Money, UtcTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table and fill it from the billing log; add the log's column."""
    op.add_column(
        "billing_logs",
        sa.Column("other_tender_micros", sa.BigInteger(), server_default="0", nullable=False),
    )
    payments = op.create_table(
        "time_payments",
        sa.Column("id", BigId, nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("payment", sa.Text(), nullable=False),
        sa.Column("value_micros", Money, nullable=False),
        sa.Column("refundable_micros", Money, nullable=False),
        sa.Column("transfer_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "time_payments_member_ix", "time_payments", ["center_id", "member_id", "id"], unique=False
    )
    columns = ("center_id", "member_id", "at", "payment", "value_micros", "refundable_micros")
    op.execute(sa.insert(payments).from_select([*columns, "transfer_id"], _from_the_log()))


_LOG = (
    *("id", "center_id", "member_id", "at", "event"),
    *("cash_micros", "card_micros", "qr_micros", "transfer_id"),
)


def _from_the_log() -> sa.Select[Any]:
    """Every payment for time that the log knows, and what of it is still there.

    What check-outs gave back is taken off the newest payments of the account. A refund that was
    asked for as a negative top-up is not: nobody wrote down which of them it meant.
    """
    logs = sa.table("billing_logs", *(sa.column(name) for name in _LOG)).c
    money = logs.cash_micros + logs.card_micros + logs.qr_micros
    given_back = (
        sa.select(logs.center_id, logs.member_id, sa.func.sum(-money).label("micros"))
        .where(logs.event == "CHECKOUT", money < 0)
        .group_by(logs.center_id, logs.member_id)
        .subquery()
    )
    newer = sa.func.coalesce(
        sa.func.sum(money).over(
            partition_by=(logs.center_id, logs.member_id),
            order_by=logs.id.desc(),
            rows=(None, -1),
        ),
        0,
    )
    paid = (
        sa.select(
            logs.id,
            logs.center_id,
            logs.member_id,
            logs.at,
            sa.case((logs.card_micros > 0, "card"), (logs.qr_micros > 0, "qr"), else_="cash").label(
                "payment"
            ),
            money.label("value"),
            newer.label("newer"),
            logs.transfer_id,
        )
        .where(logs.event == "ADDTIME", money > 0, logs.transfer_id.is_not(None))
        .subquery()
    )
    back = sa.func.coalesce(given_back.c.micros, 0) - paid.c.newer
    left = sa.case((back <= 0, paid.c.value), (back >= paid.c.value, 0), else_=paid.c.value - back)
    return (
        sa.select(
            paid.c.center_id,
            paid.c.member_id,
            paid.c.at,
            paid.c.payment,
            paid.c.value,
            sa.cast(left, sa.BigInteger),
            paid.c.transfer_id,
        )
        .outerjoin(
            given_back,
            (given_back.c.center_id == paid.c.center_id)
            & (given_back.c.member_id == paid.c.member_id),
        )
        .order_by(paid.c.id)
    )


def downgrade() -> None:
    """Drop both."""
    op.drop_table("time_payments")
    op.drop_column("billing_logs", "other_tender_micros")
