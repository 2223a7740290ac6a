"""Lists of orders by status, of all movements of stock and of all packages that were sold.

Revision: 0048, after: 0047.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

_IS_NO_SALE = sa.column("kind", sa.Text) != sa.literal_column("'sale'")


def upgrade() -> None:
    """Find the newest of them without reading what was before, or what other centres have."""
    op.create_index("orders_status_ix", "orders", ["center_id", "status", "id"])
    op.create_index("stock_movements_center_ix", "stock_movements", ["center_id", "id"])
    op.create_index(
        "stock_movements_kind_ix",
        "stock_movements",
        ["center_id", "kind", "id"],
        sqlite_where=_IS_NO_SALE,
        postgresql_where=_IS_NO_SALE,
    )
    op.create_index("member_offers_center_ix", "member_offers", ["center_id", "id"])


def downgrade() -> None:
    """The indexes alone are lost."""
    op.drop_index("member_offers_center_ix", "member_offers")
    op.drop_index("stock_movements_kind_ix", "stock_movements")
    op.drop_index("stock_movements_center_ix", "stock_movements")
    op.drop_index("orders_status_ix", "orders")
