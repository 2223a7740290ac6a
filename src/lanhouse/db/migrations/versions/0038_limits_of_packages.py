"""What offers and bought packages say: hours of sale, groups, discount, coins, how it was paid.

Revision: 0038, after: 0037.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import UtcTime

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_HAS_BARCODE = sa.text("barcode != ''")


def _offers() -> list[sa.Column[object]]:
    return [
        sa.Column("show_weekdays", sa.Text(), nullable=False, server_default="7|1|2|3|4|5|6|"),
        sa.Column("show_from_minute", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("show_to_minute", sa.Integer(), nullable=False, server_default="1440"),
        sa.Column("available_from", UtcTime()),
        sa.Column("available_to", UtcTime()),
        sa.Column("pc_groups", sa.Text(), nullable=False, server_default=""),
        sa.Column("member_groups", sa.Text(), nullable=False, server_default=""),
        sa.Column("is_auto_start", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("allows_discount", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("coin_price_micros", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("cost_micros", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("barcode", sa.Text(), nullable=False, server_default=""),
        sa.Column("is_promoted", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("is_sold_at_seats", sa.Boolean(), nullable=False, server_default=sa.true()),
    ]


def _packages() -> list[sa.Column[object]]:
    return [
        sa.Column("pc_groups", sa.Text(), nullable=False, server_default=""),
        sa.Column("member_groups", sa.Text(), nullable=False, server_default=""),
        sa.Column("usable_from", UtcTime()),
        sa.Column("is_auto_start", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("payment", sa.Text(), nullable=False, server_default=""),
        sa.Column("from_bonus_micros", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("coin_micros", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("transfer_id", sa.BigInteger()),
        sa.Column("refunded_at", UtcTime()),
        sa.Column("refund_micros", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("refund_transfer_id", sa.BigInteger()),
        sa.Column("comment", sa.Text(), nullable=False, server_default=""),
    ]


def upgrade() -> None:
    """Offers and packages of before have no new limits and no discount, whatever was sent once."""
    for column in _offers():
        op.add_column("offers", column)
    for column in _packages():
        op.add_column("member_offers", column)
    op.create_index(
        "offers_barcode_key",
        "offers",
        ["center_id", "barcode"],
        unique=True,
        sqlite_where=_HAS_BARCODE,
        postgresql_where=_HAS_BARCODE,
    )
    op.create_index("member_offers_offer_ix", "member_offers", ["center_id", "offer_id", "id"])
    op.execute("DELETE FROM digest_backlog WHERE table_number = 6")
    op.execute(
        "INSERT INTO digest_backlog (table_number, after_id, after_part)"
        " SELECT 6, 0, '' WHERE EXISTS (SELECT 1 FROM member_offers)"
    )


def downgrade() -> None:
    """An older release uses packages everywhere; digests read as those of changed rows."""
    op.execute("DELETE FROM digest_backlog WHERE table_number = 6")
    op.drop_index("member_offers_offer_ix", "member_offers")
    op.drop_index("offers_barcode_key", "offers")
    for column in _packages():
        op.drop_column("member_offers", column.name)
    for column in _offers():
        op.drop_column("offers", column.name)
