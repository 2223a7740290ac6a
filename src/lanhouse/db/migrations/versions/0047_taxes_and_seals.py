"""The tax of packages, and digests of it, of heads of receipts and of what was handed out.

Revision: 0047, after: 0046.
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import Json, UtcTime
from lanhouse.kit import clock

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

_centers = sa.table("centers", sa.column("id", sa.BigInteger), sa.column("settings", Json))
_heads = sa.table(
    "receipt_heads",
    sa.column("id", sa.BigInteger),
    sa.column("center_id", sa.BigInteger),
    sa.column("from_at", UtcTime),
    sa.column("head", sa.Text),
)
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
    _tell_what_is_switched_on()
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


def _tell_what_is_switched_on() -> None:
    """Settings of receipts that were stored and not obeyed hold from now on, in a new head."""
    bind = op.get_bind()
    now = clock.real_now()
    for center in bind.execute(sa.select(_centers).order_by(_centers.c.id)).all():
        payment = (center.settings or {}).get("payment", {})
        house = (center.settings or {}).get("center", {})
        told: dict[str, object] = {}
        if payment.get("allow_print_logo"):
            told["has_logo"] = True
        if payment.get("tax_printer_for_cash"):
            told["signs_cash"] = True
        if payment.get("print_additional_info"):
            hours = house.get("open_time_start", "00:00"), house.get("open_time_end", "23:59")
            told |= {"opens": "-".join(hours), "page": house.get("join_us", "")}
        newest = bind.execute(
            sa.select(_heads)
            .where(_heads.c.center_id == center.id)
            .order_by(_heads.c.from_at.desc(), _heads.c.id.desc())
            .limit(1)
        ).first()
        if told and newest is not None:
            head = json.dumps(json.loads(newest.head) | told)
            values = {"center_id": center.id, "from_at": max(now, newest.from_at), "head": head}
            bind.execute(sa.insert(_heads).values(**values))


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
